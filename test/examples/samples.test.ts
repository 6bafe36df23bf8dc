// The samples hold what they promise: nothing works before their scripts are played, all of it after, in any order.
import { strict as assert } from 'node:assert';
import { exec } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FeatureSpec } from '../../src/core/features/feature';
import { parseBacklog } from '../../src/core/features/featureList';
import { cycleProblem } from '../../src/core/graph/backlogGraph';
import { excerptOf } from '../../src/core/shared/longText';
import { atOnce } from '../../src/core/shared/steps';
import type { OfflineTurn } from '../../src/ports/coordinator';
import { repoRoot } from '../support/repoRoot';
import { notesApiScript } from './notesApi/script';
import { playTurn } from './playTurn';
import { testParallelScript } from './testParallel/script';
import type { Script } from './turns';

interface Sample {
  readonly folder: string;
  readonly script: () => Script;
  readonly finished: string;
  /** The features whose attempts fail their check, but for the last. */
  readonly failFirst: readonly string[];
}

const samples: readonly Sample[] = [
  { folder: 'test-parallel', script: testParallelScript, finished: 'testParallel', failFirst: [] },
  { folder: 'notes-api', script: notesApiScript, finished: 'notesApi', failFirst: ['Validation'] },
];

/** How the next of the ready features is chosen; each is an order that some number of agents could bring about. */
const orders: Record<string, (ready: readonly string[], step: number) => string | undefined> = {
  'in file order': (ready) => ready[0],
  'from the end of the file': (ready) => ready.at(-1),
  'from the middle': (ready) => ready[ready.length >> 1],
  'from both ends in turn': (ready, step) => (step % 2 === 0 ? ready.at(-1) : ready[0]),
};

for (const sample of samples) {
  describe(`examples/${sample.folder}`, function () {
    this.timeout(120_000);
    const home = path.join(repoRoot, 'examples', sample.folder);
    const scriptFile = path.join(home, 'offline-script.json');
    // UPDATE_SAMPLES=1 writes the scripts anew; format them afterwards.
    if (process.env.UPDATE_SAMPLES) writeFileSync(scriptFile, JSON.stringify(sample.script()));
    const specs = specsOf(home);
    const attempts = attemptsOf(scriptFile);
    const suite = suiteOf(home);
    const checkOf = (spec: FeatureSpec) => spec.verify ?? suite;
    let scratch: string;

    before(() => {
      scratch = mkdtempSync(path.join(tmpdir(), 'samples-'));
    });
    after(() => rmSync(scratch, { recursive: true }));

    const copy = (): string => {
      const folder = mkdtempSync(path.join(scratch, 'copy-'));
      cpSync(home, folder, { recursive: true });
      return folder;
    };
    const passes = (folder: string, spec: FeatureSpec) =>
      runs(excerptOf(checkOf(spec)), folder, { PARALLEL_AGENTS_FEATURE_ID: `${specs.indexOf(spec) + 1}` });
    const play = (folder: string, turns: readonly OfflineTurn[]) => {
      for (const turn of turns) playTurn(folder, turn);
    };
    const attemptsAt = (spec: FeatureSpec) => attempts.get(spec.name) ?? [];

    it('is a backlog without a circle, and has turns for every feature', () => {
      assert.equal(atOnce(cycleProblem(specs)), undefined);
      assert.deepEqual([...attempts.keys()].sort(), specs.map(({ name }) => name).sort());
    });

    it('has the script that its finished code leads to', () => {
      assert.deepEqual(
        JSON.parse(readFileSync(scriptFile, 'utf8')),
        JSON.parse(JSON.stringify(sample.script())),
      );
    });

    it('runs no command but the check, takes its time, and hands in at the end of each attempt', () => {
      for (const spec of specs) {
        for (const turns of attemptsAt(spec)) {
          const commands = turns.filter(({ tool }) => tool === 'run_command').map(({ input }) => input);
          for (const input of commands) assert.deepEqual(input, { command: checkOf(spec) });
          assert.ok(turns.every(({ delayMs = 0 }) => delayMs >= 50 && delayMs <= 400));
          const ends = turns.flatMap(({ tool }, at) => (tool === 'finish' ? [at] : []));
          assert.deepEqual(ends, [turns.length - 1], spec.name);
        }
      }
    });

    it('works in nothing before a run', async () => {
      const folder = copy();
      for (const spec of specs) assert.equal(await passes(folder, spec), false, spec.name);
    });

    it(`fails at first in ${sample.failFirst.join(', ') || 'nothing'}`, async () => {
      const several = specs.filter((spec) => attemptsAt(spec).length > 1);
      assert.deepEqual(
        several.map(({ name }) => name),
        sample.failFirst,
      );
      for (const spec of several) {
        for (const turns of attemptsAt(spec).slice(0, -1)) {
          const folder = copy();
          play(folder, turns);
          assert.equal(await passes(folder, spec), false, spec.name);
        }
      }
    });

    for (const [name, choose] of Object.entries(orders)) {
      it(`comes out finished, whole and the same when built ${name}`, async () => {
        const folder = copy();
        for (const spec of inOrder(specs, choose)) {
          play(folder, attemptsAt(spec).at(-1) ?? []);
          assert.equal(await passes(folder, spec), true, spec.name);
        }
        assert.equal(await runs(suite, folder), true, 'the whole suite');
        const expected = copy();
        cpSync(path.join(repoRoot, 'test', 'examples', sample.finished, 'finished'), expected, {
          recursive: true,
        });
        assert.deepEqual(treeOf(folder), treeOf(expected));
      });
    }
  });
}

