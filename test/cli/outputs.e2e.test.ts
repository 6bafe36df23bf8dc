// What lies behind a command's outputs never holds it, and what cannot be written there is told.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { constants, existsSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import { cliPath, exitCodeOf, startCli } from '../support/cli';
import { noneHolding, processesHolding, written } from '../support/processes';
import { call, finish, writeProject } from '../support/smallProject';

const project = {
  features: [
    { name: 'First', verify: 'true' },
    { name: 'Second', verify: 'true', depends_on: ['First'] },
  ],
  script: { First: [finish], Second: [call('write_file', { path: 'second.txt', content: '2' }), finish] },
};

/** 5 s is what is promised; tests share the machine with each other. */
const soonMs = 10_000;

describe('the output of a command', function () {
  this.timeout(120_000);
  const cleanUp = cleanUpAfterEach();

  async function folder(first: readonly unknown[] = []): Promise<string> {
    const script = { ...project.script, First: [...first, finish] };
    const { dir, remove } = await writeProject({ ...project, script });
    cleanUp.push(remove);
    return dir;
  }

  /** A pipe that takes nothing any more, and that nobody reads. */
  async function fullPipe(dir: string): Promise<number> {
    const fifo = path.join(dir, 'pipe');
    execFileSync('mkfifo', [fifo]);
    const pipe = await open(fifo, constants.O_RDWR | constants.O_NONBLOCK);
    cleanUp.push(() => pipe.close());
    try {
      for (;;) writeSync(pipe.fd, 'x'.repeat(4096));
    } catch {
      return pipe.fd;
    }
  }

  it('that a disk refuses is told, and makes of 0 a 1', async function () {
    if (!existsSync('/dev/full')) return this.skip();
    const full = await open('/dev/full', 'w');
    cleanUp.push(() => full.close());
    const dir = await folder();
    const run = startCli(['run', '--project-dir', dir, '--json'], {}, full.fd);
    const { code } = await run.ended;
    assert.equal(code, 1);
    assert.match(run.notes.join('\n'), /The output cannot be written \(ENOSPC: no space left on device/);
    assert.match(run.notes.join('\n'), /The output is not whole/);
  });

  it('that nobody reads from its pipe keeps no signal away', async () => {
    const dir = await folder();
    const run = startCli(['run', '--project-dir', dir, '--json'], {}, await fullPipe(dir));
    cleanUp.push(() => run.child.kill('SIGKILL'));
    await written(path.join(dir, 'second.txt'));
    const askedAt = Date.now();
    run.child.kill('SIGTERM');
    assert.equal(exitCodeOf(await run.ended), 143, run.notes.join('\n'));
    assert.ok(Date.now() - askedAt < soonMs, `it took ${Date.now() - askedAt} ms`);
  });

  it('that nobody reads from its terminal keeps no signal away', async function () {
    if (process.platform !== 'linux' || !existsSync('/usr/bin/script')) return this.skip();
    // The system itself takes 64 KiB for a terminal before it makes anybody wait; these come to 100.
    const many = Array.from({ length: 45 }, (_, k) =>
      call('write_file', { path: `${'long'.repeat(50)}${k}`, content: '' }),
    );
    const dir = await folder(many);
    const command = `exec "${process.execPath}" "${cliPath}" run --project-dir "${dir}" --json`;
    const terminal = spawn('/usr/bin/script', ['-qfc', command, '/dev/null'], {
      stdio: ['ignore', await fullPipe(dir), 'ignore'],
    });
    cleanUp.push(() => terminal.kill('SIGKILL'));
    await written(path.join(dir, 'second.txt'));
    const held = `${cliPath}\0run\0--project-dir\0${dir}`;
    const [run] = await processesHolding(held);
    process.kill(run?.pid ?? assert.fail('it is gone'), 'SIGTERM');
    await noneHolding(held, soonMs);
  });
});
