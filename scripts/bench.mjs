// Runs a bench: `npm run bench -- NAME [--data FILE] [--agents 3,4,8] [--durations WHAT] [--iterations N] [--json]`.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled, repoRoot } from './bootstrap.mjs';

await ensureInstalled();
const { bundleTests } = await import('./testing/bundleTests.mjs');

mkdirSync(path.join(repoRoot, 'out'), { recursive: true });
const outFolder = mkdtempSync(path.join(repoRoot, 'out', 'bench-'));
process.once('exit', () => rmSync(outFolder, { recursive: true, force: true }));
const [entry] = await bundleTests(['test/bench/main.ts'], outFolder);

// A process of its own and without source maps, so that the memory measured is that of what is measured.
const child = spawn(process.execPath, [entry, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
child.on('error', (error) => {
  console.error(error);
  process.exitCode = 1;
});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal ? 1 : 0);
});
