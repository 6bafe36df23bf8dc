// Brings the VS Code server, as the npm package `code-server` carries it, into the cache folder .vscode-test/.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { repoRoot } from '../bootstrap.mjs';

const cache = path.join(repoRoot, '.vscode-test');

/** 1.105 is what Cursor is built on. It is tried with the Node of its time; 1.139 runs on the Node of our scripts. */
const versions = {
  1.139: { codeServer: '4.139.1', node: undefined },
  1.105: { codeServer: '4.105.1', node: '22.23.3' },
};

/**
 * The first call for a version needs the npm registry, about 20 s and 600 MB; later calls need nothing.
 *
 * @param {'1.139' | '1.105'} version
 * @returns {Promise<{ node: string, main: string }>} the Node to start, and the script to start with it
 */
export async function ensureServer(version) {
  const { codeServer, node } = versions[version];
  const [server, ownNode] = await Promise.all([
    once(`code-server-${codeServer}`, (folder) => installCodeServer(folder, codeServer)),
    node && once(`node-${node}`, (folder) => npmInstall(folder, `${nodePackage()}@${node}`)),
  ]);
  return {
    node: ownNode ? path.join(ownNode, 'node_modules', nodePackage(), 'bin', 'node') : process.execPath,
    main: path.join(vscodeFolder(server), 'out', 'server-main.js'),
  };
}

/** Installs beside the place and renames at the end: what is in the cache is whole, also after a Ctrl-C. */
async function once(name, install) {
  const place = path.join(cache, name);
  if (existsSync(place)) return place;
  console.error(`Getting ${name} (once; it is kept in .vscode-test/) ...`);
  await mkdir(cache, { recursive: true });
  const temp = await mkdtemp(path.join(cache, 'installing-'));
  try {
    // Without a package.json of its own, npm would climb up and install into this project.
    await writeFile(path.join(temp, 'package.json'), '{ "private": true }\n');
    await install(temp);
    await rename(temp, place).catch((error) => {
      if (!existsSync(place)) throw error; // else another run has just put the same thing there
    });
  } finally {
    await rm(temp, { recursive: true, force: true });
  }
  return place;
}

/**
 * No install scripts, so no compiler and no system headers are needed. Two native parts (log, sqlite) are then
 * missing; the server says so in its log and works without them.
 */
async function installCodeServer(folder, codeServer) {
  await npmInstall(folder, `code-server@${codeServer}`);
  await takeWatcherFromRegistry(vscodeFolder(folder));
  await npmInstall(vscodeFolder(folder), '--omit=dev');
}

/** Older servers name a commit on GitHub for the file watcher; the release of the same version is as good. */
async function takeWatcherFromRegistry(folder) {
  const watcher = '@parcel/watcher';
  for (const name of ['package.json', 'npm-shrinkwrap.json']) {
    const file = path.join(folder, name);
    const content = JSON.parse(await readFile(file, 'utf8'));
    const root = content.packages?.[''] ?? content;
    const locked = content.packages?.[`node_modules/${watcher}`];
    if (!root.dependencies[watcher].includes('#')) return;
    root.dependencies[watcher] = '2.5.1';
    if (locked) {
      delete locked.resolved;
      delete locked.integrity;
    }
    await writeFile(file, JSON.stringify(content, null, 2));
  }
}

async function npmInstall(cwd, ...what) {
  const flags = ['--ignore-scripts', '--loglevel=error', '--no-fund', '--no-audit'];
  await promisify(execFile)('npm', ['install', ...what, ...flags], { cwd });
}

function vscodeFolder(installed) {
  return path.join(installed, 'node_modules', 'code-server', 'lib', 'vscode');
}

function nodePackage() {
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  return `${prefix}-${process.platform}-${process.arch}`;
}
