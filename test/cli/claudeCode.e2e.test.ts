// The real Claude Code in a whole run, against a Messages API on this machine. Its programs are no part of this project: the
// test runs where PARALLEL_AGENTS_TEST_CLAUDE names the folders that hold `claude` and `claude-agent-acp`, with Node 22 or newer.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import { parseEvents, readTree, runCli, startCli, userWith } from '../support/cli';
import { eventsOf } from '../support/externalProject';
import {
  type FakeContent,
  type RecordedRequest,
  startFakeMessagesApi,
  streamed,
} from '../support/fakeMessagesApi';
import { noneHolding, tagOf } from '../support/processes';
import { call, finish, type SmallProject, writeProject } from '../support/smallProject';

const folders = process.env.PARALLEL_AGENTS_TEST_CLAUDE;
const claude = 'agent/claude-code';

/** Tools that its model calls, turn by turn, with the folder that it works in. */
type Plays = Readonly<Record<string, (cwd: string) => readonly (readonly FakeContent[])[]>>;

let calls = 0;
const tool = (name: string, input: object): FakeContent => {
  calls += 1; // its model never gives two calls the same id
  return { tool: name, id: `toolu_${calls}`, json: JSON.stringify(input) };
};

describe('Claude Code', function () {
  this.timeout(300_000);
  const cleanUp = cleanUpAfterEach();

  before(function () {
    if (folders !== undefined) return;
    console.log('    (skipped: PARALLEL_AGENTS_TEST_CLAUDE names no folders with its programs)');
    this.skip();
  });

  async function project(plays: Plays, small: SmallProject) {
    const home = await realpath(await mkdtemp(path.join(tmpdir(), 'pa-claude-')));
    cleanUp.push(() => rm(home, { recursive: true, force: true }));
    const { dir, remove } = await writeProject(small);
    cleanUp.push(remove);
    const asked: RecordedRequest[] = [];
    const api = await startFakeMessagesApi(async (request) => {
      asked.push(request);
      const said = JSON.stringify(request.body.messages);
      const feature = /# Feature \d+: (\w+)/.exec(said)?.[1];
      const { tools = [] }: { tools?: readonly unknown[] } = request.body;
      if (feature === undefined || tools.length < 4) return streamed([{ text: 'side' }]);
      const cwd = /working directory: ([^\\"\n]+)/i.exec(JSON.stringify(request.body))?.[1] ?? dir;
      const turn = said.match(/"type":"tool_result"/g)?.length ?? 0; // it takes messages of one id for one
      const next = plays[feature]?.(cwd)[turn];
      const isCall = next?.some((part) => 'tool' in part) ?? false;
      return streamed(next ?? [{ text: 'Nothing is left to do.' }], {
        stop: isCall ? 'tool_use' : 'end_turn',
      });
    });
    cleanUp.push(() => api.close());
    const env = {
      ...userWith({ 'limits.max_retries': 0 }),
      ...{ HOME: home, TMPDIR: home, PATH: `${folders}${path.delimiter}${process.env.PATH}` },
      ...{ ANTHROPIC_BASE_URL: api.baseUrl, ANTHROPIC_API_KEY: 'sk-fake-0123456789' },
    };
    return { dir, home, asked, env, args: ['run', '--project-dir', dir, '--json'] };
  }

  it('builds a feature beside our own agent, under locks and the rules for files and commands', async () => {
    const { dir, env, args, asked } = await project(
      {
        A: (cwd) => [
          [{ text: 'I look.' }, tool('Read', { file_path: `${cwd}/src/a.js` })],
          [tool('Edit', { file_path: `${cwd}/src/a.js`, old_string: 'two = 2', new_string: 'two = 22' })],
          [tool('Write', { file_path: `${cwd}/.vscode/tasks.json`, content: '{}' })],
          [tool('Bash', { command: 'touch pwned', description: 'no' })],
          [tool('Bash', { command: 'grep -q 22 src/a.js', description: 'the check' })],
          [tool('Write', { file_path: `${cwd}/src/new.js`, content: 'export const n = 1;\n' })],
          [{ text: 'It is two and twenty now.' }],
        ],
      },
      {
        files: { 'src/a.js': 'export const one = 1;\nexport const two = 2;\n' },
        features: [
          { name: 'A', verify: 'grep -q 22 src/a.js', model: claude },
          { name: 'B', verify: 'test -f b.txt', model: 'offline' },
        ],
        script: { B: [call('write_file', { path: 'b.txt', content: 'b\n' }), finish] },
      },
    );
    const { code, lines, notes } = await runCli(args, env);
    const events = parseEvents(lines);
    const told = JSON.stringify(
      events.filter((e) => e.featureId === 1 || e.type === 'breaker.opened'),
      null,
      1,
    );
    assert.equal(code, 0, `${notes.join('\n')}\n${told}`);
    const used = eventsOf(events, 'tool.used').filter((e) => e.featureId === 1);
    assert.deepEqual(
      used.map((e) => [e.tool, e.ok]),
      [
        ['read_file', true],
        ['edit_file', true],
        ['edit_file', false],
        ['run_command', false],
        ['run_command', true],
        ['edit_file', true],
      ],
    );
    assert.deepEqual(
      eventsOf(events, 'file.denied').map((e) => e.path),
      ['.vscode/tasks.json'],
    );
    const [called] = eventsOf(events, 'model.called').filter((e) => e.featureId === 1);
    assert.match(JSON.stringify(called?.usage), /"outputTokens":[1-9]/);
    const submitted = eventsOf(events, 'feature.submitted').find((e) => e.featureId === 1);
    assert.equal(submitted?.summary, 'It is two and twenty now.');
    const tree = await readTree(dir);
    assert.match(tree['src/a.js'] ?? '', /two = 22/);
    assert.equal(tree['src/new.js'], 'export const n = 1;\n');
    assert.equal('pwned' in tree || '.vscode/tasks.json' in tree, false);
    assert.ok(asked.length > 0);
    await noneHolding(tagOf(dir), 10_000);
    assert.equal(await readFile(path.join(dir, 'b.txt'), 'utf8'), 'b\n');
  });

  it('is refused before the run when nobody is logged in', async () => {
    const features = [{ name: 'A', verify: 'true', model: claude }];
    const { env, args } = await project({}, { features, script: {} });
    const { code, notes } = await runCli(args, { ...env, ANTHROPIC_API_KEY: '' });
    assert.notEqual(code, 0);
    assert.match(notes.join('\n'), /Claude Code is not logged in\. Log in with `claude auth login`/);
  });

  it('leaves no process when its run is stopped in the midst of a command', async () => {
    const command = 'tail -f /dev/null';
    const { dir, env, args } = await project(
      { A: () => [[tool('Bash', { command, description: 'wait' })]] },
      { features: [{ name: 'A', verify: command, model: claude }], script: {} },
    );
    const run = startCli(args, env);
    run.onLine((line) => {
      const { type, step } = JSON.parse(line);
      if (type === 'agent.progress' && String(step).includes(command)) run.child.kill('SIGINT');
    });
    await run.ended;
    await noneHolding(tagOf(dir), 10_000);
  });
});
