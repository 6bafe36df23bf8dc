// The process that the crash test kills: completes what its predecessor began in one folder, then publishes in another.
import { existsSync, promises, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { createBlobStore } from '../../../src/adapters/files/blobStore';
import { RuleMemory } from '../../../src/adapters/files/ruleMemory';
import { createPublisher, type Publisher } from '../../../src/adapters/isolation/publisher';
import type { StagedFile } from '../../../src/ports/isolation';

/** Calls that change something on disk; between two others a kill finds what it would have found after the first. */
const changing = ['mkdir', 'rename', 'link', 'unlink', 'rmdir', 'rm', 'copyFile', 'chmod', 'open'];
const changingHandles = ['chmod', 'writeFile'];

const [begunDir = '', dir = '', killAt = ''] = process.argv.slice(2);

async function publish(): Promise<void> {
  if (begunDir !== '') {
    const record = path.join(begunDir, 'record.json');
    const done = existsSync(record) ? await publisherIn(begunDir).publish(filesIn(record)) : undefined;
    const said = done === undefined ? 'not begun' : done.ok ? 'ok' : done.error.code;
    writeSync(1, `recovered: ${said}\n`);
  }
  if (dir === '') return;
  const publisher = publisherIn(dir);
  const steps = await countSteps(Number(killAt));
  const staged = path.join(dir, 'staged.json');
  // As a host does: nothing is done before its record is on disk.
  await promises.rename(staged, path.join(dir, 'record.json'));
  const done = await publisher.publish(filesIn(path.join(dir, 'record.json')));
  if (done.ok) writeSync(1, `done: ${steps()}\n`);
}

function publisherIn(folder: string): Publisher {
  const root = path.join(folder, 'workspace');
  const stateDir = path.join(root, '.parallel-agents');
  const kept = createBlobStore(stateDir);
  return createPublisher({ root, stateDir, kept, memory: new RuleMemory(stateDir) });
}

function filesIn(file: string): readonly StagedFile[] {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/**
 * From now on the process dies before the changing call with that number, or says so, counted below zero, and goes on.
 *
 * @returns how many there were
 */
async function countSteps(last: number): Promise<() => number> {
  let steps = 0;
  const arrive = () => {
    if (last > 0) process.kill(process.pid, 'SIGKILL');
    writeSync(1, 'there\n');
  };
  const count = (owner: object, name: string) => {
    const real: unknown = Reflect.get(owner, name);
    if (typeof real !== 'function') throw new Error(`There is no ${name}.`);
    Reflect.set(owner, name, function counted(this: unknown, ...given: unknown[]) {
      const isReading = name === 'open' && typeof given[1] === 'number';
      if (!isReading && ++steps === Math.abs(last)) arrive();
      return Reflect.apply(real, this, given);
    });
  };
  const handle = await promises.open(process.execPath, 'r');
  for (const name of changingHandles) count(Object.getPrototypeOf(handle), name);
  await handle.close();
  for (const name of changing) count(promises, name);
  return () => steps;
}

void publish();
