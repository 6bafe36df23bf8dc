// Where the tests take sql.js's WebAssembly from: the package, as nothing is built yet.
import path from 'node:path';
import { repoRoot } from '../../support/repoRoot';

export const wasmPath = path.join(repoRoot, 'node_modules', 'sql.js', 'dist', 'sql-wasm.wasm');
