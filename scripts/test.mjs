// Runs the tests: `node scripts/test.mjs [unit|host|installed|e2e|all] [part of a path ...]`. The last line is the sum over all
// suites, `N passed, N failed`.

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { ensureInstalled, repoRoot } from './bootstrap.mjs';

await ensureInstalled();
const { build } = await import('./build.mjs');
const { bundleTests } = await import('./testing/bundleTests.mjs');
const { inLanes } = await import('./testing/lanes.mjs');
const { runInNode } = await import('./testing/runInNode.mjs');
const { getVsCode, runInVsCode, runOnInstalled } = await import('./testing/runInVsCode.mjs');

/**
 * The suffix of a test file tells where it runs; the first that fits counts. A suite runs in pieces, each in a process of
 * its own: one for each file, or as many as `pieces` says, over which its files are dealt out. `timeoutMs` is for one test,
 * `limitMs` for a whole process: it ends what mocha's own limit cannot see, for instance a `while (true)`.
 */
const suites = {
  e2e: {
    suffix: '.e2e.test.ts',
    needsBuild: true,
    run: runInNode,
    timeoutMs: 120_000,
    limitMs: 15 * 60_000,
  },
  host: { suffix: '.host.test.ts', pieces: 1, needsBuild: true, run: runInVsCode, timeoutMs: 60_000 },
  installed: { suffix: '.host.test.ts', pieces: 1, needsBuild: true, run: runOnInstalled, timeoutMs: 60_000 },
  unit: { suffix: '.test.ts', pieces: 4, run: runInNode, timeoutMs: 30_000, limitMs: 10 * 60_000 },
};
const order = ['unit', 'host', 'installed', 'e2e']; // the quick ones first

/**
 * The files that take longest, from half a minute on, are begun first of their suite: begun last, one of them would go on
 * alone while the other lanes have nothing left to do. In the order of what they take, but for those that work where
 * others wait.
 */
const longest = [
  'cli/crash',
  'cli/silence',
  'vscode/hostDeath',
  'cli/run',
  'scripts/openVsCode',
  'vscode/themes',
  'vscode/editor',
  'cli/elsewhere',
  'adapters/isolation/publisherCrash',
  'cli/ports',
  'cli/isolation',
  'cli/silentGit',
].map((name) => path.join('test', `${name}.e2e.test.ts`));

/** One more than cores: most tests of whole processes wait more than they work. */
const lanes = availableParallelism() + 1;

// Copies that hosts of the tests make are no part of the user's own cache.
process.env.XDG_CACHE_HOME = mkdtempSync(path.join(tmpdir(), 'pa-cache-'));
process.once('exit', () => rmSync(process.env.XDG_CACHE_HOME, { recursive: true, force: true }));

const [first, ...others] = process.argv.slice(2);
const namesSuite = first === 'all' || first in suites;
const wanted = namesSuite && first !== 'all' ? [first] : order;
const filters = (namesSuite ? others : process.argv.slice(2)).map((filter) => path.normalize(filter));

const plan = wanted.map((name) => ({ name, files: testFiles(name) })).filter(({ files }) => files.length > 0);
if (plan.length === 0) {
  console.error(`No ${wanted.join(' or ')} test matches ${filters.join(' ') || 'anything'}.`);
  process.exit(1);
}
const { passed, failed, skipped, failures } = await runAll();
if (failures.length > 0) console.log(`\nFailed:\n${failures.map((failure) => `  ${failure}`).join('\n')}`);
if (skipped > 0) console.log(`\n${skipped} skipped: each says above what it lacks here.`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

function testFiles(suiteName) {
  const suffixOf = (file) => Object.values(suites).find(({ suffix }) => file.endsWith(suffix))?.suffix;
  return readdirSync(path.join(repoRoot, 'test'), { recursive: true })
    .map((file) => path.join('test', file))
    .filter((file) => suffixOf(file) === suites[suiteName].suffix)
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

function rank(file) {
  return longest.includes(file) ? longest.indexOf(file) : longest.length;
}

/**
 * Each run bundles into a folder of its own, so that two runs at once do not take each other's files away. A coverage
 * report is made from these files after the run, so they stay then.
 */
async function runAll() {
  mkdirSync(path.join(repoRoot, 'out'), { recursive: true });
  const outFolder = mkdtempSync(path.join(repoRoot, 'out', 'tests-'));
  if (!process.env.NODE_V8_COVERAGE) {
    process.once('exit', () => rmSync(outFolder, { recursive: true, force: true }));
  }
  process.env.PARALLEL_AGENTS_TEST_RUN = outFolder;
  const needBuild = plan.some(({ name }) => suites[name].needsBuild);
  const files = [...new Set(plan.flatMap((suite) => suite.files))];
  try {
    const [bundled] = await Promise.all([bundleTests(files, outFolder), needBuild ? build() : undefined]);
    const bundleOf = new Map(files.map((file, k) => [file, bundled[k]]));
    const all = plan.flatMap(({ name, files: ofSuite }) => piecesOf(name, ofSuite));
    // Of a few files perhaps none needs a window; those that do get what is missing themselves.
    const withWindows = needBuild && filters.length === 0;
    const ready = Promise.withResolvers();
    const pieces = all.map(({ title, suite, files: ofPiece }, k) => ({
      title,
      async run() {
        const { run, needsBuild, timeoutMs, limitMs } = suites[suite];
        if (needsBuild && withWindows) await ready.promise;
        const folder = path.join(outFolder, `piece-${k}`);
        mkdirSync(folder);
        const options = { timeoutMs, limitMs, onlyAllowed: filters.length > 0, isAlone: all.length === 1 };
        return run(
          title,
          ofPiece.map((file) => bundleOf.get(file)),
          folder,
          options,
        );
      },
    }));
    const running = inLanes(pieces, lanes);
    // Beside the first of them, which need none of it.
    if (withWindows)
      await getVsCode().catch((error) => console.error('VS Code could not be brought.', error));
    ready.resolve();
    return await running;
  } catch (error) {
    console.error('The tests could not run.', error);
    return { passed: 0, failed: 1, skipped: 0, failures: [] };
  }
}

/** What runs in one process each, with a title. */
function piecesOf(suite, files) {
  const { pieces = files.length } = suites[suite];
  const count = Math.min(pieces, files.length);
  return Array.from({ length: count }, (_, k) => {
    const dealt = files.filter((_file, at) => at % count === k);
    const [only] = dealt;
    const title =
      dealt.length === 1 ? `${suite}: ${only}` : count === 1 ? suite : `${suite}, part ${k + 1} of ${count}`;
    return { suite, title, files: dealt };
  });
}
