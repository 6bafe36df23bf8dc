// A backlog whose features wait for each other is refused with the circle by name.
import { strict as assert } from 'node:assert';
import { parseBacklog } from '../../../src/core/features/featureList';
import { cycleProblem } from '../../../src/core/graph/backlogGraph';
import { atOnce } from '../../../src/core/shared/steps';
import { withinCpu } from '../../support/cpuTime';
import { specOf } from '../sampleFeatures';

describe('cycleProblem', () => {
  it('is none for a diamond', () => {
    const needs: [string, string[]][] = [
      ['A', []],
      ['B', ['A']],
      ['C', ['A']],
      ['D', ['B', 'C']],
    ];
    assert.equal(
      atOnce(cycleProblem(needs.map(([name, dependsOn]) => specOf(name, { dependsOn })))),
      undefined,
    );
  });

  it('sits at an entry of the circle and tells its path', () => {
    const document = [
      { name: 'A', depends_on: ['B'] },
      { name: 'B', depends_on: ['C'] },
      { name: 'C', depends_on: [4] },
      { name: 'D', depends_on: ['B'] },
    ];
    const parsed = atOnce(parseBacklog(document));
    assert.ok(parsed.ok);
    assert.deepEqual(atOnce(cycleProblem(parsed.specs)), {
      path: [1, 'depends_on'],
      message: 'These features wait for each other: "B" → "C" → "D" → "B". Take one of the dependencies out.',
    });
  });

  it('stays readable for a circle of 10⁵, and shows names without control characters', () => {
    const names = Array.from({ length: 100_000 }, (_, k) => `F${k}\u001b[2J`);
    const specs = names.map((name, k) => specOf(name, { dependsOn: [names.at(k - 1) as string] }));
    const problem = withinCpu(3_000, () => atOnce(cycleProblem(specs)));
    assert.ok(problem && problem.message.length < 1_000, `${problem?.message.length} characters`);
    assert.match(problem.message, /"F0 \[2J" → .* → … 99991 more … → .* → "F0 \[2J"/);
    assert.ok(!problem.message.includes('\u001b'));
  });
});
