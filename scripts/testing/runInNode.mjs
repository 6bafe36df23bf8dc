// Runs bundled tests in a Node process of its own, so that a crash or a leak is their failure.

import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repoRoot } from '../bootstrap.mjs';

/** The child ends with this code when all tests ended but the process did not. */
export const leakExitCode = 70;

/**
 * What the tests print comes out whole once they have ended, beside others that run at the same time; at once when they
 * run alone.
 *
 * @param {string} title
 * @param {readonly string[]} files
 * @param {string} outFolder for this run only
 * @param {{ timeoutMs: number, limitMs?: number, onlyAllowed?: boolean, isAlone?: boolean }} options
 * @returns {Promise<import('./lanes.mjs').Counts>} a crash, a leak and a run past its time limit count as one failure more
 */
export async function runInNode(title, files, outFolder, { timeoutMs, limitMs, onlyAllowed, isAlone }) {
  const countsFile = path.join(outFolder, 'counts.json');
  const reportFile = path.join(outFolder, 'report.txt');
  const request = JSON.stringify({ files, timeoutMs, countsFile, onlyAllowed });
  const runner = path.join(import.meta.dirname, 'nodeRunner.mjs');
  if (isAlone) console.log(`\n${title}`);
  const output = isAlone ? 'inherit' : openSync(reportFile, 'w');
  const child = spawn(process.execPath, ['--enable-source-maps', runner, request], {
    cwd: repoRoot,
    stdio: ['pipe', output, output],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  });
  const how = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(signal ?? code));
  });
  if (!isAlone) {
    closeSync(output);
    console.log(`\n${title}\n${readFileSync(reportFile, 'utf8')}`);
  }
  const counts = readCounts(countsFile);
  const expected = counts?.failed ? 1 : 0;
  if (counts && how === expected) return counts;
  return oneMore(counts, `it ${how === leakExitCode ? 'leaked' : `crashed (${how})`}`);
}

/** Undefined when the run ended before it could write them. */
export function readCounts(countsFile) {
  try {
    return JSON.parse(readFileSync(countsFile, 'utf8'));
  } catch {
    return undefined;
  }
}

/** @returns the counts with what befell the run itself as one failure more */
export function oneMore(counts, failure) {
  const { passed = 0, failed = 0, skipped = 0, failures = [] } = counts ?? {};
  return { passed, failed: failed + 1, skipped, failures: [...failures, failure] };
}
