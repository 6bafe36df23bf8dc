// Packs the extension into a .vsix, and installs one as a user would.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { repoRoot } from '../bootstrap.mjs';
import { hostEnv } from './server.mjs';
import { ensureServer } from './serverVersions.mjs';

/**
 * Packs dist/ as it was last built; all code is bundled there, so no dependency goes in.
 *
 * @param {string} packagePath where to put the .vsix
 */
export async function packVsix(packagePath) {
  const flags = [
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--out',
    packagePath,
  ];
  const packer = spawn('vsce', ['package', ...flags], {
    cwd: repoRoot,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32', // a .cmd file there
  });
  const [code, signal] = await once(packer, 'exit'); // rejects when it could not be started
  if (code !== 0) throw new Error(`vsce could not pack the extension (${signal ?? code}).`);
}

/** @returns {Promise<string>} the .vsix of what this test run has built: packed by the first who asks, for 5 s of a core */
export async function packedVsix() {
  const vsix = path.join(process.env.PARALLEL_AGENTS_TEST_RUN, 'parallel-agents.vsix');
  if (existsSync(vsix)) return vsix;
  const whole = `${vsix}.${process.pid}.vsix`; // beside it until it is: another may ask meanwhile, and packs its own
  await packVsix(whole);
  await rename(whole, vsix);
  return vsix;
}

/**
 * Installs a .vsix as a user would, without a network, into a folder to be given as `extensionsDir`.
 *
 * @param {{ version?: '1.139' | '1.105', vsix: string, extensionsDir: string }} what
 */
export async function installVsix({ version = '1.139', vsix, extensionsDir }) {
  const { node, main } = await ensureServer(version);
  const args = [main, '--extensions-dir', extensionsDir, '--install-extension', vsix, '--force'];
  await promisify(execFile)(node, [...args, '--server-data-dir', path.join(extensionsDir, '.server')], {
    env: hostEnv(process.env),
  });
}
