// The main job, for whoever has just cloned this: builds the project, copies a sample to a temporary folder, and has
// three agents build its backlog there on the offline model. `--vscode` opens the copy in VS Code instead.

import { spawn } from 'node:child_process';
import { cp, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled, repoRoot } from './bootstrap.mjs';

await ensureInstalled();
const { build } = await import('./build.mjs');

const { values } = parseArgs({
  options: {
    sample: { type: 'string', default: 'notes-api' },
    agents: { type: 'string', default: '3' },
    vscode: { type: 'boolean', default: false },
  },
});

await build();
const folder = await copySample(values.sample);
if (values.vscode) {
  const { startVsCode } = await import('./vscode/startVsCode.mjs');
  await startVsCode(folder);
} else {
  process.exitCode = await runBacklog(folder);
}

/** The sample's own files stay untouched, so that every start begins at the beginning. */
async function copySample(name) {
  const target = path.join(await realpath(await mkdtemp(path.join(tmpdir(), 'parallel-agents-'))), name);
  await cp(path.join(repoRoot, 'examples', name), target, { recursive: true });
  console.log(`${name}, copied to ${target}\n`);
  return target;
}

/** The key is left out: this is the sample on the offline model, whatever the terminal's environment holds. */
function runBacklog(projectDir) {
  const { ANTHROPIC_API_KEY: _, ...env } = process.env;
  const cli = [
    path.join(repoRoot, 'dist', 'cli.js'),
    'run',
    '--project-dir',
    projectDir,
    '--max-agents',
    values.agents,
  ];
  // Its remarks and report go where its lines go, in the order they come.
  const child = spawn(process.execPath, cli, { stdio: ['ignore', 'inherit', 1], env });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
