// Runs a suite of bundled tests in a Node process of its own, so that a crash or a leak is that suite's failure.

import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repoRoot } from '../bootstrap.mjs';

/** The child ends with this code when all tests ended but the process did not. */
export const leakExitCode = 70;

/** @returns the counts; a crash, a leak and a suite past its time limit count as one failure more */
export function runInNode(name, files, outFolder, limits) {
  console.log(`\n${name}`);
  return runFiles(name, files, path.join(outFolder, 'counts.json'), limits);
}

/**
 * Each file in a process of its own, and `atOnce` of them at a time: such tests wait more than they work. What a file
 * prints comes out whole once it has ended.
 *
 * @returns as `runInNode`, for all files together
 */
export async function runEachInNode(name, files, outFolder, { atOnce, ...limits }) {
  console.log(`\n${name}`);
  const total = { passed: 0, failed: 0, skipped: 0 };
  const left = files.map((file, k) => ({ file, report: path.join(outFolder, `report-${k}`) }));
  const runLeft = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const { file, report } = next;
      const counts = await runFiles(file, [file], `${report}.json`, limits, `${report}.txt`);
      for (const key of Object.keys(total)) total[key] += counts[key];
    }
  };
  await Promise.all(Array.from({ length: atOnce }, runLeft));
  return total;
}

/** @param reportFile takes what is printed, until all of it is printed at the end; without one it is printed at once */
async function runFiles(title, files, countsFile, { timeoutMs, limitMs, onlyAllowed }, reportFile) {
  const request = JSON.stringify({ files, timeoutMs, countsFile, onlyAllowed });
  const runner = path.join(import.meta.dirname, 'nodeRunner.mjs');
  const output = reportFile === undefined ? 'inherit' : openSync(reportFile, 'w');
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
  if (reportFile !== undefined) {
    closeSync(output);
    console.log(readFileSync(reportFile, 'utf8'));
  }
  const counts = readCounts(countsFile);
  const expected = counts?.failed ? 1 : 0;
  if (counts && how === expected) return counts;
  console.error(`The suite "${title}" ${how === leakExitCode ? 'leaked' : `crashed (${how})`}.`);
  return { passed: 0, skipped: 0, ...counts, failed: (counts?.failed ?? 0) + 1 };
}

/** Undefined when the run ended before it could write them. */
export function readCounts(countsFile) {
  try {
    return JSON.parse(readFileSync(countsFile, 'utf8'));
  } catch {
    return undefined;
  }
}
