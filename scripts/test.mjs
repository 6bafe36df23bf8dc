// Runs the tests: `node scripts/test.mjs [unit|host|installed|e2e|all] [part of a path ...]`. The last line is the sum over all
// suites, `N passed, N failed`.

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureInstalled, repoRoot } from './bootstrap.mjs';

await ensureInstalled();
const { build } = await import('./build.mjs');
const { bundleTests } = await import('./testing/bundleTests.mjs');
const { runEachInNode, runInNode } = await import('./testing/runInNode.mjs');
const { runInVsCode, runOnInstalled } = await import('./testing/runInVsCode.mjs');

/**
 * The suffix of a test file tells where it runs; the first that fits counts. `timeoutMs` is for one test, `limitMs` for
 * a whole process: it ends what mocha's own limit cannot see, for instance a `while (true)`.
 */
const suites = {
  e2e: {
    ...{ suffix: '.e2e.test.ts', needsBuild: true, run: runEachInNode },
    ...{ atOnce: 2, timeoutMs: 120_000, limitMs: 15 * 60_000 },
  },
  host: { suffix: '.host.test.ts', needsBuild: true, timeoutMs: 60_000, run: runInVsCode },
  installed: { suffix: '.host.test.ts', needsBuild: true, timeoutMs: 60_000, run: runOnInstalled },
  unit: { suffix: '.test.ts', needsBuild: false, timeoutMs: 10_000, limitMs: 10 * 60_000, run: runInNode },
};
const order = ['unit', 'host', 'installed', 'e2e']; // the quick ones first

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

let building;
const total = { passed: 0, failed: 0, skipped: 0 };
for (const { name, files } of plan) add(await runSuite(name, files));
console.log(
  `\n${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}`,
);
process.exitCode = total.failed > 0 ? 1 : 0;

function testFiles(suiteName) {
  const suffixOf = (file) => Object.values(suites).find(({ suffix }) => file.endsWith(suffix))?.suffix;
  return readdirSync(path.join(repoRoot, 'test'), { recursive: true })
    .map((file) => path.join('test', file))
    .filter((file) => suffixOf(file) === suites[suiteName].suffix)
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
    .sort();
}

/**
 * Each run bundles into a folder of its own, so that two runs at once do not take each other's files away. A coverage
 * report is made from these files after the run, so they stay then.
 */
async function runSuite(name, files) {
  mkdirSync(path.join(repoRoot, 'out'), { recursive: true });
  const outFolder = mkdtempSync(path.join(repoRoot, 'out', 'tests-'));
  if (!process.env.NODE_V8_COVERAGE) {
    process.once('exit', () => rmSync(outFolder, { recursive: true, force: true }));
  }
  try {
    const { run, needsBuild, ...limits } = suites[name];
    if (needsBuild) await builtOnce();
    const bundled = await bundleTests(files, outFolder);
    return await run(name, bundled, outFolder, { ...limits, onlyAllowed: filters.length > 0 });
  } catch (error) {
    console.error(`The suite "${name}" could not run.`, error);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** What ships, for the suites that run it. */
function builtOnce() {
  building ??= build();
  return building;
}

function add(counts) {
  for (const key of Object.keys(total)) total[key] += counts[key];
}
