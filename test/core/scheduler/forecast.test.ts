// Forecasts of small backlogs, every figure worked out by hand, and how they are told.
import { strict as assert } from 'node:assert';
import type { Feature } from '../../../src/core/features/feature';
import { describeForecast } from '../../../src/core/scheduler/describeForecast';
import { estimatesFrom } from '../../../src/core/scheduler/estimates';
import { type Forecast, forecast } from '../../../src/core/scheduler/forecast';
import { duration } from '../../../src/core/shared/duration';
import { featureIn } from '../sampleFeatures';

const estimates = estimatesFrom([], {});
const open = (id: number, estimate: number, part: object = {}) =>
  featureIn('pending', id, { estimate, ...part });
const told = ({ features, expected, bound, heldBackBy, plan }: Forecast) => {
  const by =
    heldBackBy.kind === 'chain'
      ? heldBackBy.names.join(' ')
      : heldBackBy.kind === 'file'
        ? heldBackBy.path
        : heldBackBy.kind === 'resource'
          ? heldBackBy.resource
          : 'work';
  return [features, expected, plan.finish, bound, by];
};

describe('forecast', () => {
  const cases: [what: string, features: Feature[], agents: number, told: (string | number)[]][] = [
    ['nothing', [], 3, [0, 0, 0, 0, 'work']],
    ['equal features', Array.from({ length: 15 }, (_, k) => open(k + 1, 1)), 3, [15, 5, 5, 5, 'work']],
    ['a chain', [open(1, 8), open(2, 12, { dependsOn: ['F1'] }), open(3, 5)], 3, [3, 20, 20, 20, 'F1 F2']],
    ['one long feature', [open(1, 30), open(2, 5)], 2, [2, 30, 30, 30, 'F1']],
    [
      'a file, named as it was written',
      [
        open(1, 4, { files: ['src/App.ts'] }),
        open(2, 4, { files: ['src/app.ts'] }),
        open(3, 3, { files: ['src/'] }),
      ],
      3,
      [3, 11, 11, 11, 'src/App.ts'],
    ],
    [
      'a resource, which no folder holds',
      [
        open(1, 4, { resources: ['Dev database'] }),
        open(2, 4, { resources: ['dev database', 'port 3000'], files: ['src/a.ts'] }),
        open(3, 3, { files: ['src/'] }),
      ],
      3,
      [3, 8, 8, 8, 'Dev database'],
    ],
    // The order takes the longest first and ends at 11; 6 + 4 beside 5 + 3 + 2 ends at 10.
    [
      'a better plan than the order',
      [6, 5, 4, 3, 2].map((m, k) => open(k + 1, m)),
      2,
      [5, 11, 10, 10, 'work'],
    ],
    [
      'what passes as done',
      [featureIn('passing', 1), open(2, 7, { dependsOn: ['F1'] })],
      1,
      [1, 7, 7, 7, 'work'],
    ],
    [
      'nothing that cannot be built',
      [
        featureIn('failed', 1),
        open(2, 7, { dependsOn: ['F1'] }),
        featureIn('unconfirmed', 3),
        featureIn('waiting', 4, { dependsOn: ['F3'] }),
        open(5, 2),
      ],
      1,
      [1, 2, 2, 2, 'work'],
    ],
  ];
  for (const [what, features, agents, expected] of cases) {
    it(`counts ${what}`, () => assert.deepEqual(told(forecast(features, agents, estimates)), expected));
  }

  it('never expects less than is possible, nor plans for more than is expected', () => {
    const many = Array.from({ length: 120 }, (_, k) =>
      open(k + 1, 1 + ((k * 7) % 13), { files: [`f${k % 17}`], dependsOn: k % 3 === 2 ? [`F${k - 1}`] : [] }),
    );
    for (const agents of [1, 2, 3, 4, 5]) {
      const { bound, plan, expected } = forecast(many, agents, estimates);
      assert.ok(
        bound <= plan.finish + 1e-9 && plan.finish <= expected,
        `${bound} ${plan.finish} ${expected}`,
      );
      assert.ok(expected <= 1.25 * bound, `${expected} for ${bound}`);
    }
  });
});

describe('describeForecast', () => {
  const line = (features: Feature[], ...agents: number[]) =>
    describeForecast(agents.map((n) => forecast(features, n, estimates)));
  const chain = [
    { ...open(1, 8), spec: { ...open(1, 8).spec, name: 'auth' } },
    { ...open(2, 12), spec: { ...open(2, 12).spec, name: 'profile', dependsOn: ['auth'] } },
    ...[3, 4, 5].map((id) => open(id, 12)),
  ];
  const lines: [said: string, expected: string][] = [
    [line(chain, 3, 5), '3 agents: about 24 min; 5: 20 min, the chain auth → profile decides'],
    [line([open(1, 30)], 1), '1 agent: about 30 min'],
    [line([open(1, 90), open(2, 5)], 2), '2 agents: about 1 h 30 min, F1 alone decides'],
    [
      line([open(1, 5, { files: ['a'] }), open(2, 5, { files: ['a'] })], 2),
      '2 agents: about 10 min, a decides, which 2 features change',
    ],
    [line([featureIn('pending', 1), open(2, 10)], 1), '1 agent: about 20 min (1 of 2 durations are guesses)'],
    [line([], 3), 'Nothing is left to build'],
    [describeForecast([]), ''],
  ];
  for (const [said, expected] of lines) it(`says "${expected}"`, () => assert.equal(said, expected));

  it('shortens long chains and names, and lets nothing in them move the cursor', () => {
    const long = Array.from({ length: 7 }, (_, k) => open(k + 1, 1, { dependsOn: k > 0 ? [`F${k}`] : [] }));
    assert.match(line(long, 2), /the chain F1 → F2 → … → F6 → F7 decides$/);
    const named = { ...open(1, 9), spec: { ...open(1, 9).spec, name: `\u001b[2J${'x'.repeat(100)}` } };
    const said = line([named, open(2, 1)], 2);
    assert.ok(!said.includes('\u001b') && !said.includes('x'.repeat(41)), said);
  });

  it('tells durations as people do', () => {
    assert.deepEqual([0.1, 1.99, 2, 59.4, 60, 61, 125].map(duration), [
      '6 s',
      '119 s',
      '2 min',
      '59 min',
      '1 h',
      '1 h 1 min',
      '2 h 5 min',
    ]);
  });
});
