// Keys that a model, an agent's command, a check and the backlog write down in every form: none is kept or shown by us.
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import { parseEvents, readTree, runCli, userWith } from '../support/cli';
import { startScriptedModel } from '../support/scriptedModel';
import { call, finish, writeProject } from '../support/smallProject';

const apiKey = 'sk-test-9f8e7d6c5b4a3210';
const password = 'pw:Zq7/kk+41-x';

function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    encodeURIComponent(secret),
    Buffer.from(`user:${secret}`).toString('base64'),
  ];
}
const forms = [...formsOf(apiKey), ...formsOf(password)];
const words = forms.join(' ');

/** Prints every form, the first in two pieces; no file of the project holds one of them. */
const leak = `
const words = Buffer.from('${Buffer.from(words).toString('base64').split('').reverse().join('')}'.split('').reverse().join(''), 'base64').toString();
process.stdout.write(words.slice(0, 9));
setTimeout(() => process.stdout.write(words.slice(9) + '\\n', () => process.exit(1)), 50);
`;

describe('the keys of a run and of its environment', () => {
  const cleanUp = cleanUpAfterEach();

  it('stand in no event, row, text, log or line that anybody is shown, but in files as the agent wrote them', async () => {
    const file = `const header = '${formsOf(password)[1]}';\n`;
    const { dir, remove } = await writeProject({
      files: { 'leak.js': leak },
      features: [
        { name: 'leaky', description: `Use ${words}.`, verify: 'node leak.js' },
        { name: 'writer', verify: 'true' },
      ],
      script: {
        leaky: [
          { ...call('search_files', { query: words }), say: words },
          call('run_command', { command: 'node leak.js' }),
          call('finish', { summary: words }),
        ],
        writer: [call('write_file', { path: 'a.js', content: file }), finish],
      },
    });
    cleanUp.push(remove);
    const model = await startScriptedModel(dir);
    cleanUp.push(() => model.close());
    const user = userWith({
      providers: { anthropic: { baseUrl: model.baseUrl } },
      'limits.max_retries': 0,
    });
    const args = ['run', '--project-dir', dir, '--max-agents', '1', '--model', 'haiku', '--json'];
    const env = { ANTHROPIC_API_KEY: apiKey, APP_PASSWORD: password, ...user };
    const { lines, notes } = await runCli(args, env);

    const events = parseEvents(lines);
    const check = events.find((event) => event.type === 'verify.finished' && event.featureId === 1);
    assert.match(JSON.stringify(check), /\[key\] \[key\]/, notes.join('\n'));
    assert.match(notes.join('\n'), /Feature "leaky" holds a key; .*Take it out of the backlog/);
    const stateFolder = await readTree(path.join(dir, '.parallel-agents'));
    const ours = Object.entries(stateFolder).filter(([name]) => !/^(slots|blobs)\b/.test(name));
    assert.ok(
      ours.some(([name]) => name.includes('worker-1')) && ours.some(([name]) => name === 'agents.db'),
    );
    for (const [where, text] of [['events', lines.join('\n')], ['notes', notes.join('\n')], ...ours])
      for (const form of forms) assert.equal(text?.includes(form), false, `${form} stands in ${where}`);
    const prompts = JSON.stringify(model.requests.map(({ body }) => body));
    assert.match(prompts, /Output:\\+n(\[key\] ?)+/, 'what a command printed reaches the model without keys');
    assert.equal((await readTree(dir))['a.js'], file);
  });
});
