// What checks and agents' commands find around them in whole runs: variables that the user names, and their shell.
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'mocha';
import { findViewMaker } from '../../src/adapters/process/diskView';
import { cleanUpAfterEach } from '../support/cleanUp';
import { parseEvents, runCli, userWith } from '../support/cli';
import { startScriptedModel } from '../support/scriptedModel';
import { call, finish, type SmallProject, writeProject } from '../support/smallProject';

describe('the surroundings of commands', function () {
  this.timeout(60_000);
  const cleanUp = cleanUpAfterEach();

  async function project(small: Pick<SmallProject, 'files' | 'features'> & { turns?: readonly unknown[] }) {
    const names = small.features.map(({ name }) => String(name));
    const turns = small.turns ?? [call('write_file', { path: 'done.txt', content: 'x' }), finish];
    const made = await writeProject({
      files: { '.vscode/settings.json': '{"parallelAgents.limits.max_retries": 0}', ...small.files },
      features: small.features,
      script: Object.fromEntries(names.map((name) => [name, turns])),
    });
    cleanUp.push(made.remove);
    return made.dir;
  }

  async function run(dir: string, env: NodeJS.ProcessEnv, settings: Readonly<Record<string, unknown>> = {}) {
    const args = ['run', '--project-dir', dir, '--max-agents', '1', '--json'];
    const { code, lines, notes } = await runCli(args, { ...env, ...userWith(settings) });
    const events = parseEvents(lines);
    const reasons = events.flatMap((e) => (e.type === 'feature.failed' ? [String(e.reason)] : []));
    return { code, events, notes, reasons, lines };
  }

  const reads = { name: 'Reads', verify: 'test "$DATABASE_URL" = db && test "$PYTHONPATH" = "$PWD/lib"' };

  it('have the variables that the user names, led into the copy where they name the folder', async () => {
    const dir = await project({ features: [reads] });
    const env = { DATABASE_URL: 'db', PYTHONPATH: path.join(dir, 'lib') };
    const { code, reasons } = await run(dir, env, { 'commands.env': ['DATABASE_URL', 'PYTHONPATH'] });
    assert.deepEqual([code, reasons], [0, []]);
  });

  it('have none that only the workspace names, and the words about the failure say which is missing', async () => {
    const files = {
      '.vscode/settings.json':
        '{"parallelAgents.limits.max_retries": 0, "parallelAgents.commands.env": ["DATABASE_URL", "PYTHONPATH"]}',
    };
    const dir = await project({ files, features: [reads] });
    const { code, reasons } = await run(dir, { DATABASE_URL: 'db', PYTHONPATH: path.join(dir, 'lib') });
    assert.equal(code, 1);
    assert.match(reasons[0] ?? '', /DATABASE_URL, PYTHONPATH are set where this run was started/);
    assert.match(reasons[0] ?? '', /parallelAgents\.commands\.env/);
  });

  it('name a variable that the check’s output speaks of', async () => {
    const files = { 'test.js': "if (!process.env.STRIPE_URL) throw new Error('STRIPE_' + 'URL is missing')" };
    const dir = await project({ files, features: [{ name: 'Pays', verify: 'node test.js' }] });
    const { reasons } = await run(dir, { STRIPE_URL: 'x' });
    assert.match(reasons[0] ?? '', /STRIPE_URL is set where this run was started/);
  });

  it('warn of an entry with a value, without the value', async () => {
    const dir = await project({ features: [{ name: 'A', verify: 'true' }] });
    const { notes } = await run(dir, {}, { 'commands.env': ['API_TOKEN=abc12345'] });
    const said = notes.join('\n');
    assert.match(said, /parallelAgents\.commands\.env: "API_TOKEN" is to be named without a value/);
    assert.doesNotMatch(said, /abc12345/);
  });

  it('keep what is secret of a named variable from models, events and notes, by whatever way it comes', async () => {
    const secret = 'tok-5f3a9c71e2';
    const show = "node -e \"require('fs').writeFileSync('t.txt', process.env.API_TOKEN)\"";
    const turns = [
      call('run_command', { command: 'printenv API_TOKEN' }),
      call('run_command', { command: show }),
      call('read_file', { path: 't.txt' }),
      finish,
    ];
    const verify = 'echo "$API_TOKEN $DB_URL"; grep -q tok- t.txt';
    const dir = await project({ features: [{ name: 'A', verify }], turns });
    const model = await startScriptedModel(dir);
    cleanUp.push(() => model.close());
    const { code, lines, notes } = await run(
      dir,
      {
        API_TOKEN: secret,
        DB_URL: 'postgres://me:pw-8d2f6b@db/dev',
        ANTHROPIC_API_KEY: 'sk-test-1',
      },
      {
        'commands.env': ['API_TOKEN', 'DB_URL'],
        'commands.allow': ['printenv API_TOKEN', show],
        providers: { anthropic: { baseUrl: model.baseUrl } },
      },
    );
    assert.equal(code, 0, notes.join('\n'));
    assert.equal(await readFile(path.join(dir, 't.txt'), 'utf8'), secret, 'the command had it');
    const requests = JSON.stringify(model.requests.map(({ body }) => body));
    assert.ok(requests.includes('[key]'), 'the model saw the rest');
    for (const [where, text] of Object.entries({
      requests,
      events: lines.join('\n'),
      notes: notes.join('\n'),
    }))
      for (const value of [secret, 'pw-8d2f6b'])
        assert.equal(text.includes(value), false, `${value} in ${where}`);
  });

  /** As an editable install has it: a file in the project that names a folder of it by its whole path. */
  async function withWayBack() {
    const pth = '.venv/lib/python3/site-packages/pkg.pth';
    const check = `cat "$(cat ${pth})/a.txt" && grep -q new "$(cat ${pth})/a.txt"`;
    const dir = await project({
      files: { 'src/a.txt': 'old\n', '.gitignore': '.venv\n' },
      features: [{ name: 'New', verify: check }],
      turns: [
        call('read_file', { path: 'src/a.txt' }),
        call('write_file', { path: 'src/a.txt', content: 'new\n' }),
        finish,
      ],
    });
    await mkdir(path.dirname(path.join(dir, pth)), { recursive: true });
    await writeFile(path.join(dir, pth), `${dir}/src\n`);
    return { dir, pth };
  }

  it('are the copy at the workspace’s own path, so that paths written down lead to it', async function () {
    if ((await findViewMaker('/usr', '/tmp', process.env)) === undefined) return this.skip();
    const { dir } = await withWayBack();
    const { code, reasons } = await run(dir, {});
    assert.deepEqual([code, reasons], [0, []]);
    assert.equal(await readFile(path.join(dir, 'src/a.txt'), 'utf8'), 'new\n');
  });

  it('are the copy elsewhere where the user says so, and what leads back into the workspace is named', async () => {
    const { dir, pth } = await withWayBack();
    const { code, reasons } = await run(dir, {}, { 'copies.samePlace': false });
    assert.equal(code, 1);
    assert.ok(reasons[0]?.includes(`"${pth}" leads back into the workspace`), reasons[0]);
    assert.equal(await readFile(path.join(dir, 'src/a.txt'), 'utf8'), 'old\n');
  });

  const bashText = [
    { name: 'Source', verify: 'source ./env.sh && test "$X" = 1' },
    { name: 'Pipe', verify: 'set -o pipefail; (exit 3) | cat' },
  ];
  const files = { 'env.sh': 'X=1\n' };

  it('are /bin/sh, and a failed check with other words is told so, with the setting', async () => {
    const dir = await project({ files, features: bashText });
    const { code, reasons } = await run(dir, {});
    assert.equal(code, 1);
    const isDash = reasons.length === 2; // where /bin/sh is bash, it knows them
    for (const reason of isDash ? reasons : []) {
      assert.match(reason, /ran in \/bin\/sh/);
      assert.match(reason, /parallelAgents\.verify\.shell/);
    }
    assert.ok(reasons.length >= 1);
  });

  it('are the shell that the user names, for checks and agents alike', async () => {
    const turns = [call('run_command', { command: '[[ abc == a* ]] && echo brackets > done.txt' }), finish];
    const dir = await project({ files, features: bashText, turns });
    const settings = {
      'verify.shell': 'bash',
      'commands.allow': ['[[ abc == a* ]] && echo brackets > done.txt'],
    };
    const { events, reasons } = await run(dir, {}, settings);
    const passed = events.flatMap((e) => (e.type === 'feature.passed' ? [e.featureId] : []));
    assert.deepEqual(passed, [1]);
    assert.equal(await readFile(path.join(dir, 'done.txt'), 'utf8'), 'brackets\n');
    assert.deepEqual(reasons, ['The check `set -o pipefail; (exit 3) | cat` exited with 3.']);
  });

  it('begin no run where the named shell is not there', async () => {
    const dir = await project({ features: [{ name: 'A', verify: 'true' }] });
    const { code, events, notes } = await run(dir, {}, { 'verify.shell': 'no-such-shell' });
    assert.equal(code, 2);
    assert.match(notes.join('\n'), /no shell "no-such-shell".*parallelAgents\.verify\.shell.*own settings/);
    assert.deepEqual(
      events.filter((e) => e.type === 'feature.claimed'),
      [],
    );
  });
});
