// The settings about private copies in whole runs: where they lie, and how much is copied.
import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import { parseEvents, runCli, startCli, userWith } from '../support/cli';
import { call, finish, writeProject } from '../support/smallProject';

describe('the settings of copies', function () {
  this.timeout(60_000);
  const cleanUp = cleanUpAfterEach();

  function folder(): string {
    const made = realpathSync(mkdtempSync(path.join(tmpdir(), 'pa-copies-')));
    cleanUp.push(async () => rmSync(made, { recursive: true, force: true }));
    return made;
  }

  async function project(files: Readonly<Record<string, string>> = {}) {
    const made = await writeProject({
      files: { '.vscode/settings.json': '{"parallelAgents.limits.max_retries": 0}', ...files },
      features: [{ name: 'A', verify: 'pwd > where.txt; test -f done.txt' }],
      script: { A: [call('write_file', { path: 'done.txt', content: 'x' }), finish] },
    });
    cleanUp.push(made.remove);
    return made.dir;
  }

  async function run(dir: string, settings: Readonly<Record<string, unknown>>) {
    const args = ['run', '--project-dir', dir, '--max-agents', '1', '--json'];
    const { code, lines, notes } = await runCli(args, userWith(settings));
    return { code, notes: notes.join('\n'), types: parseEvents(lines).map(({ type }) => type) };
  }

  it('have copies lie in the folder that the user names, also by a link, and marked as ours', async () => {
    const [dir, home] = [await project(), folder()];
    mkdirSync(path.join(home, 'real'));
    symlinkSync('real', path.join(home, 'link'));
    const named = path.join(home, 'link', 'copies');
    const { code, notes } = await run(dir, { 'copies.folder': named, 'copies.samePlace': false });
    assert.equal(code, 0, notes);
    const [name = '', ...others] = readdirSync(path.join(home, 'real', 'copies'));
    assert.deepEqual(others, []);
    assert.equal(readFileSync(path.join(home, 'real', 'copies', name, 'workspace'), 'utf8'), dir);
    assert.match(
      readFileSync(path.join(home, 'real', 'copies', name, '1/copy', path.basename(dir), 'done.txt'), 'utf8'),
      /^x$/,
    );
  });

  for (const [what, named, said] of [
    ['is not absolute', () => 'copies', /it is not absolute.*"~\/copies"/],
    ['lies inside the workspace', (dir: string) => path.join(dir, 'copies'), /lies inside the workspace/],
    ['cannot be made', () => '/dev/null/copies', /cannot be made.*name another/],
  ] as const) {
    it(`begin no run where the folder ${what}`, async () => {
      const dir = await project();
      const before = readdirSync(dir);
      const { code, notes, types } = await run(dir, { 'copies.folder': named(dir) });
      assert.equal(code, 2, notes);
      for (const one of [said, /parallelAgents\.copies\.folder/, /own settings/]) assert.match(notes, one);
      assert.deepEqual(
        types.filter((type) => /^(run|feature|agent)\.(started|claimed)/.test(type)),
        [],
      );
      assert.deepEqual(
        readdirSync(dir).filter((name) => name !== '.parallel-agents'),
        before,
      );
    });
  }

  /** A run of a project that is 3 MB large, by a user who wants no more than one copied. */
  async function heldUp() {
    const dir = await project({ 'data/models/big.bin': 'x'.repeat(3_000_000), 'data/readme.txt': 'x' });
    const user = userWith({ 'copies.maxGb': 0.001 });
    const started = startCli(['run', '--project-dir', dir, '--max-agents', '1', '--json'], user);
    const opened = await new Promise<Record<string, unknown>>((resolve) =>
      started.onLine((line) => {
        const event = JSON.parse(line);
        if (event.type === 'breaker.opened') resolve(event);
      }),
    );
    const kept = path.join(String(user.XDG_CONFIG_HOME), 'parallel-agents', 'settings.json');
    const ends = async () => {
      const { code } = await started.ended;
      const types = parseEvents(started.lines).map(({ type }) => type);
      const judged = types.filter((type) => /^feature\.(passed|failed|retried)$/.test(type));
      return { code, judged, closed: types.filter((type) => type === 'breaker.closed').length };
    };
    return { dir, opened, kept, ends };
  }

  const asIfNothing = { code: 0, judged: ['feature.passed'], closed: 1 };

  it('hold up a run in a project that is too large, with what helps, until the limit is raised', async () => {
    const { opened, kept, ends, dir } = await heldUp();
    assert.equal(opened.cause, 'copies');
    for (const said of [
      /^The project is 3 MB, and at most 1 MB are copied \(parallelAgents\.copies\.maxGb\)/,
      /"data\/models" \(3 MB\)/,
      /copies\.exclude/,
      /copies\.readOnlyLinks/,
    ])
      assert.match(String(opened.message), said);
    assert.match(String(opened.mend), /by itself/);
    writeFileSync(kept, '{"parallelAgents.copies.maxGb": 0.1}');
    assert.deepEqual(await ends(), asIfNothing);
    assert.equal(readFileSync(path.join(dir, 'done.txt'), 'utf8'), 'x');
  });

  it('go on by themselves when the project was made smaller', async () => {
    const { dir, ends } = await heldUp();
    rmSync(path.join(dir, 'data'), { recursive: true });
    assert.deepEqual(await ends(), asIfNothing);
  });
});
