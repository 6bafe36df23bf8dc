// Checks and commands that print more than anybody can read, in real processes: the run goes on, ends, and exits.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import { type CliRun, parseEvents, startCli, userWith } from '../support/cli';
import { call, finish, writeProject } from '../support/smallProject';

const write = (file: string) => call('write_file', { path: file, content: 'x\n' });
const prints = (bytes: number) => `yes 'a line of some length' 2>/dev/null | head -c ${bytes}; echo THE END`;

describe('output without end', () => {
  const cleanUp = cleanUpAfterEach();

  /** Three features: a check that prints much, one that never stops, and a command of an agent that never stops. */
  async function project() {
    const { dir, remove } = await writeProject({
      files: {
        '.vscode/settings.json': JSON.stringify({
          'parallelAgents.limits.command_timeout': 3,
          'parallelAgents.limits.verify_timeout': 15,
          'parallelAgents.limits.max_retries': 0,
        }),
      },
      features: [
        { name: 'much', verify: prints(60_000_000) },
        { name: 'without line or limit', verify: "yes | tr -d '\\n' | tr y '\\000'" },
        { name: 'by an agent', verify: 'test -f c.txt' },
      ],
      script: {
        much: [write('a.txt'), finish],
        'without line or limit': [write('b.txt'), finish],
        'by an agent': [call('run_command', { command: 'yes without end' }), write('c.txt'), finish],
      },
    });
    cleanUp.push(remove);
    const env = userWith({ 'commands.allow': ['yes without end'] });
    const start = () => startCli(['run', '--project-dir', dir, '--max-agents', '3', '--json'], env);
    return start;
  }

  const claimed = (run: CliRun) =>
    new Promise<void>((resolve) => run.onLine((line) => line.includes('"feature.claimed"') && resolve()));

  it('of three agents at once holds up neither the run nor a follower, nor one that does not read', async () => {
    const start = await project();
    const owner = start();
    await claimed(owner);
    const [follower, stopped] = [start(), start()];
    await new Promise<void>((resolve) => stopped.onLine(() => resolve()));
    stopped.child.kill('SIGSTOP');
    const { code } = await owner.ended;
    stopped.child.kill('SIGCONT');
    const codes = [code, (await follower.ended).code, (await stopped.ended).code];
    assert.deepEqual(codes, [1, 1, 1], 'one feature is meant to fail');

    const events = parseEvents(owner.lines);
    const of = (featureId: number, type: string) =>
      events.filter((event) => event.featureId === featureId && event.type === type);
    const [much] = of(1, 'verify.finished');
    assert.equal(much?.passed, true);
    assert.match(String(much?.outputTail), /THE END\n$/);
    const [endless] = of(2, 'verify.finished');
    assert.deepEqual([endless?.timedOut, Number(endless?.durationMs) < 25_000], [true, true]);
    assert.match(String(of(2, 'feature.failed')[0]?.reason), /did not end within 15 s/);
    assert.equal(of(3, 'feature.passed').length, 1);
    assert.match(
      String(of(3, 'tool.used').find(({ tool }) => tool === 'run_command')?.summary),
      /^Ended by its time limit of 3 s$/,
    );
    for (const featureId of [1, 2, 3]) assert.equal(of(featureId, 'feature.claimed').length, 1);
    for (const run of [owner, follower, stopped]) {
      const seqs = parseEvents(run.lines).map(({ seq }) => seq);
      assert.deepEqual(
        seqs,
        seqs.map((_, at) => (seqs[0] ?? 0) + at),
      );
    }
  });
});
