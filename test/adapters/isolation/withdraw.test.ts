// Taking a publication back touches nothing that anyone else changed since, and may be done again.
import { strict as assert } from 'node:assert';
import { chmodSync, existsSync, mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { type TempIsolation, tempIsolation } from './tempIsolation';

const file = 'src/a.sh';

/** Texts of the file; null: none. */
const matrix: readonly {
  readonly fact: string;
  readonly original: string | null;
  readonly published: string | null;
  readonly now: string | null;
  readonly isLeft: boolean;
}[] = [
  { fact: 'a change', original: 'old', published: 'new', now: 'new', isLeft: false },
  { fact: 'a new file', original: null, published: 'new', now: 'new', isLeft: false },
  { fact: 'a deletion', original: 'old', published: null, now: null, isLeft: false },
  {
    fact: 'a change that a person went on with',
    original: 'old',
    published: 'new',
    now: 'mine',
    isLeft: true,
  },
  { fact: 'a change that a person deleted', original: 'old', published: 'new', now: null, isLeft: true },
  { fact: 'a deletion that a person filled', original: 'old', published: null, now: 'mine', isLeft: true },
  { fact: 'a new file that a person took over', original: null, published: 'new', now: 'mine', isLeft: true },
  { fact: 'a change that a person put back', original: 'old', published: 'new', now: 'old', isLeft: false },
  { fact: 'a new file that a person deleted', original: null, published: 'new', now: null, isLeft: false },
];

async function published(temp: TempIsolation, name: string, text: string | null) {
  assert.ok((await temp.write(name, text)).ok);
  const staged = await temp.stage();
  assert.ok((await temp.isolation.publish(staged)).ok);
  return staged;
}

describe('withdraw', () => {
  for (const { fact, original, published: text, now, isLeft } of matrix) {
    it(`of ${fact}: ${isLeft ? 'left as it is, and told' : 'as it was before'}`, async () => {
      const temp = await tempIsolation({
        'src/keep.ts': '',
        ...(original === null ? {} : { [file]: original }),
      });
      const inRoot = path.join(temp.workspace.root, file);
      if (original !== null) chmodSync(inRoot, 0o750);
      await temp.isolation.prepare(1);
      const staged = await published(temp, file, text);
      if (now !== text) {
        rmSync(inRoot, { force: true });
        if (now !== null) temp.workspace.put({ [file]: now });
        if (now !== null && now === original) chmodSync(inRoot, 0o750);
      }
      const after = isLeft ? now : original;
      for (const by of [temp, temp.again()]) {
        assert.deepEqual(await by.isolation.withdraw(staged), isLeft ? [file] : []);
        assert.equal(existsSync(inRoot) ? temp.workspace.text(file) : null, after);
        if (after !== null && after === original) assert.equal(statSync(inRoot).mode & 0o777, 0o750);
      }
    });
  }

  it('removes the folders that were made, as far as they are empty', async () => {
    const temp = await tempIsolation({ 'src/keep.ts': '' });
    const staged = await published(temp, 'src/x/y/a.ts', 'a');
    assert.deepEqual(await temp.isolation.withdraw(staged), []);
    assert.deepEqual(exists(temp, 'src', 'src/x'), [true, false]);
    assert.ok((await temp.isolation.publish(staged)).ok);
    temp.workspace.put({ 'src/x/mine.ts': '' });
    assert.deepEqual(await temp.isolation.withdraw(staged), []);
    assert.deepEqual(exists(temp, 'src/x/mine.ts', 'src/x/y'), [true, false]);
  });

  it('leaves what someone put in the stead of a file or its folder, and what a link leads to', async () => {
    const temp = await tempIsolation({ 'other.ts': 'new', 'real/b.ts': 'new' });
    assert.ok((await temp.write('a.ts', 'new')).ok);
    const staged = await published(temp, 'link/b.ts', 'new');
    const at = (name: string) => path.join(temp.workspace.root, name);
    for (const name of ['a.ts', 'link']) rmSync(at(name), { recursive: true });
    symlinkSync('other.ts', at('a.ts'));
    symlinkSync('real', at('link'));
    const left = ['a.ts', 'link/b.ts'];
    assert.deepEqual(await temp.isolation.withdraw(staged), left);
    for (const name of ['a.ts', 'link']) rmSync(at(name));
    mkdirSync(at('a.ts'));
    temp.workspace.put({ link: 'a file' });
    assert.deepEqual(await temp.isolation.withdraw(staged), left);
    assert.deepEqual(temp.workspace.tree(), { link: 'a file', 'other.ts': 'new', 'real/b.ts': 'new' });
    assert.ok(existsSync(at('a.ts')));
  });
});

function exists(temp: TempIsolation, ...names: readonly string[]): boolean[] {
  return names.map((name) => existsSync(path.join(temp.workspace.root, name)));
}
