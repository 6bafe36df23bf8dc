// The command line killed at any moment: the next start ends what was left, puts back what was half done, and finishes
// with the very files an uninterrupted run makes.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { after, before, describe, it } from 'mocha';
import {
  type CliRun,
  copySample,
  type ExternalEvent,
  parseEvents,
  readTree,
  runCli,
  startCli,
  withoutPauses,
} from '../support/cli';
import { noneHolding, processesHolding, tagOf } from '../support/processes';

const sample = 'test-parallel';

/** Kills when the event that `when` picks is seen, or right away. */
function killAt(run: CliRun, when: (event: ExternalEvent) => boolean): Promise<ExternalEvent> {
  return new Promise((resolve, reject) => {
    run.onLine((line) => {
      const event = JSON.parse(line) as ExternalEvent;
      if (!when(event)) return;
      run.child.kill('SIGKILL');
      resolve(event);
    });
    run.ended.then(() => reject(new Error('the run ended before it was killed')), reject);
  });
}

describe('parallel-agents run, killed', function () {
  this.timeout(120_000);
  let whole: Record<string, string> = {};
  const cleanUp: (() => Promise<void>)[] = [];

  async function sampleIn(): Promise<string> {
    const { dir, remove } = await copySample(sample);
    cleanUp.push(remove);
    await withoutPauses(dir);
    return dir;
  }

  before(async () => {
    const dir = await sampleIn();
    const { code } = await runCli(['run', '--project-dir', dir, '--max-agents', '3']);
    assert.equal(code, 0);
    whole = await readTree(dir);
  });
  after(async () => {
    for (const clean of cleanUp) await clean();
  });

  // Fifteen kills on the n-th event, whatever it is; five between an edit and its verdict.
  const moments: readonly (readonly [string, (seen: number, event: ExternalEvent) => boolean])[] = [
    ...[1, 2, 4, 7, 11, 16, 22, 29, 37, 46, 56, 67, 79, 92, 106].map(
      (n) => [`after ${n} events`, (seen: number) => seen >= n] as const,
    ),
    ...[1, 2, 3, 4, 5].map(
      (id) =>
        [
          `between an edit of feature ${id} and its verdict`,
          (_: number, e: ExternalEvent) => e.type === 'file.changed' && e.featureId === id,
        ] as const,
    ),
  ];

  for (const [when, matches] of moments) {
    it(`finishes as if nothing had been: killed ${when}`, async () => {
      const dir = await sampleIn();
      const args = ['run', '--project-dir', dir, '--max-agents', '3', '--json'];
      const first = startCli(args);
      let seen = 0;
      await killAt(first, (event) => matches(++seen, event));
      await first.ended;
      const left = (await processesHolding(tagOf(dir))).map((p) => p.pid);

      const second = startCli(args);
      const startedAt = Date.now();
      let goneAfter = Number.POSITIVE_INFINITY;
      const watch = (async () => {
        for (let ours = left; ours.length > 0; ) {
          const alive = (await processesHolding(tagOf(dir))).map((p) => p.pid);
          ours = ours.filter((pid) => alive.includes(pid));
          if (Date.now() - startedAt > 10_000) break;
          await pause(20); // each look reads what every process of the machine was started with
        }
        goneAfter = Date.now() - startedAt;
      })();
      const { code } = await second.ended;
      await watch;
      assert.equal(code, 0, second.notes.join('\n'));
      assert.ok(goneAfter < 10_000, `processes of the first run were there for ${goneAfter} ms`);
      assert.deepEqual(await readTree(dir), whole);
      const events = parseEvents(second.lines);
      assert.equal(events.at(-1)?.type, 'run.finished');
      await noneHolding(tagOf(dir), 10_000);
      await checkDatabase(dir);
    });
  }

  it('leaves no process behind when nobody starts again', async () => {
    const dir = await sampleIn();
    const run = startCli(['run', '--project-dir', dir, '--max-agents', '3', '--json']);
    await killAt(run, (e) => e.type === 'verify.started');
    await noneHolding(tagOf(dir), 60_000);
  });

  it("puts a killed worker's work back and tries again", async () => {
    const dir = await sampleIn();
    const run = startCli(['run', '--project-dir', dir, '--max-agents', '3', '--json']);
    const workers = new Map<number, number>();
    let killed = false;
    run.onLine((line) => {
      const e = JSON.parse(line) as ExternalEvent;
      if (e.type === 'agent.started') workers.set(e.fence as number, (e.process as { pid: number }).pid);
      if (e.type === 'file.changed' && !killed) {
        killed = true;
        process.kill(workers.get(e.fence as number) as number, 'SIGKILL');
      }
    });
    const { code } = await run.ended;
    assert.equal(code, 0, run.notes.join('\n'));
    const events = parseEvents(run.lines);
    assert.deepEqual(
      events.filter((e) => e.type === 'feature.yielded').map((e) => e.cause),
      ['lost'],
    );
    assert.deepEqual(await readTree(dir), whole);
  });
});

/** The database is a whole SQLite file to other programs, where the machine has one. */
async function checkDatabase(dir: string): Promise<void> {
  const file = path.join(dir, '.parallel-agents', 'agents.db');
  const sqlite = promisify(execFile);
  const answer = await sqlite('sqlite3', ['-readonly', file, 'PRAGMA integrity_check']).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return { stdout: 'ok\n' };
      throw error;
    },
  );
  assert.equal(answer.stdout, 'ok\n');
}
