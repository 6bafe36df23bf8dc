// What agents send to their model in real runs: one beginning for all, and a conversation that fits.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'mocha';
import { chatError, chatStreamed } from '../support/chatCompletions';
import { cleanUpAfterEach } from '../support/cleanUp';
import { parseEvents, runCli, userWith } from '../support/cli';
import {
  type FakeAnswer,
  type FakeContent,
  type RecordedRequest,
  startFakeMessagesApi,
  streamed,
} from '../support/fakeMessagesApi';
import { startScriptedModel } from '../support/scriptedModel';
import { call, finish, writeProject } from '../support/smallProject';

const speeches = [
  ['the Messages API', 'anthropic'],
  ['chat completions', 'mine'],
] as const;

/** Of a user with one provider at `baseUrl`, spoken to in either way. */
function userOf(provider: 'anthropic' | 'mine', baseUrl: string): NodeJS.ProcessEnv {
  const settings = { providers: { [provider]: { baseUrl } } };
  if (provider === 'anthropic') return { ANTHROPIC_API_KEY: 'sk-test-0123456789', ...userWith(settings) };
  return userWith({ ...settings, model: 'mine/m' });
}

/** What stands before the part that tells one agent from another, to the byte. */
function beginningOf({ text }: RecordedRequest): string {
  const at = text.indexOf('"role":"user"');
  assert.ok(at > 5_000, 'rules and tools come first');
  return text.slice(0, at);
}

