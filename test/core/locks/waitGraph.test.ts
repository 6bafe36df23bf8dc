// Circles among those who wait, found wherever they close.
import { strict as assert } from 'node:assert';
import { reaches } from '../../../src/core/locks/waitGraph';

describe('reaches', () => {
  const graphs: [
    what: string,
    edges: Record<number, number[]>,
    starts: number[],
    goal: number,
    expected: boolean,
  ][] = [
    ['nothing from nowhere', {}, [], 1, false],
    ['the goal among the starts', {}, [2, 1], 1, true],
    ['along a chain', { 2: [3], 3: [4], 4: [1] }, [2], 1, true],
    ['no further than the chain goes', { 2: [3], 3: [4] }, [2], 1, false],
    ['past a circle that the goal is not on', { 2: [3], 3: [2, 4], 4: [1] }, [2], 1, true],
    ['no end in a circle without the goal', { 2: [3], 3: [2] }, [2], 1, false],
    ['by the second of two ways', { 2: [3, 4], 4: [1] }, [2], 1, true],
    ['not against the arrows', { 1: [2] }, [2], 1, false],
  ];
  for (const [what, edges, starts, goal, expected] of graphs) {
    it(`arrives${expected ? '' : ' not'}: ${what}`, () => {
      assert.equal(
        reaches(starts, goal, (fence) => edges[fence] ?? []),
        expected,
      );
    });
  }

  it('asks each attempt once, and walks a chain of 10⁵ without recursion', () => {
    let asked = 0;
    const answer = reaches([1], -1, (fence) => {
      asked++;
      return fence < 100_000 ? [fence + 1, 1] : [];
    });
    assert.equal(answer, false);
    assert.equal(asked, 100_000);
  });
});
