// The index of places meets exactly what the lock paths say overlaps.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { type LockScope, overlaps } from '../../../src/core/locks/lockScope';
import { firstBlocker, grant, noLocks, queue, setHuman } from '../../../src/core/locks/lockTable';
import { blockersIn, exclusiveKeys, keyedScopeOf, ScopeIndex } from '../../../src/core/scheduler/keyedScopes';

const paths = ['a', 'A', 'ab', 'src', 'src/a', 'SRC/A', 'src/a/b', 'src-a', 'src0', 'straße', 'STRASSE/x'];
const scopes: fc.Arbitrary<LockScope> = fc.oneof(
  fc.constantFrom(...paths).map((path) => ({ kind: 'file', path }) as const),
  fc.constantFrom(...paths, '').map((path) => ({ kind: 'folder', path }) as const),
  fc
    .constantFrom(...paths, 'port 3000', 'Port 3000', ':A')
    .map((resource) => ({ kind: 'resource', resource }) as const),
);

describe('PlaceIndex', () => {
  it('meets what overlaps, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(scopes, { maxLength: 8 }), scopes, (there, asked) => {
        const index = new ScopeIndex<number>();
        for (const [k, scope] of there.entries()) index.add(keyedScopeOf(scope), k);
        const expected = there.flatMap((scope, k) => (overlaps(scope, asked) ? [k] : []));
        assert.deepEqual(
          [...index.meeting([keyedScopeOf(asked)])].sort((a, b) => a - b),
          expected,
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('blockersIn', () => {
  it('finds a file busy exactly when the lock table does', () => {
    fc.assert(
      fc.property(
        fc.array(scopes, { maxLength: 5 }),
        fc.constantFrom(...paths),
        fc.array(scopes, { maxLength: 3 }),
        (held, human, asked) => {
          const by = { fence: 1, slot: 1, featureId: 1, since: 0 };
          const locks = held.slice(1).reduce((table, scope) => grant(table, { ...by, scope }), noLocks);
          const table = setHuman(held[0] ? queue(locks, { ...by, scope: held[0] }) : locks, [human]);
          const isBusy = blockersIn(table).meeting(asked.map(keyedScopeOf)).length > 0;
          assert.equal(isBusy, firstBlocker(table, asked) !== undefined);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('exclusiveKeys', () => {
  it('gives two a key in common exactly when one of their places overlaps', () => {
    fc.assert(
      fc.property(fc.array(fc.array(scopes, { maxLength: 3 }), { maxLength: 5 }), (lists) => {
        const keys = exclusiveKeys(lists.map((list) => list.map(keyedScopeOf)));
        lists.forEach((one, a) => {
          lists.forEach((other, b) => {
            if (a === b) return;
            const meet = one.some((x) => other.some((y) => overlaps(x, y)));
            assert.equal(
              keys[a]?.some((key) => keys[b]?.includes(key)),
              meet,
              JSON.stringify([one, other]),
            );
          });
        });
      }),
      { numRuns: 500 },
    );
  });
});

describe('exclusiveKeys of very many', () => {
  const listsOf = (folders: number, files: number) => [
    ...Array.from({ length: folders }, () => [keyedScopeOf({ kind: 'folder', path: 'src' })]),
    ...Array.from({ length: files }, (_, k) => [keyedScopeOf({ kind: 'file', path: `src/f${k}` })]),
  ];
  const count = (lists: ReturnType<typeof listsOf>) =>
    exclusiveKeys(lists).reduce((sum, keys) => sum + keys.length, 0);

  it('are no more than there is room for, whatever folders they name', () => {
    assert.ok(count(listsOf(5_000, 5_000)) < 2 ** 20 + 20_000);
    assert.equal(count(listsOf(5_000, 5_000)), 10_000, 'each its own');
  });

  it('are all there are where there is room', () => {
    assert.equal(count(listsOf(200, 5_000)), 200 * 5_001 + 5_000);
  });
});
