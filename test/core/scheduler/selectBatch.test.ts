// How free slots are filled: the best first, no file twice, those with busy files passed over and named.

import { strict as assert } from 'node:assert';
import { declaredScopes, type Feature } from '../../../src/core/features/feature';
import { lockName } from '../../../src/core/locks/lockScope';
import { grant, noLocks, queue, setHuman } from '../../../src/core/locks/lockTable';
import { type Batch, selectBatch } from '../../../src/core/scheduler/selectBatch';
import { featureIn } from '../sampleFeatures';
import { boardOf } from './boardOf';

const pick = (ready: readonly Feature[], slots: readonly number[], locks = noLocks) =>
  selectBatch(boardOf(ready), { mayStart: () => true }, locks, slots, { startedAt: 0 });
const chosen = (batch: Batch) => batch.chosen.map((c) => `${c.slot}:${c.featureId}`).join(' ');
const passed = (batch: Batch) =>
  batch.passedOver.map((p) => `${p.featureId} for ${lockName(p.blocker)}`).join(', ');
const using = (id: number, ...files: string[]) => featureIn('pending', id, { files });
const holder = { fence: 9, slot: 3, featureId: 99, since: 0 };

describe('selectBatch', () => {
  it('fills the lowest slots with the best features', () => {
    const ready = [
      featureIn('pending', 1),
      featureIn('pending', 2, { priority: 1 }),
      featureIn('pending', 3),
    ];
    assert.equal(chosen(pick(ready, [4, 2])), '2:2 4:1');
  });

  it('takes a resource for itself alone, and for no file or folder of the same name', () => {
    const needing = (id: number, resources: string[], files: string[] = []) =>
      featureIn('pending', id, { resources, files });
    const ready = [
      needing(1, ['src']),
      needing(2, [], ['src/']),
      needing(3, ['port', 'SRC']),
      needing(4, ['port']),
    ];
    const batch = pick(ready, [1, 2, 3, 4]);
    assert.equal(chosen(batch), '1:3 2:2', 'who holds up most comes first');
    assert.equal(passed(batch), '1 for "SRC", 4 for "port"');
  });

  it('has nothing to do without slots or features', () => {
    assert.deepEqual(pick([using(1)], []), { chosen: [], passedOver: [] });
    assert.deepEqual(pick([], [1]), { chosen: [], passedOver: [] });
  });

  const shared: [what: string, files: string[][], chosen: string, passed: string][] = [
    ['a file', [['a'], ['a'], ['b']], '1:1 2:3', '2 for a'],
    ['a file in another case', [['a'], ['A']], '1:1', '2 for a'],
    ['a file in a folder', [['src/'], ['src/x']], '1:1', '2 for src'],
    ['a folder around a file', [['src/x'], ['src/**']], '1:1', '2 for src/x'],
    [
      'one of several files',
      [
        ['a', 'b'],
        ['c', 'b'],
      ],
      '1:1',
      '2 for b',
    ],
    ['nothing', [['a'], ['b'], []], '1:1 2:2 3:3', ''],
  ];
  for (const [what, files, taken, over] of shared) {
    it(`never lets two of a batch share ${what}`, () => {
      const ready = files.map((list, k) => featureIn('pending', k + 1, { files: list, priority: k + 1 }));
      const batch = pick(ready, [1, 2, 3]);
      assert.equal(chosen(batch), taken);
      assert.equal(passed(batch), over);
    });
  }

  it('passes over what others hold, await or edit', () => {
    const held = grant(noLocks, { ...holder, scope: { kind: 'file', path: 'a' } });
    const locks = setHuman(queue(held, { ...holder, fence: 10, scope: { kind: 'file', path: 'b' } }), ['c']);
    const batch = pick([using(1, 'a'), using(2, 'b'), using(3, 'c'), using(4, 'd')], [1, 2], locks);
    assert.equal(chosen(batch), '1:4');
    assert.equal(passed(batch), '1 for a, 2 for b, 3 for c');
  });

  it('locks with the claim all that the feature declares', () => {
    const feature = using(1, 'src/a.ts', 'docs/**');
    assert.deepEqual(pick([feature], [1]).chosen[0]?.scopes, declaredScopes(feature));
  });

  it('leaves the locks as they were', () => {
    const locks = grant(noLocks, { ...holder, scope: { kind: 'file', path: 'z' } });
    const copy = structuredClone(locks);
    pick([using(1, 'a'), using(2, 'b')], [1, 2], locks);
    assert.deepEqual(locks, copy);
  });
});
