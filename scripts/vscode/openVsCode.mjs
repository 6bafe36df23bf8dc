// Opens a real VS Code: the server and workbench of the npm registry, shown in a headless Chromium.

import { chromium } from 'playwright-core';
import { chromiumFlags, ensureChromium } from './chromium.mjs';
import { startServer, workbenchUrl } from './server.mjs';

/** The workbench stands within 3 s on an idle machine; this is for a busy one. */
const readyLimitMs = 60_000;

/**
 * @typedef {object} OpenOptions
 * @property {string} folder the workspace, absolute
 * @property {string} [extensionDevelopmentPath] the extension's folder, absolute. After its host dies, VS Code does
 *   not start it again: tests that kill the host use an installed .vsix (`installVsix`, `extensionsDir`).
 * @property {string} [extensionTestsPath] a module whose `run()` the host calls
 * @property {string} [extensionsDir]
 * @property {Record<string, unknown>} [userSettings]
 * @property {Record<string, unknown>} [machineSettings] of the machine that the extension host runs on
 * @property {boolean} [trusted] default true
 * @property {'1.139' | '1.105'} [version] default 1.139
 * @property {NodeJS.ProcessEnv} [env] of server and extension host
 * @property {{ width: number, height: number }} [viewport]
 */

/**
 * @param {OpenOptions & {
 *   onTestLog?: (type: string, args: unknown[]) => void,
 *   onTestExit?: (code: number) => void,
 * }} options the two callbacks serve `extensionTestsPath`: the host's console, and 0 or 1 when `run()` has settled
 */
export async function openVsCode(options) {
  const executablePath = ensureChromium();
  const server = await startServer(options);
  const consoleLines = [];
  let browser;
  let page;
  let closing;

  const closeAll = async () => {
    // The page first: when the browser just vanishes, the server keeps the extension host for its return, for hours.
    await page?.close().catch(() => {});
    if (page) await server.hostsEnded();
    await browser?.close();
    await server.stop();
  };
  /** @returns {Promise<void>} */
  const close = () => (closing ??= closeAll());

  try {
    browser = await chromium.launch({ executablePath, args: chromiumFlags, chromiumSandbox: false });
    page = await browser.newPage({ viewport: options.viewport ?? { width: 1400, height: 900 } });
    page.on('console', (message) => consoleLines.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => consoleLines.push(`pageerror: ${error.stack ?? error.message}`));
    // VS Code's own repository runs extension tests in a browser through these two.
    await page.exposeFunction('codeAutomationLog', options.onTestLog ?? (() => {}));
    await page.exposeFunction('codeAutomationExit', options.onTestExit ?? (() => {}));
    const url = workbenchUrl(server.port, options);
    const firstHost = server.nextHostPid();
    await page.goto(url);
    await firstHost;
    await page.locator('.monaco-workbench .statusbar').first().waitFor({ timeout: readyLimitMs });
    return {
      /** Playwright's page, at the workbench. */
      page,
      browser,
      /** Opens the same folder once more: `browser.newPage()`, then `goto(url)`. */
      url,
      serverPid: server.pid,
      /** Process ids of the living extension hosts, oldest first. */
      hostPids: server.hostPids,
      nextHostPid: server.nextHostPid,
      nextHostExit: server.nextHostExit,
      /** What server, hosts and the window's console have printed so far. */
      logs: () => `${server.log()}\n--- window ---\n${consoleLines.join('\n')}`,
      /** May be called twice. Ends window, browser, server and hosts; detached workers are the test's to end. */
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
