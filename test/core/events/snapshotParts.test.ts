// A snapshot is the same after it was taken apart for the wire and put together again.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { emptySnapshot, type Snapshot } from '../../../src/core/events/snapshot';
import { assemble, headOf, pagesOf } from '../../../src/core/events/snapshotParts';
import { plain, storyOfARun } from '../../support/history';
import { historyFrom } from '../../support/randomHistory';

const overTheWire = (snapshot: Snapshot) =>
  assemble(plain(headOf(snapshot)), plain([...pagesOf(snapshot)].flat()));

describe('a snapshot in parts', () => {
  it('is the same at the other end, at every point of a run', () => {
    for (const { snapshot } of storyOfARun().states) assert.deepEqual(overTheWire(snapshot), snapshot);
  });

  it('is the same whatever happened', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 60 }), (choices) => {
        const { snapshot } = historyFrom(choices);
        assert.deepEqual(plain(overTheWire(snapshot)), plain(snapshot));
      }),
    );
  });

  it('holds the files of the human', () => {
    const snapshot = { ...emptySnapshot, locks: { ...emptySnapshot.locks, human: ['a.ts', 'b.ts'] } };
    assert.deepEqual(overTheWire(snapshot), snapshot);
  });
});
