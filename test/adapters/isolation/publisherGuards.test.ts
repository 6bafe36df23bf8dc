// What no publication touches, and all that comes with it stays away.
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { keyOf } from '../../../src/adapters/isolation/publicationJournal';
import type { StagedFile } from '../../../src/ports/isolation';
import { type Tree, tempFolder } from '../files/tempWorkspace';
import { openPublishing } from './publishing';
import { whileSwapped } from './swapForLink';

describe('publisher: what it may not touch', () => {
  const denied: { fact: string; tree?: Tree; paths: string[]; why: RegExp }[] = [
    { fact: 'a path out of the workspace', paths: ['../out.ts'], why: /out of the workspace/ },
    { fact: 'a power file', paths: ['.vscode/tasks.json'], why: /what to run/ },
    { fact: 'our own folder', paths: ['.parallel-agents/x'], why: /Parallel Agents/ },
    { fact: 'a backlog of another name', paths: ['plan/Backlog.json'], why: /backlog/ },
    { fact: 'a Git directory in the making', paths: ['x/HEAD', 'x/config', 'x/objects/a'], why: /Git/ },
    {
      fact: 'a file of a Python environment',
      tree: { 'env/pyvenv.cfg': '' },
      paths: ['env/a.py'],
      why: /Python/,
    },
    {
      fact: 'a link',
      tree: { 'a.ts': { link: 'b.ts' }, 'b.ts': 'b' },
      paths: ['a.ts'],
      why: /the link "a\.ts"/,
    },
    { fact: 'a folder link out', tree: { out: { link: '/tmp' } }, paths: ['out/x.ts'], why: /leads out/ },
    { fact: 'a twin in case', tree: { 'src/A.ts': 'a' }, paths: ['src/a.ts'], why: /only in case/ },
    { fact: 'twins of its own', paths: ['src/a.ts', 'src/A.ts'], why: /only in case/ },
  ];
  for (const { fact, tree = {}, paths, why } of denied) {
    it(`refuses ${fact}, with all that comes with it`, async () => {
      const on = await openPublishing(tree);
      const [good] = await on.stage({ 'good.ts': 'g' });
      assert.ok(good);
      const files: StagedFile[] = [good, ...paths.map((file) => ({ ...good, path: file }))];
      const before = on.workspace.tree();
      const done = await on.publisher.publish(files);
      assert.ok(!done.ok && done.error.code === 'pathDenied');
      assert.match(done.error.message, why);
      assert.deepEqual(on.workspace.tree(), before);
    });
  }

  it('takes no word of a journal that it did not write', async () => {
    const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    const puts = ['null', '7', '[null]', '["a.ts"]', '[{"path":7}]', '[{"path":"a.ts","createdFolder":[]}]'];
    const strange = `[{"path":"a.ts","more":${deep(100_000)},"__proto__":{"createdFolder":"."}}]`;
    const entries = [...puts, strange].map(
      (of) => (key: string) => `{"key":"${key}","puts":${of},"isDone":false}`,
    );
    for (const entryOf of [() => 'null', () => '[]', () => deep(2_000_000), ...entries]) {
      const on = await openPublishing({ 'a.ts': 'a', 'keep/b.ts': 'b' });
      const files = await on.stage({ 'a.ts': 'a2' });
      writeFileSync(path.join(on.workspace.stateDir, 'publication.json'), entryOf(keyOf(files)));
      assert.ok((await on.publisher.publish(files)).ok);
      assert.deepEqual(on.workspace.tree(), { 'a.ts': 'a2', 'keep/b.ts': 'b' });
    }
  });

  it('never follows a folder that is swapped for a link while it works', async function () {
    // Elsewhere no call can start at an open folder, and a last look must do (openFolder.ts).
    if (process.platform !== 'linux') this.skip();
    const on = await openPublishing({ 'src/a.ts': 'a' });
    const outside = tempFolder();
    const trap = path.join(outside, 'a.ts');
    const files = await on.stage({ 'src/a.ts': 'a2', 'src/new.ts': 'n' });
    // The content that is expected, so that nothing but the place tells the two apart.
    writeFileSync(trap, 'a');
    const seen = new Set<string>();
    await whileSwapped(on.at('src'), outside, 89, async () => {
      for (let round = 0; round < 100 || (seen.size < 2 && round < 2000); round++) {
        const done = await on.publisher.publish(files);
        seen.add(done.ok ? 'ok' : done.error.code);
        await on.publisher.withdraw(files);
        assert.equal(readFileSync(trap, 'utf8'), 'a', 'written outside');
        assert.deepEqual(readdirSync(outside), ['a.ts']);
      }
    });
    assert.ok(seen.size > 1 && seen.has('ok'), `the swap never met a write: ${[...seen]}`);
  });
});
