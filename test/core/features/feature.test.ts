// What a feature locks with its claim.
import { strict as assert } from 'node:assert';
import { declaredScopes, newFeature } from '../../../src/core/features/feature';
import type { LockScope } from '../../../src/core/locks/lockScope';
import { specOf } from '../sampleFeatures';

describe('declaredScopes', () => {
  const file = (path: string): LockScope => ({ kind: 'file', path });
  const folder = (path: string): LockScope => ({ kind: 'folder', path });
  const cases: [what: string, files: string[], learnedFiles: string[], scopes: LockScope[]][] = [
    ['nothing', [], [], []],
    [
      'what was declared, then what was learned',
      ['src/a.ts', 'docs/**'],
      ['b.ts'],
      [file('src/a.ts'), folder('docs'), file('b.ts')],
    ],
    [
      'a file once, however it is written',
      ['src/a.ts', './src/a.ts', 'src\\a.ts'],
      ['SRC/A.ts'],
      [file('src/a.ts')],
    ],
    ['a folder and a file of one name', ['src', 'src/'], [], [file('src'), folder('src')]],
    ['nothing for what is no path', [], ['../x', ''], []],
  ];
  for (const [what, files, learnedFiles, scopes] of cases) {
    it(what, () =>
      assert.deepEqual(declaredScopes({ ...newFeature(1, specOf('A', { files })), learnedFiles }), scopes),
    );
  }
});
