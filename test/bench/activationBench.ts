// `activation`: how long an extension host takes to load the built extension, beside an empty module, each in a fresh
// Node process with a stand-in for the editor's API.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { repoRoot } from '../support/repoRoot';
import { buildProduct } from './buildProduct';
import { percentile, round, spread } from './milliseconds';
import type { BenchOptions } from './options';
import type { Tell } from './results';

const defaultTimes = 25;

/** Takes every name, call and `new`: the extension's file needs them to be there, not to do anything. */
const loader = `
const Module = require('node:module');
const api = new Proxy(class {}, { get: (at, name) => (name === 'prototype' ? at.prototype : api), apply: () => api });
const load = Module._load;
Module._load = (name, ...rest) => (name === 'vscode' ? api : load(name, ...rest));
const startedAt = performance.now();
require(process.argv[2]);
process.stdout.write(String(performance.now() - startedAt));
process.exit();
`;

export async function activationBench({ iterations }: BenchOptions, tell: Tell): Promise<void> {
  await buildProduct();
  const dir = await mkdtemp(path.join(tmpdir(), 'pa-bench-'));
  try {
    await writeFile(path.join(dir, 'load.js'), loader);
    await writeFile(path.join(dir, 'empty.js'), '');
    const load = async (file: string) => {
      const { stdout } = await promisify(execFile)(process.execPath, [path.join(dir, 'load.js'), file]);
      return Number(stdout);
    };
    const ours: number[] = [];
    const empty: number[] = [];
    for (let k = 0; k < (iterations ?? defaultTimes); k++) {
      ours.push(await load(path.join(repoRoot, 'dist', 'extension.js')));
      empty.push(await load(path.join(dir, 'empty.js')));
    }
    const common = { bench: 'activation', data: 'dist/extension.js', agents: 0 };
    const over = round(percentile(ours, 0.5) - percentile(empty, 0.5));
    tell({ ...common, policy: 'extension', ...spread(ours), over });
    tell({ ...common, policy: 'empty module', ...spread(empty) });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
