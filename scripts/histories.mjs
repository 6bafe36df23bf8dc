// Writes the test histories of stored data: `npm run histories`, after a migration was added.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled, repoRoot } from './bootstrap.mjs';

await ensureInstalled();
const { bundleTests } = await import('./testing/bundleTests.mjs');

mkdirSync(path.join(repoRoot, 'out'), { recursive: true });
const outFolder = mkdtempSync(path.join(repoRoot, 'out', 'histories-'));
process.once('exit', () => rmSync(outFolder, { recursive: true, force: true }));
const [entry] = await bundleTests(['test/histories/make.ts'], outFolder);
await import(entry);
