// Packs the extension into a .vsix, and installs one as a user would.

import { execFile, execFileSync } from 'node:child_process';
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
export function packVsix(packagePath) {
  const flags = [
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--out',
    packagePath,
  ];
  execFileSync('vsce', ['package', ...flags], {
    cwd: repoRoot,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32', // a .cmd file there
  });
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
