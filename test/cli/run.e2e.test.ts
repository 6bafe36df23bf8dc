// The command line on the samples, with real processes: the promised lines, the same end with any number of agents, and
// witnesses the engine does not write.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import { copySample, parseEvents, readTree, runCli, startCli, userWith, withoutPauses } from '../support/cli';
import { holdChecks } from '../support/heldChecks';
import { processesHolding } from '../support/processes';
import { repoRoot } from '../support/repoRoot';
import { checkAgainstModel, checkAgainstWatcher, checkEvents, type Needs } from '../support/runChecks';
import { startScriptedModel } from '../support/scriptedModel';
import { watchTree } from '../support/watchTree';

interface Entry {
  readonly name: string;
  readonly depends_on?: readonly string[];
}

async function backlogOf(sample: string): Promise<{ names: string[]; needs: Needs }> {
  const entries: Entry[] = JSON.parse(
    await readFile(path.join(repoRoot, 'examples', sample, 'features.json'), 'utf8'),
  );
  return {
    names: entries.map((e) => e.name),
    needs: Object.fromEntries(entries.map((e) => [e.name, e.depends_on ?? []])),
  };
}

describe('parallel-agents run', () => {
  const cleanUp = cleanUpAfterEach();

  async function sampleIn(name: string): Promise<string> {
    const { dir, remove } = await copySample(name);
    cleanUp.push(remove);
    return dir;
  }

  it('prints the promised lines for the five features, and nothing else', async () => {
    const dir = await sampleIn('test-parallel');
    await withoutPauses(dir);
    const gates = await holdChecks(dir);
    cleanUp.push(gates.remove);
    // All checks that are held have their turn at once, whatever the cores, or one that is held longer might keep out the next;
    // and in the order of the promised lines, for work that is checked on other work passes after it.
    const order = Object.fromEntries([2, 3, 4, 5].map((n) => [`Feature ${n}`, `Feature ${n - 1}`]));
    const user = userWith({ 'verify.parallel': 3, 'commands.allow': await gates.beginAfter(order) });
    const run = startCli(['run', '--project-dir', dir, '--max-agents', '3'], user);
    // Each check ends when what is promised before its line has been seen, however long that takes.
    const opensAt: Readonly<Record<string, string>> = {
      '🚀 Agent 3/3: Started feature 3 - Feature 3': 'Feature 1',
      '🚀 Agent 1/3: Started feature 4 - Feature 4': 'Feature 2',
      '🚀 Agent 2/3: Started feature 5 - Feature 5': 'Feature 3',
      '✅ Feature 3 completed: passing': 'Feature 4',
      '✅ Feature 4 completed: passing': 'Feature 5',
    };
    run.onLine((line) => void gates.open(opensAt[line]));
    const { code } = await run.ended;
    const { lines, notes } = run;
    assert.deepEqual(lines, [
      '🚀 Agent 1/3: Started feature 1 - Feature 1',
      '🚀 Agent 2/3: Started feature 2 - Feature 2',
      '🚀 Agent 3/3: Started feature 3 - Feature 3',
      '✅ Feature 1 completed: passing',
      '🚀 Agent 1/3: Started feature 4 - Feature 4',
      '✅ Feature 2 completed: passing',
      '🚀 Agent 2/3: Started feature 5 - Feature 5',
      '✅ Feature 3 completed: passing',
      '✅ Feature 4 completed: passing',
      '✅ Feature 5 completed: passing',
      '🧹 Cleaned up 3 completed agents',
      '✅ All features completed!',
    ]);
    assert.equal(code, 0);
    assert.ok(notes.some((line) => line.startsWith('ℹ️ Offline model')));
    assert.ok(notes.some((line) => line.startsWith('Wall time')));
  });

  for (const sample of ['test-parallel', 'notes-api']) {
    it(`comes to the same end with 1, 2, 3 and 5 agents: ${sample}`, async function () {
      this.timeout(400_000);
      const { names, needs } = await backlogOf(sample);
      const trees: Record<string, string>[] = [];
      for (const agents of [1, 2, 3, 5]) {
        const dir = await sampleIn(sample);
        await withoutPauses(dir);
        const watcher = watchTree(dir);
        const { code, lines } = await runCli([
          'run',
          '--project-dir',
          dir,
          '--max-agents',
          String(agents),
          '--json',
        ]);
        watcher.close();
        assert.equal(code, 0, `with ${agents} agents: ${lines.at(-1)}`);
        const events = parseEvents(lines);
        checkEvents(events, names, needs);
        checkAgainstWatcher(events, watcher.seen);
        const passed = events.filter((e) => e.type === 'feature.passed').map((e) => e.featureId);
        assert.deepEqual(passed.sort(), names.map((_, k) => k + 1).sort());
        trees.push(await readTree(dir));
      }
      for (const tree of trees) assert.deepEqual(tree, trees[0]);
    });
  }

  it('agrees with the record of a model behind real HTTP, and keeps its key to itself', async () => {
    const key = 'sk-test-0123456789abcdefghij';
    const { names, needs } = await backlogOf('notes-api');
    const dir = await sampleIn('notes-api');
    const model = await startScriptedModel(path.join(repoRoot, 'examples', 'notes-api'));
    cleanUp.push(() => model.close());
    const args = ['run', '--project-dir', dir, '--max-agents', '3', '--model', 'haiku', '--json'];
    const user = userWith({ providers: { anthropic: { baseUrl: model.baseUrl } } });
    const run = startCli(args, { ANTHROPIC_API_KEY: key, ...user });
    const holders: (number | undefined)[] = [];
    run.onLine((line) => {
      if (!/"type":"(verify.started|agent.progress)"/.test(line) || holders.length > 0) return;
      void processesHolding(key).then((found) => holders.push(...found.map((p) => p.pid)));
    });
    const { code } = await run.ended;
    const { lines, notes } = run;
    assert.equal(code, 0, notes.join('\n'));
    assert.deepEqual([...new Set(holders)], [run.child.pid], 'only the command itself was given the key');
    const events = parseEvents(lines);
    checkEvents(events, names, needs);
    checkAgainstModel(model.asked, needs);
    assert.deepEqual([...new Set(model.asked.map((a) => a.feature))].sort(), [...names].sort());
    const calls = events.filter((e) => e.type === 'model.called');
    assert.equal(calls.length, model.asked.length);
    assert.ok(calls.every((e) => (e.costUsd as number) > 0));
    assert.ok(model.requests.every((r) => r.headers.authorization === `Bearer ${key}`));
    const tree = await readEverything(dir);
    assert.equal(JSON.stringify([lines, notes, tree]).includes(key), false, 'the key shows somewhere');
  });

  it('keeps its sample untouched: it works in the folder it is given', async () => {
    const before = await readTree(path.join(repoRoot, 'examples', 'test-parallel'));
    const dir = await sampleIn('test-parallel');
    await runCli(['run', '--project-dir', dir, '--max-agents', '5']);
    assert.deepEqual(await readTree(path.join(repoRoot, 'examples', 'test-parallel')), before);
  });
});

/** All files below `dir`, the database and logs of ours too. */
async function readEverything(dir: string): Promise<Record<string, string>> {
  const stateFolder = await readTree(path.join(dir, '.parallel-agents'));
  return { ...(await readTree(dir)), ...stateFolder };
}
