// Packs the extension into parallel-agents.vsix, ready to install. Needs no network and no account.

import { statSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled, repoRoot } from './bootstrap.mjs';

await ensureInstalled();
const { build } = await import('./build.mjs');
const { packVsix } = await import('./vscode/vsix.mjs');

const target = path.join(repoRoot, 'parallel-agents.vsix');
await build();
await packVsix(target);
console.log(`packed ${path.relative(process.cwd(), target)}, ${Math.round(statSync(target).size / 1024)} KB`);