describe('what agents send to their model', () => {
  const cleanUp = cleanUpAfterEach();

  for (const [speech, provider] of speeches) {
    it(`begins alike to the byte for all of them, over ${speech}`, async () => {
      const names = ['A', 'B', 'C'];
      const features = names.map((name) => ({ name, verify: 'true', category: `of ${name}` }));
      const turns = (name: string) => [call('write_file', { path: `${name}.txt`, content: name }), finish];
      const script = Object.fromEntries(names.map((name) => [name, turns(name)]));
      const { dir, remove } = await writeProject({ features, script });
      cleanUp.push(remove);
      const model = await startScriptedModel(dir, provider === 'anthropic' ? 'messages' : 'chat');
      cleanUp.push(() => model.close());
      const { code, notes } = await runCli(['run', '--project-dir', dir], userOf(provider, model.baseUrl));
      assert.equal(code, 0, notes.join('\n'));
      const asked = model.requests.filter(({ text }) => text !== '');
      assert.equal(asked.length, 6);
      assert.equal(new Set(asked.map(beginningOf)).size, 1);
    });

    it(`has the checklists of each feature's experts behind that, with the workspace's own, over ${speech}`, async () => {
      const kinds = { A: { category: 'frontend' }, B: { category: 'backend' }, C: { files: ['*.md'] } };
      const features = Object.entries(kinds).map(([name, kind]) => ({ name, verify: 'true', ...kind }));
      const turns = (name: string) => [call('write_file', { path: `${name}.txt`, content: name }), finish];
      const script = Object.fromEntries(Object.keys(kinds).map((name) => [name, turns(name)]));
      const { dir, remove } = await writeProject({ features, script });
      cleanUp.push(remove);
      const prompts = path.join(dir, '.parallel-agents', 'prompts');
      await mkdir(path.join(prompts, 'documentation_prompt.md'), { recursive: true });
      await writeFile(path.join(prompts, 'frontend_prompt.md'), '- Buttons are round here.\n');
      const model = await startScriptedModel(dir, provider === 'anthropic' ? 'messages' : 'chat');
      cleanUp.push(() => model.close());
      const env = userOf(provider, model.baseUrl);
      const { code, lines, notes } = await runCli(['run', '--project-dir', dir], env);
      assert.equal(code, 0, notes.join('\n'));
      const asked = model.requests.filter(({ text }) => text !== '');
      assert.equal(new Set(asked.map(beginningOf)).size, 1);
      const first = (name: string) => asked.find(({ text }) => text.includes(`: ${name}\\n`))?.text ?? '';
      assert.match(first('A'), /Work as ui_master, .*## frontend\\n\\n- Buttons are round here\./);
      assert.doesNotMatch(first('A'), /Logs say what happened/);
      assert.match(first('B'), /Work as logic_master, .*## backend.*Logs say what happened/);
      assert.match(first('C'), /## documentation.*Every statement is true of the code/);
      const told = lines.filter((line) => line.includes('_prompt.md')).map((line) => line.replace(/\d/, 'N'));
      assert.deepEqual(told.toSorted(), [
        '⚠️ .parallel-agents/prompts/documentation_prompt.md is a folder; the built-in checklist is used in its place.',
        '📝 Agent N and others are told what .parallel-agents/prompts/frontend_prompt.md says, in the place of our own words',
      ]);
    });

    it(`is told in short once the service calls it too long, and the work goes on, over ${speech}`, async () => {
      const { dir, api } = await project(provider, ({ tooLong, assistants }) => tooLong || assistants < 3);
      const { code, lines, notes } = await runCli(
        ['run', '--project-dir', dir, '--json'],
        userOf(provider, api.baseUrl),
      );
      assert.equal(code, 0, notes.join('\n'));
      const events = parseEvents(lines);
      assert.equal(events.filter((e) => e.type === 'feature.claimed').length, 1, 'in the same attempt');
      const short = api.requests.find(({ text }) =>
        text.includes('too long, so what came before is told in short'),
      );
      assert.match(short?.text ?? '', /write_file part-0\.txt: done/);
    });

    it(`fails once, saying why, where that is too long as well, over ${speech}`, async () => {
      const { dir, api } = await project(provider, ({ assistants }) => assistants === 0);
      const { code, lines } = await runCli(
        ['run', '--project-dir', dir, '--json'],
        userOf(provider, api.baseUrl),
      );
      assert.equal(code, 1);
      const events = parseEvents(lines);
      assert.equal(events.filter((e) => e.type === 'feature.claimed').length, 1);
      const failed = events.filter((e) => e.type === 'feature.failed');
      assert.match(JSON.stringify(failed), /too long for the model/);
      assert.equal(api.requests.filter(({ text }) => text !== '').length, 3);
    });
  }

  /** @param fits may the model be asked this; else it is too long */
  async function project(
    provider: 'anthropic' | 'mine',
    fits: (asked: { readonly assistants: number; readonly tooLong: boolean }) => boolean,
  ) {
    const { dir, remove } = await writeProject({ features: [{ name: 'A', verify: 'true' }], script: {} });
    cleanUp.push(remove);
    let tooLong = false;
    let turn = 0;
    const isChat = provider === 'mine';
    const say = (content: readonly FakeContent[]): FakeAnswer =>
      isChat ? chatStreamed(content) : streamed(content, { stop: 'tool_use' });
    const words = 'prompt is too long: 1050000 tokens > 1000000 maximum';
    const api = await startFakeMessagesApi(({ body, text }) => {
      if (text === '')
        return { kind: 'page', status: 200, contentType: 'application/json', body: '{"data":[]}' };
      const assistants = body.messages.filter(({ role }) => role === 'assistant').length;
      if (!fits({ assistants, tooLong })) {
        tooLong = true;
        if (isChat) return chatError(400, { error: { message: words, code: 'context_length_exceeded' } });
        return { kind: 'status', status: 400, type: 'invalid_request_error', message: words };
      }
      const id = `call_${turn}`;
      const json = JSON.stringify({ path: `part-${turn}.txt`, content: 'x\n' });
      turn += 1;
      const isEnd = turn > 4;
      return say([
        isEnd ? { tool: 'finish', id, json: '{"summary":"done"}' } : { tool: 'write_file', id, json },
      ]);
    });
    cleanUp.push(() => api.close());
    return { dir, api };
  }
});
