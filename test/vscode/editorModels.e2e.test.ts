// Models that the editor itself has, in a real VS Code: another extension brings one, and agents build with it, without a key.
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
import type { Page } from 'playwright-core';
import { repoRoot } from '../support/repoRoot';
import { openVsCode, type VsCode } from '../support/vsCode';

const manifest = {
  name: 'models-of-test',
  publisher: 'test',
  version: '1.0.0',
  engines: { vscode: '^1.101.0' },
  main: './extension.js',
  extensionKind: ['workspace'],
  activationEvents: [],
  contributes: { languageModelChatProviders: [{ vendor: 'test', displayName: 'Models of a Test' }] },
};

/** Writes a file, then finishes; while there is a file `refuse` it lets nobody ask. What it was asked goes into a file. */
const source = `
const vscode = require('vscode');
const fs = require('node:fs');
const path = require('node:path');
const at = (name) => path.join(__dirname, name);

exports.activate = ({ subscriptions }) => {
  subscriptions.push(vscode.lm.registerLanguageModelChatProvider('test', {
    provideLanguageModelChatInformation: async () => [
      { id: 'big-1', name: 'Big', family: 'big', version: '1', maxInputTokens: 50000, maxOutputTokens: 4000,
        capabilities: { toolCalling: true } },
    ],
    async provideLanguageModelChatResponse(model, messages, options, progress, token) {
      const told = messages.map(({ role, content }) => ({ role, parts: content.map((part) => Object.keys(part).join()) }));
      const tools = (options.tools ?? []).map(({ name }) => name);
      fs.appendFileSync(at('asked.jsonl'), JSON.stringify({ told, tools }) + '\\n');
      if (fs.existsSync(at('refuse'))) throw vscode.LanguageModelError.NoPermissions('not for you');
      const turns = messages.filter(({ role }) => role === vscode.LanguageModelChatMessageRole.Assistant).length;
      progress.report(new vscode.LanguageModelTextPart('Turn ' + (turns + 1) + '. '));
      const calls = [
        ['write_file', { path: 'one.txt', content: '1' }],
        ['finish', { summary: 'Wrote it.' }],
      ];
      const [name, input] = calls[Math.min(turns, 1)];
      progress.report(new vscode.LanguageModelToolCallPart('call-' + turns, name, input));
    },
    provideTokenCount: async (model, text) => (typeof text === 'string' ? text.length : 1),
  }));
};
`;

describe('models of the editor, in VS Code', function () {
  this.timeout(300_000);
  let temp: string;
  let code: VsCode | undefined;

  afterEach(async function () {
    if (this.currentTest?.isFailed())
      await code?.page.screenshot({
        path: path.join(repoRoot, 'out', 'pictures', 'editor-models-failed.png'),
      });
    await code?.close();
    rmSync(temp, { recursive: true, force: true, maxRetries: 5 });
  });

  /** With the extension that brings the model. */
  async function open(settings: Readonly<Record<string, unknown>>) {
    temp = realpathSync(mkdtempSync(path.join(tmpdir(), 'editor-models-')));
    const folder = path.join(temp, 'project');
    const extensionsDir = path.join(temp, 'extensions');
    const own = path.join(extensionsDir, 'test.models-of-test-1.0.0');
    for (const each of [folder, own]) mkdirSync(each, { recursive: true });
    mkdirSync(path.join(repoRoot, 'out', 'pictures'), { recursive: true });
    writeFileSync(path.join(own, 'package.json'), JSON.stringify(manifest));
    writeFileSync(path.join(own, 'extension.js'), source);
    writeFileSync(
      path.join(folder, 'features.json'),
      JSON.stringify([{ name: 'One', verify: 'test -f one.txt' }]),
    );
    code = await openVsCode({
      folder,
      extensionDevelopmentPath: repoRoot,
      extensionsDir,
      machineSettings: settings,
      env: { ...process.env, ANTHROPIC_API_KEY: undefined },
    });
    const { page } = code;
    page.setDefaultTimeout(120_000);
    await page.locator('.activitybar').getByLabel('Parallel Agents').first().click();
    await page.locator('.sidebar .monaco-list-row').filter({ hasText: 'One' }).waitFor();
    const asked = (): readonly Asked[] =>
      existsSync(path.join(own, 'asked.jsonl'))
        ? readFileSync(path.join(own, 'asked.jsonl'), 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line))
        : [];
    return { page, folder, refuse: path.join(own, 'refuse'), asked };
  }

  it('build a feature without any key, from a click on Start', async () => {
    const { page, folder, asked } = await open({ 'parallelAgents.model': 'vscode/big' });
    await start(page);
    await page.locator('.statusbar-item').filter({ hasText: '1 passing' }).waitFor();
    assert.equal(readFileSync(path.join(folder, 'one.txt'), 'utf8'), '1');
    const [first, second, ...more] = asked();
    assert.deepEqual(more, []);
    assert.deepEqual(
      first?.told.map(({ role }) => role),
      [1, 1],
    );
    assert.ok(first?.tools.includes('write_file'));
    assert.deepEqual(
      second?.told.slice(2).map(({ role, parts }) => [role, parts.at(-1)]),
      [
        [2, 'callId,name,input'],
        [1, 'callId,content,isError'],
      ],
    );
  });

  it('hold up the run, and fail nothing, while they may not be asked; Start tries again', async () => {
    const { page, asked, refuse } = await open({ 'parallelAgents.model': 'vscode/big' });
    writeFileSync(refuse, '');
    await start(page);
    await page.getByText('The editor does not let us use the model').first().waitFor();
    assert.equal(asked().length, 1);
    rmSync(refuse);
    await start(page);
    await page.locator('.statusbar-item').filter({ hasText: '1 passing' }).waitFor();
  });

  it('are named where the one that is meant is not there', async () => {
    const { page, asked } = await open({ 'parallelAgents.model': 'vscode/small' });
    await start(page);
    await page.getByText('offered are vscode/big').first().waitFor();
    assert.deepEqual(asked(), []);
  });
});

interface Asked {
  readonly told: readonly { readonly role: number; readonly parts: readonly string[] }[];
  readonly tools: readonly string[];
}

async function start(page: Page): Promise<void> {
  await page.keyboard.press('F1');
  await page.locator('.quick-input-widget input').first().fill('>Parallel Agents: Start');
  await page
    .locator('.quick-input-list .monaco-list-row')
    .filter({ hasText: 'Parallel Agents: Start' })
    .first()
    .click();
  const one = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: '1 agent' });
  await one.first().click();
}
