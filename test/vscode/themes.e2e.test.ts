// The sample at work in a real window, in light, dark and high contrast: what is shown is there and can be read. The
// pictures in the README are taken here.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import { copySample } from '../support/cli';
import { dashboardOf, flaws, pressIn } from '../support/dashboardFrame';
import { type Gate, gateFor } from '../support/gate';
import { repoRoot } from '../support/repoRoot';
import { installVsix, openVsCode, packedVsix } from '../support/vsCode';

const pictures = path.join(repoRoot, 'out', 'pictures');

const themes = [
  ['light', 'Default Light Modern', '.vs', 'vscode-light'],
  ['dark', 'Default Dark Modern', '.vs-dark', 'vscode-dark'],
  ['contrast', 'Default High Contrast', '.hc-black', 'vscode-high-contrast'],
] as const;

describe('the sample at work in a real window', function () {
  this.timeout(300_000);
  const cleanUp = cleanUpAfterEach();

  it('is shown in light, dark and high contrast', async () => {
    await mkdir(pictures, { recursive: true });
    const temp = await mkdtemp(path.join(tmpdir(), 'pa-themes-'));
    cleanUp.push(() => rm(temp, { recursive: true, force: true, maxRetries: 5 }));
    const extensionsDir = path.join(temp, 'extensions');
    // Installed: a window with an extension under development does not take the high-contrast theme from its settings.
    await installVsix({ vsix: await packedVsix(), extensionsDir });
    const { dir, remove } = await copySample('notes-api');
    cleanUp.push(remove);
    const gate = await gateFor(cleanUp);
    await holdTheRoutes(dir, gate);
    const window = await openVsCode({
      folder: dir,
      extensionsDir,
      userSettings: { 'window.commandCenter': false },
      env: { ...process.env, ANTHROPIC_API_KEY: undefined },
      viewport: { width: 1440, height: 960 },
    });
    cleanUp.push(() => window.close());
    const { page } = window;
    page.setDefaultTimeout(120_000);
    await page.locator('.activitybar').getByLabel('Parallel Agents').first().click();
    const row = (text: string) => page.locator('.sidebar .monaco-list-row').filter({ hasText: text });
    await row('Validation').first().waitFor();
    await page.locator('.sidebar').getByRole('button', { name: 'Open Dashboard', exact: true }).click();
    const dashboard = await dashboardOf(page);
    await pressIn(dashboard, 'Start 3 Agents');
    await dashboard.getByText('waits for src/routes.js').first().waitFor({ state: 'attached' });
    for (const [name, theme, mark, kind] of themes) {
      await colour(dir, theme);
      await page.locator(`.monaco-workbench${mark}`).waitFor();
      await dashboard.locator(`body.${kind}`).waitFor();
      await page.screenshot({ path: path.join(pictures, `sample-${name}.png`) });
      assert.deepEqual(await flaws(dashboard), [], name);
    }
    gate.open();
    await page.locator('.statusbar-item').filter({ hasText: '10 passing' }).waitFor();
  });
});

/** By the folder's settings, which a window follows. */
async function colour(dir: string, theme: string): Promise<void> {
  const file = path.join(dir, '.vscode', 'settings.json');
  await mkdir(path.dirname(file), { recursive: true });
  const before = await readFile(file, 'utf8').catch(() => '{}');
  await writeFile(file, JSON.stringify({ ...JSON.parse(before), 'workbench.colorTheme': theme }));
}

/** Whichever of those that change the routes gets there first, its tests go on until the gate opens: the others wait. */
async function holdTheRoutes(dir: string, gate: Gate): Promise<void> {
  const wait = `import { existsSync } from 'node:fs';
while (!existsSync(${JSON.stringify(gate.file)})) await new Promise((resolve) => setTimeout(resolve, 50));
`;
  for (const name of ['search', 'tags', 'markdownExport']) {
    const file = path.join(dir, 'test', `${name}.test.js`);
    await writeFile(file, wait + (await readFile(file, 'utf8')));
  }
}
