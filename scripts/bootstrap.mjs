// Makes every script of this project run on a machine that has nothing but Node and npm: installs what the lock file
// asks for, then goes on under the Node that was installed with it.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';

export const repoRoot = path.dirname(import.meta.dirname);
const binFolder = path.join(repoRoot, 'node_modules', '.bin');
const onWindows = process.platform === 'win32';
const ownNode = path.join(repoRoot, 'node_modules', 'node', 'bin', onWindows ? 'node.exe' : 'node');

/** The one Node version that all scripts run on; the package `node` in the lock file brings it. */
const nodeMajor = '24';

/**
 * Call this first in every script and import packages only afterwards. Returns under the project's own Node with all
 * dependencies in place; under any other Node it starts the same script again there, ends with its exit code, and
 * never returns.
 */
export async function ensureInstalled() {
  if (!isInstalled()) install();
  if (!hasOwnBinFirst()) process.env.PATH = [binFolder, process.env.PATH].join(path.delimiter);
  if (process.versions.node.split('.')[0] !== nodeMajor) await continueUnderOwnNode();
}

/** Whether the module was started as the program, and not imported by another script. */
export function isProgram(meta) {
  return realpathSync(process.argv[1]) === meta.filename;
}

/**
 * For a script that another one starts: a signal, or the end of the process at the other end of its stdin, ends it by
 * way of its exit handlers, which end what it has started itself.
 */
export function endWithParent() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
  process.stdin.once('end', () => process.exit(1));
  process.stdin.resume().unref();
}

/**
 * Compares contents, not times: a fresh clone or a copied folder has times that mean nothing. npm writes the hidden
 * lock file last, so an install that was cut short has none.
 */
function isInstalled() {
  const installed = packagesOf(path.join(repoRoot, 'node_modules', '.package-lock.json'));
  if (!installed || !existsSync(ownNode)) return false;
  const wanted = packagesOf(path.join(repoRoot, 'package-lock.json')) ?? {};
  return Object.entries(wanted).every(([place, { version, optional }]) => {
    if (place === '') return true;
    const found = installed[place];
    return found ? found.version === version : optional === true; // parts for other platforms are left out
  });
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function install() {
  // On stderr, so that a script whose stdout is read by a program (`--json`) stays readable.
  process.stderr.write('Installing dependencies (npm ci) ...\n');
  const flags = ['--loglevel=error', '--no-fund', '--no-audit'];
  const { status, error } = spawnSync('npm', ['ci', ...flags], {
    cwd: repoRoot,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: onWindows, // npm is a .cmd file there
  });
  if (status === 0 && existsSync(ownNode)) return;
  process.stderr.write(
    `npm ci failed (${error?.message ?? `exit code ${status}`}); see its message above.\n`,
  );
  process.exit(1);
}

function hasOwnBinFirst() {
  return (process.env.PATH ?? '').split(path.delimiter)[0] === binFolder;
}

async function continueUnderOwnNode() {
  const child = spawn(ownNode, [...process.execArgv, ...process.argv.slice(1)], { stdio: 'inherit' });
  // A terminal signals parent and child alike; a program that ends this process knows only the parent.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const [code, signal] = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (...how) => resolve(how));
  });
  if (!signal) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  await new Promise(() => {}); // the signal is on its way
}
