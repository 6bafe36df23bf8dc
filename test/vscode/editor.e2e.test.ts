// The extension used as a person uses it, in a real VS Code: from an empty folder to a finished run, and what is seen.
import { strict as assert } from 'node:assert';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { markPlaces, placesFolder } from '../../src/adapters/isolation/placesFolder';
import { loadSqlJs, SqlJsDatabase } from '../../src/adapters/store/sqlJsDatabase';
import { wasmPath } from '../adapters/store/wasmPath';
import { runCli } from '../support/cli';
import { dashboardOf, flaws, pressIn } from '../support/dashboardFrame';
import { holdChecks } from '../support/heldChecks';
import { repoRoot } from '../support/repoRoot';
import { startScriptedModel } from '../support/scriptedModel';
import { call, finish, writeProject } from '../support/smallProject';
import { openVsCode, type VsCode } from '../support/vsCode';

const pictures = path.join(repoRoot, 'out', 'pictures');

describe('Parallel Agents in VS Code', function () {
  this.timeout(300_000);
  let folder: string;
  let code: VsCode;
  let page: Page;

  async function open(files: Readonly<Record<string, unknown>>, trusted = true): Promise<void> {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'editor-')));
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(path.join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
    }
    await openFolder(folder, trusted);
  }

  async function openFolder(
    at: string,
    trusted = true,
    machineSettings: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    folder = at;
    mkdirSync(pictures, { recursive: true });
    const env = { ...process.env, ANTHROPIC_API_KEY: undefined, OPENAI_API_KEY: undefined };
    code = await openVsCode({
      folder,
      extensionDevelopmentPath: repoRoot,
      trusted,
      env,
      machineSettings,
    });
    page = code.page;
    page.setDefaultTimeout(120_000);
  }

  async function openSidebar(): Promise<void> {
    await page.locator('.activitybar').getByLabel('Parallel Agents').first().click();
    await page.locator('.pane-header, .title-label').filter({ hasText: 'Features' }).first().waitFor();
  }

  const picture = (name: string) => page.screenshot({ path: path.join(pictures, `editor-${name}.png`) });
  const row = (text: string): Locator => page.locator('.sidebar .monaco-list-row').filter({ hasText: text });
  const statusBar = (text: string) => page.locator('.statusbar-item').filter({ hasText: text });
  const press = (name: string) => page.locator('.sidebar').getByRole('button', { name, exact: true }).click();

  async function choose(command: string): Promise<void> {
    await page.keyboard.press('F1');
    const input = page.locator('.quick-input-widget input').first();
    await input.fill(`>${command}`);
    await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: command }).first().click();
  }

  /** Its lines are there before they are selected. */
  async function acceptSelected(list: Locator): Promise<void> {
    await list.getByText('1 Selected').waitFor();
    await page.keyboard.press('Enter');
  }

  /** With the keyboard, until it shows: a view that is drawn anew meanwhile loses what was focused in it. */
  async function enterFirst(shows: Locator): Promise<void> {
    do {
      await page.locator('.sidebar .monaco-list').first().focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('Enter');
    } while (!(await isThereIn(shows, 5_000)));
  }

  function isThereIn(shows: Locator, timeout: number): Promise<boolean> {
    return shows
      .first()
      .waitFor({ timeout })
      .then(
        () => true,
        () => false,
      );
  }

  const usualCache = process.env.XDG_CACHE_HOME;
  afterEach(async function () {
    if (usualCache === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = usualCache;
    if (this.currentTest?.isFailed()) await picture('failed');
    await code.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('leads from an empty folder to a finished run', async () => {
    await open({});
    await openSidebar();
    await page.getByText('There is no backlog yet').waitFor();
    await picture('welcome');
    await page.locator('.sidebar').getByRole('button', { name: 'Create Sample Backlog' }).click();
    await row('Greeting').first().waitFor();
    await row('Guide').first().waitFor();
    await statusBar('4 to build').waitFor();

    await choose('Parallel Agents: Open Dashboard');
    const dashboard = await dashboardOf(page);
    await dashboard.getByText('Offline model').waitFor();
    await dashboard.getByRole('slider', { name: 'Parallel Agents:' }).fill('2');
    // At work until the test has seen it.
    const gates = await holdChecks(folder);
    await pressIn(dashboard, 'Start 2 Agents');
    await statusBar('2/2 · 4 left').waitFor();
    await dashboard.getByRole('article', { name: 'Agent 2' }).waitFor();
    await row('Working').first().waitFor();
    await picture('at-work');
    assert.deepEqual(await flaws(dashboard), []);

    await gates.openAll();
    await statusBar('4 passing').waitFor();
    await dashboard.getByText('✅ All features completed!').waitFor();
    await page.getByText('All 4 features are passing.').first().waitFor();
    assert.match(readFileSync(path.join(folder, 'sample', 'GUIDE.md'), 'utf8'), /talk/);
    assert.doesNotMatch(code.logs(), /violates the following Content Security Policy directive.*vscode-cdn/);
    await gates.remove();
  });

  it('marks a claimed file in the Explorer and the editor until it is released', async () => {
    await open({
      'notes.md': 'one\ntwo\n',
      'features.json': [{ name: 'Write notes', files: ['notes.md'], verify: 'node --version' }],
      // The agent is still at its first turn when the test has seen enough and stops it.
      'offline-script.json': {
        'Write notes': [{ say: 'Thinking.', tool: 'list_files', input: {}, delayMs: 300_000 }],
      },
    });
    await openSidebar();
    await row('Write notes').waitFor();
    await press('Start N Agents');
    await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: '3 agents' }).click();
    await statusBar('1/3 · 1 left').waitFor();
    await page.locator('.activitybar').getByLabel('Explorer').first().click();
    const file = page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: 'notes.md' });
    await file.dblclick();
    const badge = () => pseudo(file.locator('.monaco-icon-label').first(), '::after');
    const marked = page.locator('.view-line [class*="ced-"]').first();
    const line = () => pseudo(page.locator('.view-line [class*="ced-"]'), '::after');
    await marked.waitFor({ state: 'attached' }); // an empty span whose text is generated
    assert.equal(await badge(), '"A1"');
    assert.match(await line(), /Agent 1 is working on this file: Write notes/);
    await picture('claimed');

    await choose('Parallel Agents: Stop');
    await marked.waitFor({ state: 'detached' });
    // The Explorer redraws a moment later.
    await file
      .locator('.monaco-icon-label')
      .first()
      .evaluate(async (label) => {
        const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
        while (getComputedStyle(label, '::after').content.includes('A1')) await frame();
      });
    await statusBar('1 to build').waitFor();
  });

  it('cleans up copies with the keyboard, but for those of a run at work, and goes on with its folder', async () => {
    // All copies of a user are offered: those of other tests, which run at the same time, are not this one's to clean up.
    const cache = realpathSync(mkdtempSync(path.join(tmpdir(), 'cache-')));
    process.env.XDG_CACHE_HOME = cache;
    const idle = realpathSync(mkdtempSync(path.join(tmpdir(), 'idle-')));
    const idleCopies = await placesFolder(idle);
    await markPlaces(idleCopies, idle);
    await open({
      'features.json': [{ name: 'One', verify: 'test -f one.txt' }],
      'offline-script.json': {
        One: [
          { tool: 'write_file', input: { path: 'one.txt', content: '1' } },
          { tool: 'finish', input: { summary: 'done' } },
        ],
      },
    });
    const gates = await holdChecks(folder);
    const own = await placesFolder(folder);
    await openSidebar();
    await row('One').waitFor();
    await press('Start N Agents');
    await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: '3 agents' }).click();
    await row('One').filter({ hasText: 'verifying' }).first().waitFor();

    const list = page.locator('.quick-input-widget').filter({ hasText: 'Clean Up Copies' });
    const choice = (root: string) => list.locator('.monaco-list-row').filter({ hasText: root });
    await choose('Parallel Agents: Clean Up Copies');
    await choice(idle).waitFor();
    await list.getByPlaceholder('can be freed').waitFor();
    assert.equal(await choice(folder).count(), 0);
    await picture('clean-up');
    await acceptSelected(list);
    await page
      .getByText(`A run is at work in the copies of ${path.basename(folder)}`)
      .first()
      .waitFor();
    assert.deepEqual([existsSync(idleCopies), existsSync(own)], [false, true]);

    await gates.openAll();
    await statusBar('1 passing').waitFor();
    await choose('Parallel Agents: Clean Up Copies');
    await choice(folder).waitFor();
    await acceptSelected(list);
    await page
      .getByText(`the copies of ${path.basename(folder)} are removed.`)
      .first()
      .waitFor();
    assert.equal(existsSync(own), false);
    await statusBar('1 passing').waitFor();
    writeFileSync(path.join(folder, 'features.json'), JSON.stringify([{ name: 'One' }, { name: 'Two' }]));
    await row('Two').waitFor();
    await gates.remove();
    for (const dir of [idle, cache]) rmSync(dir, { recursive: true, force: true });
  });

  it('tells that a folder’s records are damaged, changes nothing of them, and begins anew when it is told to', async () => {
    const project = await writeProject({
      features: [{ name: 'One', verify: 'true' }],
      script: { One: [finish] },
    });
    assert.notEqual((await runCli(['run', '--project-dir', project.dir])).code, 2);
    const database = path.join(project.dir, '.parallel-agents', 'agents.db');
    await plantView(database);
    const before = readFileSync(database);
    await openFolder(project.dir);
    await openSidebar();
    await page.getByText('are damaged, or not ours').first().waitFor();
    await row('Start Over').waitFor();
    await picture('damaged');
    await row('Try Again').click();
    await row('Start Over').waitFor();
    assert.deepEqual(readFileSync(database), before);
    await enterFirst(row('One'));
    await picture('damaged-anew');
  });

  it('takes the key of another provider, tries it at once, and builds with its model', async () => {
    const { dir } = await writeProject({
      features: [{ name: 'One', verify: 'test -f one.txt' }],
      script: { One: [call('write_file', { path: 'one.txt', content: '1' }), finish] },
    });
    const model = await startScriptedModel(dir, 'chat');
    try {
      await openFolder(dir, true, {
        'parallelAgents.providers': { openai: { baseUrl: model.baseUrl } },
        'parallelAgents.model': 'openai/some-model',
      });
      await openSidebar();
      await row('One').waitFor();
      await choose('Parallel Agents: Set API Key');
      await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: model.baseUrl }).waitFor();
      await picture('whose-key');
      await page.locator('.quick-input-widget input').first().fill('OpenAI');
      await page.keyboard.press('Enter');
      await page.locator('.quick-input-widget').filter({ hasText: 'OpenAI API Key' }).waitFor();
      await page.keyboard.type('sk-of-the-user-0123456789');
      await page.keyboard.press('Enter');
      await page.getByText('OpenAI takes the key.').first().waitFor();
      assert.deepEqual(
        model.requests.map(({ path: at }) => at),
        ['/models'],
      );

      await press('Start N Agents');
      await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: '3 agents' }).click();
      await statusBar('1 passing').waitFor();
      const calls = model.requests.filter(({ path: at }) => at === '/chat/completions');
      assert.ok(calls.length > 1 && calls.every(({ body }) => body.model === 'some-model'));
      assert.ok(
        model.requests.every(({ headers }) => headers.authorization === 'Bearer sk-of-the-user-0123456789'),
      );
    } finally {
      await model.close();
    }
  });

  it('tells in an untrusted folder what trust is for, and writes nothing', async () => {
    await open({ 'features.json': [{ name: 'One' }] }, false);
    await openSidebar();
    await page.getByText('they work only in a folder that you trust').waitFor();
    await picture('untrusted');
    assert.equal(existsSync(path.join(folder, '.parallel-agents')), false);
  });
});

/** As no version of ours writes it. */
async function plantView(database: string): Promise<void> {
  const held = new SqlJsDatabase(await loadSqlJs(wasmPath), readFileSync(database));
  held.script('CREATE VIEW planted AS SELECT 1');
  writeFileSync(database, held.export());
  held.close();
}

/** The text that a decoration's style generates. */
async function pseudo(locator: Locator, which: string): Promise<string> {
  return locator.evaluateAll(
    (nodes, name) => nodes.map((node) => getComputedStyle(node, name).content).join(' '),
    which,
  );
}
