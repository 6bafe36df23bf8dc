// `doctor`: what it lists, what it removes, and what it never does.
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'mocha';
import { tryView } from '../../src/adapters/process/diskView';
import { cleanUpAfterEach } from '../support/cleanUp';
import { runCli, startCli, userWith } from '../support/cli';
import { call, finish, writeProject } from '../support/smallProject';

describe('doctor', function () {
  this.timeout(60_000);
  const cleanUp = cleanUpAfterEach();

  function folder(): string {
    const made = realpathSync(mkdtempSync(path.join(tmpdir(), 'pa-doctor-')));
    cleanUp.push(async () => rmSync(made, { recursive: true, force: true }));
    return made;
  }

  async function project(verify = 'test -f done.txt') {
    const made = await writeProject({
      files: { 'big.txt': 'x'.repeat(2_000_000) },
      features: [{ name: 'A', verify }],
      script: { A: [call('write_file', { path: 'done.txt', content: 'x' }), finish] },
    });
    cleanUp.push(made.remove);
    return made.dir;
  }

  const runIn = (dir: string, env: NodeJS.ProcessEnv) =>
    runCli(['run', '--project-dir', dir, '--max-agents', '1'], env);

  async function doctor(dir: string, env: NodeJS.ProcessEnv, ...more: readonly string[]) {
    const { code, lines, notes } = await runCli(['doctor', '--project-dir', dir, ...more], env);
    return { code, said: [...lines, ...notes].join('\n') };
  }

  /** The line about a project's copies, and the one with their folder. */
  function linesOf(said: string, dir: string): readonly string[] {
    const lines = said.split('\n');
    const at = lines.findIndex((line) => line.startsWith(`  ${dir}: `));
    return at < 0 ? [] : lines.slice(at, at + 2);
  }

  it('lists the copies of all projects with their sizes, wherever they lie, and removes them when told to', async () => {
    const env = { XDG_CACHE_HOME: folder() };
    const [one, other, named] = [await project(), await project(), folder()];
    await runIn(one, env);
    await runIn(other, { ...env, ...userWith({ 'copies.folder': named }) });
    const { code, said } = await doctor(one, env);
    assert.equal(code, 0, said);
    const [line = '', where = ''] = linesOf(said, one);
    assert.match(line, /: 2(\.\d)? MB, last used \d{4}-\d\d-\d\d/);
    assert.ok(existsSync(path.join(where.trim(), 'workspace')), where);
    assert.ok(linesOf(said, other)[1]?.trim().startsWith(named), said);
    assert.match(said, /doctor --fix removes/);
    mkdirSync(path.join(named, 'mine'));
    const fixed = await doctor(one, env, '--fix');
    assert.equal(fixed.code, 0, fixed.said);
    assert.match(fixed.said, /Freed .* MB: removed the copies of \d+ projects/);
    assert.ok(!existsSync(where.trim()));
    assert.deepEqual(readdirSync(named), ['mine']);
    assert.deepEqual(linesOf((await doctor(one, env)).said, one), []);
    const again = await runIn(one, env);
    assert.equal(again.code, 0);
  });

  it('removes what commands have closed', async () => {
    const env = { XDG_CACHE_HOME: folder() };
    const dir = await project('test -f done.txt; mkdir -p build/deep; chmod 0555 build/deep build');
    await runIn(dir, env);
    const [, where = ''] = linesOf((await doctor(dir, env)).said, dir);
    const copy = path.join(where.trim(), '1/copy', path.basename(dir));
    mkdirSync(path.join(copy, 'shut/in'), { recursive: true });
    chmodSync(path.join(copy, 'shut'), 0);
    const { code, said } = await doctor(dir, env, '--fix');
    assert.equal(code, 0, said);
    assert.ok(!existsSync(where.trim()));
  });

  it('leaves the copies of a run that is under way', async () => {
    const [env, gate] = [{ XDG_CACHE_HOME: folder() }, path.join(folder(), 'go')];
    const dir = await project(`echo waits; until test -f ${gate}; do sleep 0.05; done; test -f done.txt`);
    const run = startCli(['run', '--project-dir', dir, '--max-agents', '1', '--json'], env);
    await new Promise<void>((resolve) =>
      run.onLine((line) => JSON.parse(line).type === 'feature.submitted' && resolve()),
    );
    const { code, said } = await doctor(dir, env, '--fix');
    assert.equal(code, 0, said);
    const [line = '', where = ''] = linesOf(said, dir);
    assert.match(line, new RegExp(`in use by process ${run.child.pid}$`));
    assert.ok(existsSync(path.join(where.trim(), '1/copy', path.basename(dir), 'done.txt')));
    writeFileSync(gate, '');
    assert.equal((await run.ended).code, 0);
  });

  it('says whether commands see the copy at the project’s own path, and what to do where not', async () => {
    const [env, dir] = [{ XDG_CACHE_HOME: folder() }, await project()];
    const trial = await tryView(folder(), dir, process.env);
    const { said } = await doctor(dir, env);
    const expected = {
      works: /✅ Commands see the copy at the project’s own path, by \S+bwrap\./,
      notInstalled: /⚠️ .*apt install bubblewrap/,
      refused: /⚠️ .*may not make the view/,
      otherSystem: /⚠️ .*only Linux/,
      within: /inside/,
    };
    assert.match(said, expected[trial.kind]);
    const off = await doctor(dir, { ...env, ...userWith({ 'copies.samePlace': false }) });
    assert.match(off.said, /✅ .*copies\.samePlace is off/);
    if (trial.kind === 'otherSystem') return;
    const without = await doctor(dir, { ...env, PATH: folder() });
    assert.match(without.said, /⚠️ .*apt install bubblewrap/);
  });

  it('says what is wrong with the folder that the user names, and lists the others all the same', async () => {
    const [env, dir] = [{ XDG_CACHE_HOME: folder() }, await project()];
    await runIn(dir, env);
    const { code, said } = await doctor(dir, { ...env, ...userWith({ 'copies.folder': 'copies' }) });
    assert.equal(code, 1);
    assert.match(said, /❌ .*"copies".*not absolute/);
    assert.equal(linesOf(said, dir).length, 2);
  });
});
