// What is known of a place comes back whole or not at all.
import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAsPut, Manifest } from '../../../src/adapters/isolation/manifest';
import { readManifest, writeManifest } from '../../../src/adapters/isolation/manifestFile';
import type { Stamp } from '../../../src/adapters/isolation/stamp';
import { tempFolder } from '../files/tempWorkspace';

const stamp: Stamp = { size: 3, mtimeMs: 1000.25, ctimeMs: 2000.5, ino: 7, mode: 0o644, unsettled: false };
const where = { top: '/theirs', dir: '/place' };

describe('manifestFile', () => {
  let file: string;
  let manifest: Manifest;

  beforeEach(async () => {
    file = path.join(tempFolder(), 'manifest');
    manifest = new Manifest();
    manifest.set('src', { kind: 'folder', mode: 0o755 });
    manifest.set('src/a "b"\n.txt', {
      kind: 'file',
      theirs: stamp,
      ours: { ...stamp, ino: 8, unsettled: true },
    });
    manifest.set('src/c.txt', { kind: 'file', theirs: stamp, ours: { untilMs: 3000 } });
    manifest.set('src/d.txt', { kind: 'file', theirs: stamp, ours: null });
    manifest.set('link', { kind: 'link', to: '/theirs/src', put: '/place/src' });
    await writeManifest(manifest, file, where);
  });

  it('gives back what was written', async () => {
    assert.deepEqual([...(await readManifest(file, where))], [...manifest]);
    assert.ok(!manifest.isChanged);
  });

  it('knows nothing where there is no file, and of another tree or place', async () => {
    assert.equal((await readManifest(`${file}.none`, where)).size, 0);
    assert.equal((await readManifest(file, { ...where, top: '/other' })).size, 0);
    assert.equal((await readManifest(file, { ...where, dir: '/other' })).size, 0);
  });

  it('believes nothing of a file that is cut anywhere or damaged', async () => {
    const whole = readFileSync(file);
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(file, whole.subarray(0, length));
      assert.equal((await readManifest(file, where)).size, 0, `${length} bytes`);
    }
    const damages = [
      [',"link",', ',"socket",'],
      ['1000.25', 'null'],
      ['["src",', '[7,'],
      ['"folder"', '"file"'],
    ] as const;
    for (const [text, damage] of damages) {
      assert.ok(whole.includes(text), text);
      writeFileSync(file, whole.toString().replace(text, damage));
      assert.equal((await readManifest(file, where)).size, 0, damage);
    }
  });
});

describe('a file that was put', () => {
  const theirs = stamp;
  const copied = { ...stamp, ino: 9, ctimeMs: 2900 };
  const until = { kind: 'file', theirs, ours: { untilMs: 3000 } } as const;
  const cases: readonly (readonly [string, Partial<Stamp>, boolean])[] = [
    ['is as it was put', {}, true],
    ['was changed later', { ctimeMs: 3000.5 }, false],
    ['has another size', { size: 4 }, false],
    ['has another time', { mtimeMs: 1001 }, false],
    ['has another mode', { mode: 0o755 }, false],
  ];
  for (const [fact, change, isSame] of cases)
    it(`by another program ${fact}`, () => assert.equal(isAsPut(until, { ...copied, ...change }), isSame));

  it('is none where the place never held the base', () =>
    assert.ok(!isAsPut({ kind: 'file', theirs, ours: null }, theirs)));
});
