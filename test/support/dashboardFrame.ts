// The dashboard inside a real window: its page, and what a check of its accessibility finds there.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Frame, Page } from 'playwright-core';
import { repoRoot } from './repoRoot';

/** The dashboard's page is two frames deep. */
export async function dashboardOf(page: Page): Promise<Frame> {
  const inner = page.frameLocator('iframe.webview').frameLocator('iframe');
  const node = await inner.locator('#dashboard').elementHandle();
  const frame = await node?.ownerFrame();
  assert.ok(frame);
  return frame;
}

/** Presses one of its buttons, once it can be pressed: before the page has its snapshot, none does anything. */
export function pressIn(frame: Frame, label: string): Promise<void> {
  return frame.locator('vscode-button:not([disabled])', { hasText: label }).click();
}

/** What axe finds in the real theme of a real editor that is serious or worse. */
export async function flaws(frame: Frame): Promise<string[]> {
  const source = createRequire(path.join(repoRoot, 'package.json')).resolve('axe-core');
  await frame.evaluate(readFileSync(source, 'utf8'));
  const results: AxeResults = await frame.evaluate(() => Reflect.get(window, 'axe').run());
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
