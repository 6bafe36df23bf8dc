// The rules of the lock table through every interleaving of three agents and long random programs, and that they bite.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { LockTable } from '../../../src/core/locks/lockTable';
import { walkAll } from './interleavings';
import { LockProgram } from './lockProgram';
import { brokenLockRules } from './lockRules';
import { tableOf } from './lockTables';

describe('the rules of the lock table', () => {
  const planted: [what: string, table: LockTable, says: RegExp][] = [
    ['two holders of a file', tableOf('1:a 2:A'), /both hold/],
    ['a holder inside a held folder', tableOf('1:src/ 2:src/x'), /both hold/],
    ['a circle', tableOf('1:a 2:b', '1:b 2:a'), /waits for itself/],
    ['a lost wake-up', tableOf('', '1:a'), /which is free/],
  ];
  for (const [what, table, says] of planted) {
    it(`are seen to be broken by ${what}`, () => assert.match(brokenLockRules(table).join(), says));
  }

  it('hold through every interleaving of 3 agents that want 3 files in any order', () => {
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ];
    let states = 0;
    let yields = 0;
    for (const second of orders) {
      // The first order stands for all: the files are the same but for their names.
      for (const third of orders) {
        const walked = walkAll([[0, 1, 2], second, third]);
        states += walked.states;
        yields += walked.yields;
      }
    }
    assert.ok(states > 5_000 && yields > 100, `${states} states, ${yields} yields: too few to mean anything`);
  });

  for (const concurrent of [false, true]) {
    it(`hold through 50 random programs of 2,000 steps${concurrent ? ', agents asking while they wait' : ''}`, function () {
      this.timeout(120_000);
      const seen = { granted: 0, held: 0, wait: 0, yield: 0 };
      fc.assert(
        fc.property(fc.array(fc.noBias(fc.nat(2 ** 30)), { minLength: 2_000, maxLength: 2_000 }), (steps) => {
          const program = new LockProgram({ agents: 5, concurrent });
          for (const step of steps) program.step(step);
          program.drain();
          for (const kind of ['granted', 'held', 'wait', 'yield'] as const) seen[kind] += program.seen[kind];
        }),
        { numRuns: 50, endOnFailure: true },
      );
      for (const [kind, times] of Object.entries(seen))
        assert.ok(times > 200, `${kind} was met ${times} times only`);
    });
  }
});
