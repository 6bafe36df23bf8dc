// A Git that waits at what its settings name: told soon with what to do, nothing is written unguarded, and all goes on once it answers.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { type CliRun, type ExternalEvent, exitCodeOf, parseEvents, startCli } from '../support/cli';
import { call, finish, writeProject } from '../support/smallProject';

/** 5 s is what is promised; tests share the machine with each other, and unmended it is 30 s and more. */
const soonMs = 10_000;

describe('a Git that does not answer', function () {
  this.timeout(120_000);
  const cleanUp: (() => unknown)[] = [];
  before(function () {
    if (process.platform === 'win32') this.skip();
  });
  afterEach(async () => {
    for (const clean of cleanUp.splice(0).toReversed()) await clean();
  });

  /** The settings of the repository at `at` include a pipe. */
  async function waitingAt(at: '.' | '..', files: readonly string[] = []) {
    const { dir, remove } = await writeProject({
      features: [{ name: 'First', verify: 'test -s sub/new.txt', files }],
      script: { First: [call('write_file', { path: 'sub/new.txt', content: 'new' }), finish] },
    });
    cleanUp.push(remove);
    const top = at === '.' ? dir : path.join(dir, 'repository');
    const root = at === '.' ? dir : path.join(top, 'package');
    if (at === '..') {
      execFileSync('mkdir', ['-p', root]);
      for (const name of ['features.json', 'offline-script.json'])
        execFileSync('mv', [path.join(dir, name), root]);
    }
    const pipe = path.join(dir, 'settings');
    execFileSync('git', ['init', '-q', top]);
    execFileSync('git', ['-C', top, 'config', 'include.path', pipe]);
    execFileSync('mkfifo', [pipe]);
    return { root, answer: () => rmSync(pipe) };
  }

  function start(root: string): CliRun {
    const run = startCli(['run', '--project-dir', root, '--json']);
    cleanUp.push(() => run.child.kill('SIGKILL'));
    return run;
  }

  async function passes(run: CliRun): Promise<void> {
    assert.equal((await run.ended).code, 0, run.lines.concat(run.notes).join('\n'));
    const events = parseEvents(run.lines);
    assert.deepEqual(
      events.filter(({ type }) => /^feature\.(?:failed|retried)$/.test(type)),
      [],
    );
  }

  it('is told once with what to do, fails nothing, and is gone on with when it answers', async () => {
    const { root, answer } = await waitingAt('.');
    const run = start(root);
    const told = await within(seen(run, 'breaker.opened'));
    assert.match(String(told.message), /Git does not answer about ".*"; it may wait at a pipe/);
    assert.match(String(told.mend), /^Let Git answer there: .* It is tried again by itself\.$/);
    answer();
    await passes(run);
    assert.equal(parseEvents(run.lines).filter(({ type }) => type === 'breaker.opened').length, 1);
  });

  it('is told where declared files are looked up, too', async () => {
    const { root, answer } = await waitingAt('.', ['sub/*.txt']);
    const run = start(root);
    const told = await within(seen(run, 'error.occurred', 'breaker.opened'));
    assert.match(String(told.message), /Git does not answer about/);
    assert.match(String(told.mend), /^Let Git answer there: .* It is tried again by itself\.$/);
    answer();
    await passes(run);
  });

  it('is waited for in words when it is the one of the repository around', async () => {
    const { root, answer } = await waitingAt('..');
    const run = start(root);
    await within(noted(run, /Git does not answer about .* Let Git answer there/));
    answer();
    if ((await run.ended).code !== 0) await passes(start(root));
  });

  it('holds up no end at a signal', async () => {
    const { root } = await waitingAt('.', ['sub/*.txt']);
    const run = start(root);
    await within(seen(run, 'error.occurred', 'breaker.opened'));
    run.child.kill('SIGTERM');
    await within(run.ended);
    assert.notEqual(exitCodeOf(await run.ended), 0);
  });
});

function seen(run: CliRun, ...types: readonly string[]): Promise<ExternalEvent> {
  return new Promise((resolve) => {
    run.onLine((line) => {
      const event = JSON.parse(line) as ExternalEvent;
      if (types.includes(event.type)) resolve(event);
    });
  });
}

function noted(run: CliRun, words: RegExp): Promise<unknown> {
  return new Promise((resolve) => {
    run.onNote((note) => {
      if (words.test(note)) resolve(note);
    });
  });
}

async function within<T>(wanted: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${soonMs} ms`)), soonMs);
  });
  try {
    return await Promise.race([wanted, late]);
  } finally {
    clearTimeout(timer);
  }
}