describe('examples/notes-api, while Tags is at work', function () {
  this.timeout(30_000);

  it('is broken for whoever shares its files', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'samples-'));
    try {
      const home = path.join(repoRoot, 'examples', 'notes-api');
      cpSync(home, folder, { recursive: true });
      const attempts = attemptsOf(path.join(home, 'offline-script.json'));
      const last = (name: string) => attempts.get(name)?.at(-1) ?? [];
      for (const name of ['Router', 'Store', 'Validation', 'Notes']) {
        for (const turn of last(name)) playTurn(folder, turn);
      }
      const check = 'node --test test/notes.test.js';
      assert.equal(await runs(check, folder), true);
      const tags = last('Tags');
      const mended = tags.findIndex(({ tool }) => tool === 'write_file');
      for (const turn of tags.slice(0, mended)) playTurn(folder, turn);
      assert.equal(await runs(check, folder), false);
      for (const turn of tags.slice(mended)) playTurn(folder, turn);
      assert.equal(await runs(check, folder), true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function specsOf(home: string): readonly FeatureSpec[] {
  const parsed = atOnce(parseBacklog(JSON.parse(readFileSync(path.join(home, 'features.json'), 'utf8'))));
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.specs;
}

function attemptsOf(scriptFile: string): ReadonlyMap<string, readonly OfflineTurn[][]> {
  const script: Script = JSON.parse(readFileSync(scriptFile, 'utf8'));
  const isSeveral = (turns: OfflineTurn[] | OfflineTurn[][]): turns is OfflineTurn[][] =>
    Array.isArray(turns[0]);
  return new Map(Object.entries(script).map(([name, turns]) => [name, isSeveral(turns) ? turns : [turns]]));
}

function suiteOf(home: string): string {
  const settings: unknown = JSON.parse(readFileSync(path.join(home, '.vscode', 'settings.json'), 'utf8'));
  const command = new Map(Object.entries(settings ?? {})).get('parallelAgents.verify.command');
  assert.ok(typeof command === 'string');
  return command;
}

function inOrder(
  specs: readonly FeatureSpec[],
  choose: (ready: readonly string[], step: number) => string | undefined,
): FeatureSpec[] {
  const done: FeatureSpec[] = [];
  while (done.length < specs.length) {
    const isDone = (name: string) => done.some((spec) => spec.name === name);
    const ready = specs.filter((spec) => !isDone(spec.name) && spec.dependsOn.every(isDone));
    const name = choose(
      ready.map((spec) => spec.name),
      done.length,
    );
    const next = ready.find((spec) => spec.name === name);
    assert.ok(next, 'nothing is ready');
    done.push(next);
  }
  return done;
}

/** Does the command end with 0? */
function runs(command: string, cwd: string, env: Record<string, string> = {}): Promise<boolean> {
  return new Promise((resolve) =>
    exec(command, { cwd, env: { ...process.env, ...env } }, (error) => resolve(!error)),
  );
}

function treeOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = files.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name))).sort();
  assert.ok(paths.length > 0 && existsSync(folder));
  return Object.fromEntries(paths.map((file) => [file, readFileSync(path.join(folder, file), 'utf8')]));
}
