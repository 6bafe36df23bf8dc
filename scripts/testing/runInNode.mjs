// Runs a suite of bundled tests in a Node process of its own, so that a crash or a leak is that suite's failure.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repoRoot } from '../bootstrap.mjs';

/** The child ends with this code when all tests ended but the process did not. */
export const leakExitCode = 70;

/** @returns the counts; a crash, a leak and a suite past its time limit count as one failure more */
export async function runInNode(name, files, outFolder, { timeoutMs, limitMs, onlyAllowed }) {
  console.log(`\n${name}`);
  const countsFile = path.join(outFolder, 'counts.json');
  const request = JSON.stringify({ files, timeoutMs, countsFile, onlyAllowed });
  const runner = path.join(import.meta.dirname, 'nodeRunner.mjs');
  const child = spawn(process.execPath, ['--enable-source-maps', runner, request], {
    cwd: repoRoot,
    stdio: ['pipe', 'inherit', 'inherit'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  });
  const how = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(signal ?? code));
  });
  const counts = readCounts(countsFile);
  const expected = counts?.failed ? 1 : 0;
  if (counts && how === expected) return counts;
  console.error(`The suite "${name}" ${how === leakExitCode ? 'leaked' : `crashed (${how})`}.`);
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
