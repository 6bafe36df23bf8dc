// The backlog edited under a run's hands, and between two runs: what it asks for by then is what is built and proved.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { type CliRun, type ExternalEvent, parseEvents, runCli, startCli, userWith } from '../support/cli';
import { call, finish, writeProject } from '../support/smallProject';

const write = (file: string) => [call('write_file', { path: file, content: 'x\n' }), finish];
const names = ['First', 'Second', 'Third', 'Mistake'];
const script = Object.fromEntries(names.map((name) => [name, write(`${name.toLowerCase()}.txt`)]));

describe('a backlog that is edited', () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const clean of cleanUp.splice(0)) await clean();
  });

  async function project(features: readonly Record<string, unknown>[]) {
    const { dir, remove } = await writeProject({ features, script });
    cleanUp.push(remove);
    const gate = `${dir}-gate`;
    cleanUp.push(() => rm(gate, { force: true }));
    const backlog = path.join(dir, 'features.json');
    return {
      dir,
      gate,
      backlog,
      open: () => writeFile(gate, ''),
      /** A check that does not end before the gate is open. */
      held: `until [ -e '${gate}' ]; do sleep 0.05; done`,
      edit: (next: readonly Record<string, unknown>[]) => writeFile(backlog, JSON.stringify(next)),
    };
  }

  /** Resolves once the check of the first feature waits for its gate. */
  function heldAt(run: CliRun): Promise<void> {
    return new Promise((resolve, reject) => {
      run.onLine((line) => (JSON.parse(line) as ExternalEvent).type === 'verify.started' && resolve());
      run.ended.then(() => reject(new Error(run.notes.join('\n'))), reject);
    });
  }
  function noted(run: CliRun, words: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      run.onNote((line) => words.test(line) && resolve());
      run.ended.then(() => reject(new Error(run.notes.join('\n'))), reject);
    });
  }
  const start = (dir: string) => startCli(['run', '--project-dir', dir, '--json', '--max-agents', '1']);
  const passedOf = (run: { readonly lines: readonly string[] }) =>
    parseEvents(run.lines).flatMap(({ type, featureId }) => (type === 'feature.passed' ? [featureId] : []));

  it('is followed while a run goes on, however it is saved', async () => {
    const { dir, held, edit, open, backlog } = await project([]);
    const first = { name: 'First', verify: held };
    await edit([
      first,
      { name: 'Second', depends_on: ['First'], verify: 'exit 1' },
      { name: 'Mistake', depends_on: ['First'], verify: 'true' },
    ]);
    const run = start(dir);
    await heldAt(run);
    const said = noted(run, /features\.json was changed; features: 1 added, 1 edited, 1 removed\./);
    const next = [
      first,
      { name: 'Second', depends_on: ['First'], verify: 'test -e second.txt' },
      { name: 'Third', verify: 'true' },
    ];
    await writeFile(`${backlog}.tmp`, JSON.stringify(next));
    await rename(`${backlog}.tmp`, backlog);
    await said;
    await open();
    const { code } = await run.ended;
    assert.equal(code, 0, run.notes.join('\n'));
    assert.deepEqual([...passedOf(run)].sort(), [1, 2, 4]);
    assert.equal(existsSync(path.join(dir, 'mistake.txt')), false);
  });

  it('stays in force as it was while it is wrong, which is told, and is followed again when it is mended', async () => {
    const { dir, held, edit, open, backlog } = await project([]);
    const first = { name: 'First', verify: held };
    await edit([first]);
    const run = start(dir);
    await heldAt(run);
    const wrong = noted(run, /features\.json:1:\d+: .*never/);
    await edit([first, { name: 'Second', verify: 'true', depends_on: ['never'] }]);
    await wrong;
    const mended = noted(run, /features: 1 added\./);
    await edit([first, { name: 'Second', verify: 'true' }]);
    await mended;
    const wrongAgain = noted(run, /cannot be used as it is/);
    await writeFile(backlog, '[');
    await wrongAgain;
    await open();
    const { code } = await run.ended;
    assert.deepEqual([...passedOf(run)].sort(), [1, 2]);
    assert.equal(code, 1, 'nobody can say that all it asks for passes');
  });

  it('is followed to the moment in which the run ends', async () => {
    const { dir, edit, backlog } = await project([]);
    const later = path.join(dir, 'later.json');
    const first = { name: 'First', verify: `cp '${later}' '${backlog}'` };
    await edit([first]);
    await writeFile(later, JSON.stringify([first, { name: 'Second', verify: 'true' }]));
    // The check writes for the user here, and so must not see its copy in the place of their folder.
    const user = userWith({ 'copies.samePlace': false });
    const { code, lines, notes } = await runCli(['run', '--project-dir', dir, '--json'], user);
    assert.match(notes.join('\n'), /features\.json was changed; features: 1 added/);
    // Either it was built as well, or the exit code says that not all of it passes.
    assert.equal(code, passedOf({ lines }).includes(2) ? 0 : 1, notes.join('\n'));
  });

  it('between two runs, has what passed proved by the new check, or built again', async () => {
    const { dir, edit } = await project([{ name: 'First', verify: 'true' }]);
    const again = async () => runCli(['run', '--project-dir', dir, '--json']);
    assert.equal((await again()).code, 0);
    await edit([{ name: 'First', description: 'as it is', verify: 'test -e first.txt' }]);
    const proved = await again();
    assert.equal(proved.code, 0);
    const types = parseEvents(proved.lines).map(({ type }) => type);
    assert.deepEqual(
      types.filter((type) => ['verify.started', 'agent.started', 'feature.passed'].includes(type)),
      ['verify.started', 'feature.passed'],
    );
    await edit([{ name: 'First', description: 'as it is', verify: 'exit 3' }]);
    const failed = await again();
    assert.equal(failed.code, 1);
    assert.ok(parseEvents(failed.lines).some(({ type }) => type === 'agent.started'));
    assert.deepEqual(passedOf(failed), []);
  });
});
