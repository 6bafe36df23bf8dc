// Which attempts decided how long a run took, told from small runs.
import { strict as assert } from 'node:assert';
import type { Feature } from '../../../src/core/features/feature';
import { decidingChain, type FinishedAttempt } from '../../../src/core/scheduler/decidingChain';
import { featureIn } from '../sampleFeatures';

const ran = (
  featureId: number,
  slot: number,
  startMs: number,
  endMs: number,
  ...keys: string[]
): FinishedAttempt => ({
  featureId,
  slot,
  startMs,
  endMs,
  attempt: 1,
  end: 'passed',
  keys: new Set(keys),
});
const alone = (id: number) => featureIn('passing', id);
const needing = (id: number, ...needs: number[]) =>
  featureIn('passing', id, { dependsOn: needs.map((n) => `F${n}`) });

describe('decidingChain', () => {
  const cases: [what: string, features: Feature[], attempts: FinishedAttempt[], chain: string][] = [
    ['nothing', [], [], ''],
    ['one attempt', [alone(1)], [ran(1, 1, 0, 10)], '1 start'],
    [
      'a chain of dependencies',
      [alone(1), needing(2, 1), alone(3)],
      [ran(1, 1, 0, 10), ran(3, 2, 0, 12), ran(2, 1, 10, 20)],
      '1 start, 2 dependency',
    ],
    [
      'the later of two dependencies',
      [alone(1), alone(2), needing(3, 1, 2)],
      [ran(1, 1, 0, 5), ran(2, 2, 0, 9), ran(3, 1, 9, 20)],
      '2 start, 3 dependency',
    ],
    ['a file', [alone(1), alone(2)], [ran(1, 1, 0, 10, 'A'), ran(2, 2, 10, 20, 'A')], '1 start, 2 file'],
    ['a slot', [alone(1), alone(2)], [ran(1, 1, 0, 10), ran(2, 1, 10, 20)], '1 start, 2 slot'],
    ['another slot explains nothing', [alone(1), alone(2)], [ran(1, 1, 0, 10), ran(2, 2, 10, 20)], '2 start'],
    ['a retry', [alone(1)], [ran(1, 1, 0, 10), ran(1, 2, 10, 20)], '1 start, 1 retry'],
    [
      'a dependency before a slot that came free with it',
      [alone(1), needing(2, 1)],
      [ran(1, 1, 0, 10), ran(2, 1, 10, 20)],
      '1 start, 2 dependency',
    ],
    [
      'work without any time, without going round',
      [alone(1), needing(2, 1)],
      [ran(1, 1, 0, 0), ran(2, 1, 0, 0)],
      '1 start, 2 dependency',
    ],
  ];
  for (const [what, features, attempts, expected] of cases) {
    it(`tells ${what}`, () => {
      const chain = decidingChain(attempts, Object.fromEntries(features.map((f) => [f.id, f])));
      assert.equal(chain.map((link) => `${link.featureId} ${link.because}`).join(', '), expected);
      assert.deepEqual(
        chain.map((link) => link.name),
        chain.map((link) => `F${link.featureId}`),
      );
    });
  }
});
