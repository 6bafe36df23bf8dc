// Builds what ships, into dist/: the extension, its worker and guard, the command line, the webview.
// `--dev` adds source maps and leaves the webview readable.

import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ensureInstalled, isProgram, repoRoot } from './bootstrap.mjs';

const dist = path.join(repoRoot, 'dist');

/** Each is one file; they are tried on Node 20. */
const nodeEntries = [
  { from: 'src/worker/main.ts', to: 'worker.js', target: 'node20' },
  { from: 'src/worker/guard.ts', to: 'guard.js', target: 'node20' },
  { from: 'src/worker/hook.ts', to: 'hook.js', target: 'node20' },
  { from: 'src/cli/main.ts', to: 'cli.js', target: 'node20', banner: { js: '#!/usr/bin/env node' } },
];

/** The extension host of the oldest editor we support (1.101). */
const editorTarget = 'node22';
/** In dist/, for what the extension loads when it is first needed. */
const partsFolder = 'extension';

const shared = {
  absWorkingDir: repoRoot,
  bundle: true,
  write: false,
  logLevel: 'error',
  legalComments: 'none',
};
const forNode = {
  platform: 'node',
  mainFields: ['module', 'main'], // jsonc-parser's `main` loads its parts in a way that cannot be bundled
  loader: { '.md': 'text' }, // prompts are text files that the agent room imports
};

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
  const maps = dev ? 'linked' : false;

  const node = nodeEntries.map(({ from, to, ...rest }) =>
    esbuild({
      ...shared,
      ...rest,
      ...forNode,
      entryPoints: [from],
      outfile: path.join(dist, to),
      format: 'cjs',
      sourcemap: maps,
    }).then(({ outputFiles }) => outputFiles),
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
    }).then(({ outputFiles }) => outputFiles),
  );

  const files = (await Promise.all([...node, ...webview, extensionFiles(dev)])).flat();
  const folder = path.join(dist, partsFolder);
  await mkdir(folder, { recursive: true });
  const put = (file) => place(file.path, (temp) => writeFile(temp, file.contents));
  const isPart = (file) => path.dirname(file.path) === folder;
  await Promise.all(files.filter(isPart).map(put)); // before the file that loads them
  await Promise.all([
    ...files.filter((file) => !isPart(file)).map(put),
    ...assets().map((asset) =>
      place(path.join(dist, path.basename(asset)), (temp) => copyFile(new URL(asset), temp)),
    ),
  ]);
  await removeOthers(folder, files);
  const kilobytes = Math.round(files.reduce((sum, file) => sum + file.contents.length, 0) / 1024);
  console.log(
    `built ${files.length} files, ${kilobytes} KB, in ${Math.round(performance.now() - startedAt)} ms`,
  );
}

/**
 * The extension as a small file that the editor loads at its start, and further ones beside it for what is imported
 * dynamically. Only modules can be split, and only CommonJS is loaded alike by all editors we support: so each part of what was
 * split is turned from the one into the other.
 */
async function extensionFiles(dev) {
  const { build: esbuild, transform } = await import('esbuild');
  const { outputFiles } = await esbuild({
    ...shared,
    ...forNode,
    entryPoints: ['src/vscode/extension.ts'],
    outdir: dist,
    chunkNames: `${partsFolder}/[name]-[hash]`,
    target: editorTarget,
    external: ['vscode'],
    format: 'esm',
    splitting: true,
    minifySyntax: !dev,
    minifyWhitespace: !dev,
    sourcemap: dev ? 'inline' : false,
  });
  return Promise.all(
    outputFiles.map(async ({ path: file, text }) => {
      const { code } = await transform(text, {
        format: 'cjs',
        platform: 'node',
        target: editorTarget,
        supported: { 'dynamic-import': false }, // each is loaded as the entry was, by `require`
        minifyWhitespace: !dev,
        sourcemap: dev ? 'inline' : false,
      });
      return { path: file, contents: Buffer.from(code) };
    }),
  );
}

/** Of earlier builds: their names hang on their content. */
async function removeOthers(folder, files) {
  const own = new Set(files.map((file) => file.path));
  const others = (await readdir(folder))
    .map((name) => path.join(folder, name))
    .filter((file) => !own.has(file));
  await Promise.all(others.map((file) => rm(file, { force: true })));
}

/** Rename is atomic: a program that starts while another build runs never loads half a file. */
async function place(target, write) {
  const temp = `${target}.${process.pid}.tmp`;
  await write(temp);
  await rename(temp, target);
}
