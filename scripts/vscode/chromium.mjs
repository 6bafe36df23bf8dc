// Finds a Chromium, or installs one where that is allowed and sure to work.

import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const usualPlaces = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Quiet, and with nothing that would ask the network for updates. */
export const chromiumFlags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @returns {string} the path of the program; throws an error that names the mend when there is none to be had */
export function ensureChromium() {
  return findChromium() ?? installChromium() ?? fail();
}

function findChromium() {
  const named = process.env.CHROME_PATH;
  if (named && !isExecutable(named)) throw new Error(`CHROME_PATH names no program: ${named}`);
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const candidates = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return named ?? [...candidates, ...usualPlaces].find(isExecutable);
}

function installChromium() {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return undefined;
  console.error('Installing chromium (apt-get) ...');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Test files run beside each other, and the second that finds none waits for the first.
  const wait = ['-o', 'DPkg::Lock::Timeout=300'];
  const aptGet = (...args) =>
    execFileSync('apt-get', [...wait, ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  aptGet('update', '-qq');
  // Tests of how commands see their copies want the other; without it they are left out.
  aptGet('install', '-y', '-qq', '--no-install-recommends', 'chromium', 'bubblewrap');
  return findChromium();
}

function fail() {
  throw new Error(
    'No Chromium found. Install chromium or google-chrome, or set CHROME_PATH to the program, and run this again.',
  );
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
