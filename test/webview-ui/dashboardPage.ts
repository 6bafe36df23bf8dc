// The dashboard's page as built, in a real Chromium, with the test in the place of the extension.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { chromiumFlags, ensureChromium } from '../../scripts/vscode/chromium.mjs';
import type { Snapshot } from '../../src/core/events/snapshot';
import {
  type FromWebview,
  type Surroundings,
  snapshotMessages,
  type ToWebview,
} from '../../src/protocol/webviewMessages';
import { dashboardHtml } from '../../src/vscode/dashboardHtml';
import { repoRoot } from '../support/repoRoot';
import { type ThemeName, themes } from './themes';

const origin = 'http://dashboard.test';
const types = { '.js': 'text/javascript', '.css': 'text/css', '.ttf': 'font/ttf' } as const;

const calm: Surroundings = {
  trusted: true,
  backlog: 'loaded',
  maxAgents: 3,
  agentLimit: 5,
  modelNote: 'Offline model: scripted answers, no AI',
};

export interface Dashboard {
  readonly page: Page;
  /** What the page asked the extension for so far. It crosses into this process a moment later; this waits for it. */
  asked(): Promise<readonly FromWebview[]>;
  /** Errors and violations of the content policy. */
  readonly complaints: readonly string[];
  /** Resolves once the page has drawn it. */
  send(message: ToWebview): Promise<void>;
  show(
    snapshot: Snapshot,
    surroundings?: Partial<Surroundings>,
    outputs?: Record<number, string>,
  ): Promise<void>;
  close(): Promise<void>;
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: ensureChromium(), args: chromiumFlags, chromiumSandbox: false });
}

export async function openDashboard(
  browser: Browser,
  { theme = 'dark', width = 1180 }: { readonly theme?: ThemeName; readonly width?: number } = {},
): Promise<Dashboard> {
  // Without motion, so that pictures and measured colours are the same every time.
  const page = await browser.newPage({ viewport: { width, height: 900 }, reducedMotion: 'reduce' });
  const asked: FromWebview[] = [];
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (line) => {
    if (line.type() === 'error') complaints.push(line.text());
  });
  await page.route('**/*', (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    if (name === '') return route.fulfill({ contentType: 'text/html', body: pageHtml(theme) });
    const type = Object.entries(types).find(([ending]) => name.endsWith(ending))?.[1];
    if (type === undefined) return route.abort();
    const [file = ''] = name.split('?');
    return route.fulfill({ contentType: type, body: readFileSync(path.join(repoRoot, 'dist', file)) });
  });
  await page.exposeFunction('tellTest', (message: FromWebview) => void asked.push(message));
  await page.addInitScript((variables) => {
    new MutationObserver((_, observer) => {
      if (document.documentElement === null) return;
      for (const [name, value] of variables)
        document.documentElement.style.setProperty(`--vscode-${name}`, value);
      observer.disconnect();
    }).observe(document, { childList: true });
    let state: unknown;
    const told: unknown[] = [];
    Object.assign(window, {
      allTold: () => Promise.all(told),
      acquireVsCodeApi: () => ({
        postMessage: (message: unknown) => told.push(Reflect.get(window, 'tellTest')(message)),
        getState: () => state,
        setState: (next: unknown) => {
          state = next;
        },
      }),
    });
  }, Object.entries(themes[theme].variables));
  await page.goto(`${origin}/`);
  const send = (message: ToWebview) =>
    page.evaluate(async (sent) => {
      window.postMessage(JSON.parse(sent));
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      await new Promise((resolve) => window.addEventListener('message', resolve, { once: true }));
      await frame(); // the page draws in this one
      await frame();
    }, JSON.stringify(message)); // as one text: Playwright walks through anything else value by value
  return {
    page,
    async asked() {
      await page.evaluate(() => Reflect.get(window, 'allTold')());
      return asked;
    },
    complaints,
    send,
    async show(snapshot, surroundings = {}, outputs = {}) {
      for (const message of snapshotMessages(snapshot)) await send(message);
      await send({ type: 'snapshotEnd', surroundings: { ...calm, ...surroundings }, outputs });
    },
    close: () => page.close(),
  };
}

/** As VS Code does it: the theme's variables stand on the root, its kind on the body. */
function pageHtml(theme: ThemeName): string {
  const html = dashboardHtml({
    scriptUri: `${origin}/webview.js`,
    styleUri: `${origin}/webview.css`,
    iconsUri: `${origin}/codicon.css`,
    cspSource: origin,
    nonce: 'dGVzdA==',
  });
  return html.replace('<body>', `<body class="${themes[theme].bodyClass}">`);
}
