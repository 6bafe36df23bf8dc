// Things above a folder, as they lie on the disk.
import { strict as assert } from 'node:assert';
import path from 'node:path';
import { isAbove } from '../../../src/adapters/files/outsideNames';
import { tempWorkspace } from './tempWorkspace';

describe('isAbove', () => {
  it('finds files and packages above what is copied, and none in it', async () => {
    const { root } = await tempWorkspace({
      'base.json': '{}',
      'node_modules/hoisted/index.js': '',
      'node_modules/@scope/pkg/index.js': '',
      'mid/own.json': '{}',
      'mid/node_modules/near/index.js': '',
      'mid/a/x': '',
    });
    const folder = path.join(root, 'mid', 'a');
    const found = (top: string) =>
      [
        '../../base.json',
        '../own.json',
        '../gone',
        '../a/x',
        'hoisted/deep',
        '@scope/pkg',
        'near',
        'gone',
      ].filter((name) => isAbove(folder, top, name));
    assert.deepEqual(found(folder), ['../../base.json', '../own.json', 'hoisted/deep', '@scope/pkg', 'near']);
    assert.deepEqual(found(path.join(root, 'mid')), ['../../base.json', 'hoisted/deep', '@scope/pkg']);
    assert.deepEqual(found(root), []);
  });
});
