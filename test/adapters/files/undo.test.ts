// Undo: gives back what was there to the last bit, touches nothing that anyone else changed, and may be run again.
import { strict as assert } from 'node:assert';
import { chmodSync, existsSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hashOf } from '../../../src/adapters/files/contentHash';
import { createWorkspaceFiles } from '../../../src/adapters/files/workspaceFiles';
import type { EditRecord } from '../../../src/ports/store';
import { tempWorkspace } from './tempWorkspace';

const sha = (text: string | null) => (text === null ? null : hashOf(Buffer.from(text)));

/** Texts stand for hashes; null: no file. */
const matrix: {
  fact: string;
  original: string | null;
  written?: string | null;
  pending?: string | null;
  now: string | null;
  outcome: 'restored' | 'removed' | 'unchanged' | 'kept';
  after: string | null;
}[] = [
  { fact: 'a change', original: 'old', written: 'new', now: 'new', outcome: 'restored', after: 'old' },
  { fact: 'a new file', original: null, written: 'new', now: 'new', outcome: 'removed', after: null },
  { fact: 'a deletion', original: 'old', written: null, now: null, outcome: 'restored', after: 'old' },
  {
    fact: 'a change that a human went on with',
    original: 'old',
    written: 'new',
    now: 'human',
    outcome: 'kept',
    after: 'human',
  },
  {
    fact: 'a change that a human deleted',
    original: 'old',
    written: 'new',
    now: null,
    outcome: 'kept',
    after: null,
  },
  {
    fact: 'a deletion that a human filled',
    original: 'old',
    written: null,
    now: 'human',
    outcome: 'kept',
    after: 'human',
  },
  {
    fact: 'a new file that a human took over',
    original: null,
    written: 'new',
    now: 'human',
    outcome: 'kept',
    after: 'human',
  },
  {
    fact: 'a change that a human put back',
    original: 'old',
    written: 'new',
    now: 'old',
    outcome: 'unchanged',
    after: 'old',
  },
  {
    fact: 'a new file that a human deleted',
    original: null,
    written: 'new',
    now: null,
    outcome: 'unchanged',
    after: null,
  },
  { fact: 'nothing written', original: 'old', now: 'old', outcome: 'unchanged', after: 'old' },
  {
    fact: 'nothing written, changed by a human',
    original: 'old',
    now: 'human',
    outcome: 'kept',
    after: 'human',
  },
  {
    fact: 'a crash before the write',
    original: 'old',
    pending: 'new',
    now: 'old',
    outcome: 'unchanged',
    after: 'old',
  },
  {
    fact: 'a crash after the write',
    original: 'old',
    pending: 'new',
    now: 'new',
    outcome: 'restored',
    after: 'old',
  },
  {
    fact: 'a crash before the second write',
    original: 'old',
    written: 'one',
    pending: 'two',
    now: 'one',
    outcome: 'restored',
    after: 'old',
  },
  {
    fact: 'a crash after the second write',
    original: 'old',
    written: 'one',
    pending: 'two',
    now: 'two',
    outcome: 'restored',
    after: 'old',
  },
  {
    fact: 'a crash after a deletion',
    original: 'old',
    written: 'one',
    pending: null,
    now: null,
    outcome: 'restored',
    after: 'old',
  },
  {
    fact: 'a crash after making a file',
    original: null,
    pending: 'new',
    now: 'new',
    outcome: 'removed',
    after: null,
  },
];

