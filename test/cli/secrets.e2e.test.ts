// A secret that the user ignores stays out of reach in whole runs with real processes and a model over HTTP, whatever
// agents and their commands make of the ignore files.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import { parseEvents, readTree, runCli, userWith } from '../support/cli';
import { startScriptedModel } from '../support/scriptedModel';
import { call, finish, writeProject } from '../support/smallProject';

const secret = 'top-secret-7431';
const look = 'cat .env notes.txt src/a.txt';
const inSrc = 'test ! -L src';

/** Tries to get at the secret by every way an agent has. */
const prying = [
  call('read_file', { path: '.env' }),
  call('search_files', { query: 'top-secret' }),
  call('run_command', { command: look }),
  call('move_file', { from: '.env', to: 'notes.txt' }),
  call('read_file', { path: 'notes.txt' }),
];

describe('a secret that the user ignores', () => {
  const cleanUp = cleanUpAfterEach();

  it('never reaches the model, an event or a log, also after a feature that un-ignores it has passed', async () => {
    const { dir, remove } = await writeProject({
      files: {
        '.gitignore': '.env\n',
        '.env': `SECRET=${secret}\n`,
        'src/a.txt': 'source\n',
        'rules.js': "require('node:fs').writeFileSync('.gitignore', '!.env\\nsrc/\\n')",
      },
      features: [
        { name: 'by a tool', verify: inSrc },
        { name: 'by a command', verify: inSrc, depends_on: ['by a tool'] },
        { name: 'afterwards', verify: inSrc, depends_on: ['by a command'] },
      ],
      script: {
        'by a tool': [
          call('read_file', { path: '.gitignore' }),
          call('write_file', { path: '.gitignore', content: '!.env\n' }),
          ...prying,
          finish,
        ],
        'by a command': [call('run_command', { command: 'node rules.js' }), ...prying, finish],
        afterwards: [...prying, call('write_file', { path: 'b.txt', content: 'b' }), finish],
      },
    });
    cleanUp.push(remove);
    const model = await startScriptedModel(dir);
    cleanUp.push(() => model.close());
    const user = userWith({
      providers: { anthropic: { baseUrl: model.baseUrl } },
      'commands.allow': [look, 'node rules.js'],
    });
    const args = ['run', '--project-dir', dir, '--max-agents', '1', '--model', 'haiku', '--json'];
    const { code, lines, notes } = await runCli(args, {
      ANTHROPIC_API_KEY: 'sk-test-1',
      ...user,
    });
    assert.equal(code, 0, notes.join('\n'));

    const kept = parseEvents(lines).filter((e) => e.type === 'file.changed' && e.path === '.gitignore');
    assert.deepEqual(
      kept.map((e) => e.featureId),
      [1, 2],
      'both changes of the ignore file came through',
    );
    const looked = parseEvents(lines).filter((e) => e.type === 'tool.used' && e.target === look);
    assert.equal(looked.length, 3, 'the command ran');
    const requests = model.requests.map((request) => request.body);
    assert.ok(
      JSON.stringify(requests).includes('SECRET=[key]'),
      'the command found the file, and the model saw the rest',
    );
    const ours = await readTree(path.join(dir, '.parallel-agents'));
    for (const [where, text] of Object.entries({
      requests: JSON.stringify(requests),
      events: lines.join('\n'),
      notes: notes.join('\n'),
      ...ours,
    }))
      assert.equal(text.includes(secret), false, `it stands in ${where}`);
  });

  it('is also one that the user or the workspace names, and none is shown because the workspace says so', async () => {
    const files = { 'deploy/mine.txt': 'user-named-7431\n', 'ours.yml': 'key: workspace-named-7431\n' };
    const values = ['user-named-7431', 'workspace-named-7431', secret];
    const all = 'cat deploy/mine.txt ours.yml .env';
    const { dir, remove } = await writeProject({
      files: {
        ...files,
        '.env': `SECRET=${secret}\n`,
        '.vscode/settings.json': '{"parallelAgents.secrets.files": ["ours.yml", "!.env", "!deploy/"]}',
      },
      features: [{ name: 'pry', verify: all }],
      script: {
        pry: [
          ...['deploy/mine.txt', 'ours.yml', '.env'].flatMap((path) => [
            call('read_file', { path }),
            call('write_file', { path, content: 'x' }),
          ]),
          call('search_files', { query: '7431' }),
          call('run_command', { command: all }),
          call('write_file', { path: 'b.txt', content: 'b' }),
          finish,
        ],
      },
    });
    cleanUp.push(remove);
    const model = await startScriptedModel(dir);
    cleanUp.push(() => model.close());
    const user = userWith({
      providers: { anthropic: { baseUrl: model.baseUrl } },
      'commands.allow': [all],
      'secrets.files': ['deploy/*.txt'],
    });
    const args = ['run', '--project-dir', dir, '--model', 'haiku', '--json'];
    const { code, lines, notes } = await runCli(args, { ANTHROPIC_API_KEY: 'sk-test-1', ...user });
    assert.equal(code, 0, notes.join('\n'));
    const requests = JSON.stringify(model.requests.map((request) => request.body));
    assert.match(requests, /\[key\]\\*n?key: \[key\]\\*n?SECRET=\[key\]/, 'the command found the files');
    assert.match(notes.join('\n'), /"!\.env" would show secrets to agents/);
    const ours = await readTree(path.join(dir, '.parallel-agents'));
    for (const [where, text] of Object.entries({ requests, events: lines.join('\n'), ...ours }))
      for (const value of values) assert.equal(text.includes(value), false, `${value} stands in ${where}`);
    const now = await readTree(dir);
    for (const [name, text] of Object.entries(files)) assert.equal(now[name], text, 'no agent wrote it');
  });

  it('is not brought into the open under another name without the user’s approval', async () => {
    const { dir, remove } = await writeProject({
      files: {
        '.gitignore': '.env\n',
        '.env': `SECRET=${secret}\n`,
        'copy.js':
          "const fs = require('node:fs'); fs.copyFileSync('.env', 'notes.txt');" +
          "fs.writeFileSync('packed.txt', fs.readFileSync('.env').toString('base64'))",
      },
      features: [{ name: 'A', verify: 'true' }],
      script: { A: [call('run_command', { command: 'node copy.js' }), finish] },
    });
    cleanUp.push(remove);
    const user = userWith({ 'commands.allow': ['node copy.js'] });
    const { code, lines } = await runCli(['run', '--project-dir', dir], user);
    assert.equal(code, 1);
    assert.match(
      lines.join('\n'),
      /needs your check: .*it changed "notes\.txt", which holds values of your secret file "\.env"; "packed\.txt", which holds values of your secret file "\.env"\./,
    );
    assert.equal(lines.join('\n').includes(secret), false);
    const now = await readTree(dir);
    assert.deepEqual([now['notes.txt'], now['packed.txt']], [undefined, undefined]);
  });

  it('needs an approval of the user before Git sees it for an ignore file that an agent changed', async () => {
    const { dir, remove } = await writeProject({
      files: { '.gitignore': '.env\n', '.env': `SECRET=${secret}\n` },
      features: [{ name: 'A', verify: 'true' }],
      script: {
        A: [
          call('read_file', { path: '.gitignore' }),
          call('write_file', { path: '.gitignore', content: 'dist/\n' }),
          finish,
        ],
      },
    });
    cleanUp.push(remove);
    execFileSync('git', ['init', '-q', dir]);
    const { code, lines } = await runCli(['run', '--project-dir', dir]);
    assert.equal(code, 1);
    assert.match(
      lines.join('\n'),
      /needs your check: .*it changed "\.gitignore", which no longer keeps "\.env" out of Git\./,
    );
    assert.equal((await readTree(dir))['.gitignore'], '.env\n');
  });
});
