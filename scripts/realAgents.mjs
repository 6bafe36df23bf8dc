// Brings the programs of other makers' agents that tests are run with: `node scripts/realAgents.mjs FOLDER [AGENT ...]`, then
// `PARALLEL_AGENTS_TEST_AGENTS=FOLDER npm test`. Hundreds of megabytes each, from the package registry; no part of the project.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isProgram } from './bootstrap.mjs';

/**
 * What each is made of, a folder for each package. An adapter comes without the copy of the program that it could bring:
 * it is given the user's own. `scripts`: its own program is linked into place after it was installed.
 */
const agents = {
  'claude-code': [
    { name: 'claude', packages: ['@anthropic-ai/claude-code@2.1.332'], scripts: '@anthropic-ai/claude-code' },
    { name: 'claude-acp', packages: ['@agentclientprotocol/claude-agent-acp@0.101.0'], isSlim: true },
  ],
  codex: [
    { name: 'codex', packages: ['@openai/codex@0.169.0'] },
    { name: 'codex-acp', packages: ['@agentclientprotocol/codex-acp@2.6.0'], isSlim: true },
  ],
  opencode: [{ name: 'opencode', packages: ['opencode-ai@1.18.33'], scripts: 'opencode-ai' }],
  gemini: [{ name: 'gemini', packages: ['@google/gemini-cli@0.61.0'] }],
};

if (isProgram(import.meta)) main(process.argv.slice(2));

function main([folder, ...wanted]) {
  const unknown = wanted.find((agent) => !(agent in agents));
  if (folder === undefined || unknown !== undefined) {
    console.error(`node scripts/realAgents.mjs FOLDER [${Object.keys(agents).join('|')} ...]`);
    process.exit(2);
  }
  for (const agent of wanted.length > 0 ? wanted : Object.keys(agents))
    for (const part of agents[agent]) bring(path.resolve(folder), part);
}

function bring(folder, { name, packages, isSlim = false, scripts }) {
  const at = path.join(folder, name);
  if (existsSync(path.join(at, 'node_modules', '.package-lock.json'))) {
    console.log(`${name} is there already`);
    return;
  }
  mkdirSync(at, { recursive: true });
  const allowScripts = scripts === undefined ? {} : { [scripts]: true };
  writeFileSync(path.join(at, 'package.json'), JSON.stringify({ private: true, allowScripts }));
  const more = isSlim ? ['--omit=optional'] : [];
  const args = ['install', '--save-exact', '--no-audit', '--no-fund', ...more, ...packages];
  const isWindows = process.platform === 'win32';
  execFileSync(isWindows ? 'npm.cmd' : 'npm', args, { cwd: at, stdio: 'inherit', shell: isWindows });
}
