// Who is offered a slot first: urgency, then the work behind it, then the busiest file, then the number.
import { strict as assert } from 'node:assert';
import type { Feature } from '../../../src/core/features/feature';
import { isOpen, orderOf } from '../../../src/core/scheduler/order';
import { featureIn } from '../sampleFeatures';

function idsInOrder(features: readonly Feature[]): readonly number[] {
  const order = orderOf(features);
  const open = features.filter(isOpen).map(({ id }) => id);
  return open.sort((a, b) => order.compare(a, b));
}

describe('the order', () => {
  const cases: [what: string, features: Feature[], order: number[]][] = [
    ['by number when all else is equal', [featureIn('pending', 2), featureIn('pending', 1)], [1, 2]],
    [
      'the urgent first, whatever is behind the others',
      [featureIn('pending', 1, { estimate: 500 }), featureIn('pending', 2, { priority: 1, estimate: 1 })],
      [2, 1],
    ],
    [
      'what blocks something urgent is as urgent, through others, too',
      [
        featureIn('pending', 1, { priority: 2 }),
        featureIn('pending', 2, { priority: 9 }),
        featureIn('waiting', 3, { priority: 9, dependsOn: ['F2'] }),
        featureIn('waiting', 4, { priority: 1, dependsOn: ['F3'], estimate: 0.1 }),
      ],
      [2, 3, 4, 1],
    ],
    [
      'the longest way to the end first',
      [
        featureIn('pending', 1, { estimate: 12 }),
        featureIn('pending', 2, { estimate: 5 }),
        featureIn('waiting', 3, { estimate: 10, dependsOn: ['F2'] }),
      ],
      [2, 1, 3],
    ],
    [
      'ten minutes where nobody guessed',
      [
        featureIn('pending', 1, { estimate: 9 }),
        featureIn('pending', 2),
        featureIn('pending', 3, { estimate: 11 }),
      ],
      [3, 2, 1],
    ],
    [
      'the busiest file first',
      [
        featureIn('pending', 2, { files: ['b'] }),
        featureIn('pending', 3, { files: ['a'] }),
        featureIn('working', 4, { files: ['a'] }),
      ],
      [3, 4, 2],
    ],
    [
      'a file is busy under any of its names',
      [
        featureIn('pending', 1, { files: ['b', 'c'] }),
        featureIn('pending', 2, { files: ['./src/a'] }),
        featureIn('pending', 3, { files: ['src/x/../A'] }),
      ],
      [2, 3, 1],
    ],
    [
      'a file named twice by one feature is no busier',
      [featureIn('pending', 1, { files: ['a'] }), featureIn('pending', 2, { files: ['b', './b', 'B'] })],
      [1, 2],
    ],
    [
      'the longer of two chains counts, be it of dependents or of a file',
      [
        featureIn('pending', 1, { files: ['b'], estimate: 12 }),
        featureIn('pending', 2, { files: ['a'], estimate: 7 }),
        featureIn('pending', 3, { files: ['a'], estimate: 7 }),
        featureIn('pending', 4, { estimate: 15 }),
      ],
      [4, 2, 3, 1],
    ],
    [
      'a folder is one file with all below it',
      [
        featureIn('pending', 1, { files: ['b'], estimate: 15 }),
        featureIn('pending', 2, { files: ['src/'] }),
        featureIn('pending', 3, { files: ['src/x'] }),
      ],
      [2, 3, 1],
    ],
    [
      'of equal chains that which more work waits for, a dependent shared among all it needs',
      [
        featureIn('pending', 1),
        featureIn('pending', 2),
        featureIn('waiting', 3, { dependsOn: ['F1', 'F2'] }),
        featureIn('waiting', 4, { dependsOn: ['F2'] }),
      ],
      [2, 1, 3, 4],
    ],
    [
      'what is done weighs nothing',
      [
        featureIn('pending', 1),
        featureIn('pending', 2),
        featureIn('passing', 3, { dependsOn: ['F2'], priority: 1 }),
        featureIn('failed', 4, { dependsOn: ['F2'] }),
        featureIn('skipped', 5, { dependsOn: ['F2'] }),
      ],
      [1, 2],
    ],
  ];
  for (const [what, features, order] of cases) {
    it(what, () => assert.deepEqual(idsInOrder(features), order));
  }

  it('tells why: priority, minutes behind it, minutes on its busiest file', () => {
    const features = [
      featureIn('pending', 1, { files: ['a'], estimate: 3 }),
      featureIn('waiting', 2, { files: ['a', 'b'], dependsOn: ['F1'], priority: 2 }),
    ];
    assert.deepEqual(
      [1, 2].map((id) => orderOf(features).rankOf(id)),
      [
        { id: 1, priority: 2, remaining: 13, busiest: 13, awaited: 23 },
        { id: 2, priority: 2, remaining: 10, busiest: 13, awaited: 13 },
      ],
    );
  });

  it('counts files that an earlier attempt learned', () => {
    const learned = { ...featureIn('pending', 2), learnedFiles: ['a'] };
    assert.deepEqual(
      idsInOrder([
        featureIn('pending', 1, { files: ['b'] }),
        learned,
        featureIn('pending', 3, { files: ['a'] }),
      ]),
      [2, 3, 1],
    );
  });
});
