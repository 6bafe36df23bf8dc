// Builds what ships, into dist/: the extension, its worker and guard, the command line, the webview.
// `--dev` adds source maps and leaves the webview readable.

import { copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ensureInstalled, isProgram, repoRoot } from './bootstrap.mjs';

const dist = path.join(repoRoot, 'dist');

/** The extension host of the oldest editor we support (1.101) is Node 22; everything else is tried on Node 20. */
const nodeEntries = [
  {
    from: 'src/vscode/extension.ts',
    to: 'extension.js',
    target: 'node22',
    external: ['vscode'],
    plugins: [besideIt('host/tryKey'), besideIt('agentTrial')],
  },
  { from: 'src/host/tryKey.ts', to: 'tryKey.js', target: 'node22' },
  { from: 'src/host/agentTrial.ts', to: 'agentTrial.js', target: 'node20' },
  { from: 'src/worker/main.ts', to: 'worker.js', target: 'node20' },
  { from: 'src/worker/guard.ts', to: 'guard.js', target: 'node20' },
  { from: 'src/worker/hook.ts', to: 'hook.js', target: 'node20' },
  {
    from: 'src/cli/main.ts',
    to: 'cli.js',
    target: 'node20',
    banner: { js: '#!/usr/bin/env node' },
    plugins: [besideIt('agentTrial')],
  },
];

const webviewEntries = [
  { from: 'webview-ui/src/main.ts', to: 'webview.js' },
  { from: 'webview-ui/style.css', to: 'webview.css' },
];

/** Files that are read at run time, beside the bundle that reads them. */
const assets = () => [
  import.meta.resolve('sql.js/dist/sql-wasm.wasm'),
  import.meta.resolve('@vscode/codicons/dist/codicon.css'),
  import.meta.resolve('@vscode/codicons/dist/codicon.ttf'),
];

if (isProgram(import.meta)) {
  await ensureInstalled();
  await build({ dev: process.argv.includes('--dev') }).catch((error) => {
    if (!error.errors) throw error; // else esbuild has shown where
    process.exitCode = 1;
  });
}

/** Prints one line when done. Throws, after esbuild has printed what is wrong, when a bundle cannot be made. */
export async function build({ dev = false } = {}) {
  const startedAt = performance.now();
  const { build: esbuild } = await import('esbuild');
  await mkdir(dist, { recursive: true });
  const shared = {
    absWorkingDir: repoRoot,
    bundle: true,
    write: false,
    logLevel: 'error',
    legalComments: 'none',
  };
  const maps = dev ? 'linked' : false;

  const node = nodeEntries.map(({ from, to, ...rest }) =>
    esbuild({
      ...shared,
      ...rest,
      entryPoints: [from],
      outfile: path.join(dist, to),
      platform: 'node',
      mainFields: ['module', 'main'], // jsonc-parser's `main` loads its parts in a way that cannot be bundled
      format: 'cjs',
      loader: { '.md': 'text' }, // prompts are text files that the agent room imports
      sourcemap: maps,
    }),
  );
  const webview = webviewEntries.map(({ from, to }) =>
    esbuild({
      ...shared,
      entryPoints: [from],
      outfile: path.join(dist, to),
      platform: 'browser',
      format: 'iife',
      target: 'chrome128',
      external: ['*.ttf'],
      minify: !dev,
      sourcemap: maps,
    }),
  );

  const results = await Promise.all([...node, ...webview]);
  const files = results.flatMap((result) => result.outputFiles);
  await Promise.all([
    ...files.map((file) => place(file.path, (temp) => writeFile(temp, file.contents))),
    ...assets().map((asset) =>
      place(path.join(dist, path.basename(asset)), (temp) => copyFile(new URL(asset), temp)),
    ),
  ]);
  const kilobytes = Math.round(files.reduce((sum, file) => sum + file.contents.length, 0) / 1024);
  console.log(
    `built ${files.length} files, ${kilobytes} KB, in ${Math.round(performance.now() - startedAt)} ms`,
  );
}

/**
 * Leaves what is imported by this path to a file of its own beside the bundle, loaded when it is first needed: it brings
 * the models' libraries, which the extension needs for nothing else. Nothing but plain values may pass between the two.
 */
function besideIt(part) {
  const file = `./${path.posix.basename(part)}.js`;
  return {
    name: 'beside',
    setup: (build) =>
      build.onResolve({ filter: new RegExp(`/${part}$`) }, () => ({ path: file, external: true })),
  };
}

/** Rename is atomic: a program that starts while another build runs never loads half a file. */
async function place(target, write) {
  const temp = `${target}.${process.pid}.tmp`;
  await write(temp);
  await rename(temp, target);
}
