// Runs the suite of bundled host tests inside the extension host of a real VS Code.

import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { repoRoot } from '../bootstrap.mjs';
import { ensureChromium } from '../vscode/chromium.mjs';
import { ensureServer } from '../vscode/serverVersions.mjs';
import { installVsix, packedVsix } from '../vscode/vsix.mjs';
import { oneMore, readCounts } from './runInNode.mjs';

const launcher = path.join(repoRoot, 'scripts', 'vscode', 'launch.mjs');

/** Brings what tests in windows need, so that no two of them begin to: browser, servers, and the extension packed. */
export async function getVsCode() {
  ensureChromium();
  await Promise.all([ensureServer('1.139'), ensureServer('1.105'), packedVsix()]);
}

/**
 * Runs the files as the extension under development, in a window with an empty folder.
 *
 * Which VS Code: `VSCODE_EXECUTABLE` names a desktop one, `PARALLEL_AGENTS_DESKTOP=1` downloads one. Without either it
 * is the server from the npm registry in a headless browser, which needs no display and no other download; there is
 * none for Windows. `PARALLEL_AGENTS_VSCODE=1.105` runs that version of it.
 */
export function runInVsCode(title, files, outFolder, options) {
  return runSuite(title, files, outFolder, repoRoot, options);
}

/** The same suite on the extension as it ships: packed, and installed from its .vsix. */
export async function runOnInstalled(title, files, outFolder, options) {
  const extensionsDir = path.join(outFolder, 'extensions');
  await installVsix({ vsix: await packedVsix(), extensionsDir });
  const installed = (await readdir(extensionsDir)).find((name) => name.startsWith('parallel-agents.'));
  return runSuite(title, files, outFolder, path.join(extensionsDir, installed), options);
}

async function runSuite(title, files, outFolder, extensionPath, { timeoutMs, onlyAllowed }) {
  const { VSCODE_EXECUTABLE, PARALLEL_AGENTS_DESKTOP, PARALLEL_AGENTS_VSCODE } = process.env;
  const downloads = PARALLEL_AGENTS_DESKTOP === '1' || process.platform === 'win32';
  const executable = VSCODE_EXECUTABLE ?? (downloads ? undefined : launcher);
  if (executable === launcher) {
    // The launcher would bring them too, but what it prints goes to the log.
    ensureChromium();
    await ensureServer(PARALLEL_AGENTS_VSCODE ?? '1.139');
  }
  const countsFile = path.join(outFolder, 'counts.json');
  const reportFile = path.join(outFolder, 'report.txt');
  const logFile = path.join(
    repoRoot,
    'out',
    `vscode-${extensionPath === repoRoot ? 'host' : 'installed'}.log`,
  );
  const log = createWriteStream(logFile);
  const temp = await mkdtemp(path.join(tmpdir(), 'host-tests-'));
  const workspace = path.join(temp, 'workspace');
  await mkdir(workspace);

  const error = await runTests({
    vscodeExecutablePath: executable,
    extensionDevelopmentPath: extensionPath,
    extensionTestsPath: path.join(repoRoot, 'scripts', 'testing', 'hostRunner.cjs'),
    launchArgs: [workspace, `--user-data-dir=${path.join(temp, 'user')}`, '--disable-extensions'],
    extensionTestsEnv: {
      PARALLEL_AGENTS_TESTS: JSON.stringify({ files, timeoutMs, countsFile, reportFile, onlyAllowed }),
    },
    stdout: log,
    stderr: log,
  }).then(
    () => undefined,
    (reason) => reason,
  );
  await new Promise((resolve) => log.end(resolve));
  await rm(temp, { recursive: true, force: true, maxRetries: 5 });

  console.log(`\n${title}`);
  if (existsSync(reportFile)) console.log(readFileSync(reportFile, 'utf8'));
  const counts = readCounts(countsFile);
  if (counts && Boolean(error) === counts.failed > 0) return counts;
  return oneMore(counts, `it crashed (${error?.message ?? 'no result'}); all it said is in ${logFile}`);
}
