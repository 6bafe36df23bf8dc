// Shows a folder in VS Code with the extension as it was just built: in the desktop one where there is one, else in
// the browser.

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { repoRoot } from '../bootstrap.mjs';
import { startServer, workbenchUrl } from './server.mjs';

/**
 * Resolves when the desktop window has closed or, in the browser's case, once Ctrl-C has ended the server.
 *
 * @param {string} folder absolute
 */
export async function startVsCode(folder) {
  if (await openDesktop(folder)) return;
  const token = randomUUID();
  const server = await startServer({ token });
  const url = workbenchUrl(server.port, { folder, extensionDevelopmentPath: repoRoot, token });
  console.log(`VS Code is at\n\n  ${url}\n\nOpen this address in a browser; Ctrl-C ends it.`);
  const { promise: asked, resolve } = Promise.withResolvers();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, resolve);
  await asked;
  await server.stop();
}

/** @returns {Promise<boolean>} false when there is no desktop VS Code, or no display to show it on */
async function openDesktop(folder) {
  const isHeadless = process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
  if (isHeadless) return false;
  const args = [`--extensionDevelopmentPath=${repoRoot}`, '--disable-workspace-trust', '--wait', folder];
  const code = spawn(process.env.VSCODE_EXECUTABLE ?? 'code', args, {
    stdio: 'inherit',
    shell: process.platform === 'win32', // a .cmd file there
  });
  try {
    await once(code, 'exit'); // rejects when it could not be started
    return code.exitCode === 0;
  } catch {
    return false;
  }
}
