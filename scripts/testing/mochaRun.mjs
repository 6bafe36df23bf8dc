// One mocha run over bundled test files, the same in a Node process and in an extension host.

import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** Above this many tests a line for each is no longer read; failures are always printed in full. */
const manyTests = 400;

/**
 * @param {object} request
 * @param {string[]} request.files
 * @param {number} request.timeoutMs for one test
 * @param {string} request.countsFile receives the result as JSON: a run that dies leaves none, and its parent knows
 * @param {boolean} [request.onlyAllowed] without it, a forgotten `.only` fails the run
 * @param {(...line: unknown[]) => void} [print] gets mocha's report, where stdout is not ours to write to
 * @returns {Promise<import('./lanes.mjs').Counts>}
 */
export async function runMocha({ files, timeoutMs, countsFile, onlyAllowed = false }, print) {
  const mocha = new Mocha({
    timeout: timeoutMs,
    forbidOnly: !onlyAllowed,
    color: !print && process.stdout.isTTY,
  });
  mocha.lazyLoadFiles(true); // they are loaded here, to be counted before the reporter is chosen
  for (const file of files) mocha.addFile(file);
  await mocha.loadFilesAsync();
  if (print) Mocha.reporters.Base.consoleLog = print;
  mocha.reporter(mocha.suite.total() > manyTests && !print ? 'dot' : 'spec');
  const failures = [];
  const stats = await new Promise((resolve) => {
    const runner = mocha.run(() => resolve(runner.stats));
    runner.on('fail', (test) => failures.push(test.fullTitle()));
  });
  const counts = { passed: stats.passes, failed: stats.failures, skipped: stats.pending, failures };
  writeFileSync(countsFile, JSON.stringify(counts));
  return counts;
}
