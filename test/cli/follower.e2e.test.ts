// Two commands on one folder: one owns it, the other shows the same, and takes over when the first is killed.
import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import {
  type CliRun,
  copySample,
  type ExternalEvent,
  parseEvents,
  readTree,
  runCli,
  startCli,
} from '../support/cli';

function eventSeen(run: CliRun, matches: (event: ExternalEvent) => boolean): Promise<ExternalEvent> {
  return new Promise((resolve, reject) => {
    run.onLine((line) => {
      const event = JSON.parse(line) as ExternalEvent;
      if (matches(event)) resolve(event);
    });
    run.ended.then(() => reject(new Error(`it ended first: ${run.notes.join('\n')}`)), reject);
  });
}

describe('two commands on one folder', () => {
  const cleanUp = cleanUpAfterEach();

  async function two() {
    const { dir, remove } = await copySample('test-parallel');
    cleanUp.push(remove);
    const link = `${dir}-link`;
    await symlink(dir, link);
    const first = startCli(['run', '--project-dir', dir, '--max-agents', '3', '--json']);
    await eventSeen(first, (e) => e.type === 'feature.claimed');
    // The second comes by another name of the same folder.
    const second = startCli(['run', '--project-dir', link, '--max-agents', '3', '--json']);
    return { dir, first, second };
  }

  it('run one backlog once, and show the same events', async () => {
    const { first, second } = await two();
    const [one, other] = await Promise.all([first.ended, second.ended]);
    assert.deepEqual([one.code, other.code], [0, 0], [...first.notes, ...second.notes].join('\n'));
    const own = parseEvents(first.lines);
    const mirrored = parseEvents(second.lines);
    assert.ok(mirrored.length > 0);
    assert.deepEqual(own.slice(-mirrored.length), mirrored);
    assert.equal(own.filter((e) => e.type === 'run.started').length, 1);
    assert.equal(own.filter((e) => e.type === 'owner.changed').length, 0);
  });

  it('work with as many agents as the first was told, until one is told another number', async () => {
    const { dir, remove } = await copySample('test-parallel');
    cleanUp.push(remove);
    const command = ['run', '--project-dir', dir, '--json'];
    const first = startCli([...command, '--max-agents', '1']);
    await eventSeen(first, (e) => e.type === 'feature.claimed');
    const second = startCli(command);
    await eventSeen(second, (e) => e.type === 'feature.claimed');
    const third = startCli([...command, '--max-agents', '2']);
    const ends = await Promise.all([first, second, third].map((run) => run.ended));
    assert.deepEqual(
      ends.map(({ code }) => code),
      [0, 0, 0],
    );
    const told = parseEvents(first.lines).filter((e) => e.type === 'run.configured');
    assert.deepEqual(
      told.map((e) => e.maxAgents),
      [2],
    );
  });

  it('go on when the owner is killed: the other takes over and finishes', async () => {
    const { dir, first, second } = await two();
    await eventSeen(second, (e) => e.type === 'file.changed');
    first.child.kill('SIGKILL');
    const { code } = await second.ended;
    assert.equal(code, 0, second.notes.join('\n'));
    const seqs = parseEvents(second.lines).map((e) => e.seq);
    assert.deepEqual(
      seqs,
      seqs.map((_, k) => (seqs[0] ?? 0) + k),
      'its events have no gap',
    );
    const reference = await copySample('test-parallel');
    cleanUp.push(reference.remove);
    await runCli(['run', '--project-dir', reference.dir]);
    assert.deepEqual(await readTree(dir), await readTree(reference.dir));
  });

  it('stop from outside: unfinished work is put back', async () => {
    const { dir, remove } = await copySample('test-parallel');
    cleanUp.push(remove);
    const before = await readTree(dir);
    const run = startCli(['run', '--project-dir', dir, '--json']);
    await eventSeen(run, (e) => e.type === 'file.changed');
    const stopped = await runCli(['stop', '--project-dir', dir]);
    assert.equal(stopped.code, 0, stopped.notes.join('\n'));
    const { code } = await run.ended;
    assert.equal(code, 1);
    const passed = parseEvents(run.lines).filter((e) => e.type === 'feature.passed').length;
    if (passed === 0) assert.deepEqual(await readTree(dir), before);
    assert.equal(parseEvents(run.lines).at(-1)?.outcome, 'stopped');
  });

  it('stops at Ctrl+C the same way', async () => {
    const { dir, remove } = await copySample('test-parallel');
    cleanUp.push(remove);
    const run = startCli(['run', '--project-dir', dir, '--json']);
    await eventSeen(run, (e) => e.type === 'agent.started');
    run.child.kill('SIGINT');
    const { code } = await run.ended;
    assert.equal(code, 1, run.notes.join('\n'));
    assert.equal(parseEvents(run.lines).at(-1)?.type, 'run.finished');
  });
});