describe('undo', () => {
  for (const { fact, original, written, pending, now, outcome, after } of matrix) {
    it(`of ${fact}: ${outcome}`, async () => {
      const workspace = await tempWorkspace({ 'src/keep.ts': '' });
      const files = createWorkspaceFiles(workspace);
      const file = path.join(workspace.root, 'src/a.sh');
      if (original !== null) {
        writeFileSync(file, original);
        chmodSync(file, 0o750);
        assert.ok((await files.keep('src/a.sh')).ok);
        rmSync(file);
      }
      if (now !== null) {
        writeFileSync(file, now);
        chmodSync(file, now === original ? 0o750 : 0o644);
      }
      const edit: EditRecord = {
        ...{
          fence: 1,
          featureId: 1,
          path: 'src/a.sh',
          original: sha(original),
          mode: original === null ? null : 0o750,
        },
        ...(written === undefined ? {} : { written: sha(written) }),
        ...(pending === undefined ? {} : { pending: sha(pending) }),
      };
      assert.equal(await files.undo(edit), outcome);
      assert.equal(existsSync(file) ? workspace.text('src/a.sh') : null, after);
      if (after !== null && after === original) assert.equal(statSync(file).mode & 0o777, 0o750);
      assert.equal(await files.undo(edit), outcome === 'kept' ? 'kept' : 'unchanged', 'the second time');
    });
  }

  it('removes the folders that were made, as far as they are empty', async () => {
    const workspace = await tempWorkspace({ 'src/keep.ts': '' });
    const files = createWorkspaceFiles(workspace);
    const edit = {
      fence: 1,
      featureId: 1,
      path: 'src/x/y/a.ts',
      original: null,
      mode: null,
      written: sha('a'),
      createdFolder: 'src/x',
    };
    await files.replace('src/x/y/a.ts', null, 'a');
    assert.equal(await files.undo(edit), 'removed');
    assert.deepEqual(exists(workspace.root, 'src', 'src/x'), [true, false]);

    await files.replace('src/x/y/a.ts', null, 'a');
    writeFileSync(path.join(workspace.root, 'src/x/human.ts'), '');
    assert.equal(await files.undo(edit), 'removed');
    assert.deepEqual(exists(workspace.root, 'src/x/human.ts', 'src/x/y'), [true, false]);
  });

  for (const left of ['src/x', 'src/x/y']) {
    it(`removes ${left}, left by a crash before the file was made or after it was removed`, async () => {
      const workspace = await tempWorkspace({ 'src/keep.ts': '' });
      mkdirSync(path.join(workspace.root, left), { recursive: true });
      const edit = {
        fence: 1,
        featureId: 1,
        path: 'src/x/y/a.ts',
        original: null,
        mode: null,
        pending: sha('a'),
        createdFolder: 'src/x',
      };
      assert.equal(await createWorkspaceFiles(workspace).undo(edit), 'unchanged');
      assert.deepEqual(exists(workspace.root, 'src', 'src/x'), [true, false]);
    });
  }

  it('never removes a folder above the one that was made, nor through a link', async () => {
    const workspace = await tempWorkspace({ 'only/x/a.ts': 'a', 'real/y/k': '' });
    const files = createWorkspaceFiles(workspace);
    const base = { fence: 1, featureId: 1, original: null, mode: null, written: sha('a') };
    assert.equal(await files.undo({ ...base, path: 'only/x/a.ts', createdFolder: 'only/x' }), 'removed');
    assert.deepEqual(exists(workspace.root, 'only', 'only/x'), [true, false]);
    rmSync(path.join(workspace.root, 'real/y/k'));
    symlinkSync('real', path.join(workspace.root, 'link'));
    assert.equal(await files.undo({ ...base, path: 'link/y/a.ts', createdFolder: 'link' }), 'kept');
    assert.ok(existsSync(path.join(workspace.root, 'real/y')));
  });

  it('leaves a place alone where someone put a link or a folder', async () => {
    const workspace = await tempWorkspace({ 'other.ts': 'new' });
    const files = createWorkspaceFiles(workspace);
    const edit = { fence: 1, featureId: 1, path: 'a.ts', original: null, mode: null, written: sha('new') };
    symlinkSync('other.ts', path.join(workspace.root, 'a.ts'));
    assert.equal(await files.undo(edit), 'kept');
    rmSync(path.join(workspace.root, 'a.ts'));
    mkdirSync(path.join(workspace.root, 'a.ts'));
    assert.equal(await files.undo(edit), 'kept');
    assert.deepEqual(workspace.tree(), { 'other.ts': 'new' });
  });

  it('gives the first bytes back from wherever a row of writes was cut', async () => {
    const first = '\ufefffirst\r\n';
    const writes = ['one\n', null, 'two\n', 'three\n'];
    for (let cut = 0; cut <= writes.length * 2; cut++) {
      const workspace = await tempWorkspace({ 'a.ts': first });
      const files = createWorkspaceFiles(workspace);
      const kept = await files.keep('a.ts');
      assert.ok(kept.ok);
      // As the engine does it: keep, then for each write record what is intended, write, record what was done.
      let edit: EditRecord = {
        fence: 1,
        featureId: 1,
        path: 'a.ts',
        original: kept.value.hash,
        mode: kept.value.mode,
      };
      let base = kept.value.hash;
      for (const [at, content] of writes.entries()) {
        if (cut < at * 2 + 1) break;
        const planned = await files.plan('a.ts', content);
        assert.ok(planned.ok);
        edit = { ...edit, pending: planned.value.hash };
        if (cut < at * 2 + 2) break;
        const done = await files.replace('a.ts', base, content);
        assert.ok(done.ok);
        base = done.value.hash;
        if (cut > at * 2 + 2) {
          const { pending: _, ...rest } = edit;
          edit = { ...rest, written: base };
        }
      }
      const next = createWorkspaceFiles(workspace);
      assert.equal(await next.undo(edit), cut < 2 ? 'unchanged' : 'restored', `cut ${cut}`);
      assert.equal(workspace.text('a.ts'), first);
    }
  });
});

function exists(root: string, ...names: readonly string[]): boolean[] {
  return names.map((name) => existsSync(path.join(root, name)));
}
