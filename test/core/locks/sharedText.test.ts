// A text that attempts change by turns: what each sees, what is refused, what is left when some pass and some fail.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import {
  bringTo,
  changeShared,
  isMarkedBy,
  rebased,
  type SharedText,
  settled,
  sharedText,
  textFor,
  without,
} from '../../../src/core/locks/sharedText';
import { playNumbers, playSteps } from './sharedProgram';

const nobody = new Set<number>();
const present = (shared: SharedText) => textFor(shared, nobody);

/** `1: old -> new` is an edit of attempt 1, which does not see the work of the others named in `steps`. */
function textAfter(text: string, ...steps: readonly string[]): SharedText {
  const parsed = steps.map((step) => /^(\d): (.*?) -> (.*)$/s.exec(step) ?? assert.fail(step));
  const fences = parsed.map(([, fence]) => Number(fence));
  return parsed.reduce((shared, [, by, old = '', now = '']) => {
    const hidden = new Set(fences.filter((fence) => fence !== Number(by)));
    const changed = changeShared(shared, Number(by), hidden, { old, new: now, all: false });
    assert.ok(changed.ok, `${by}: ${old}`);
    return changed.shared;
  }, sharedText(text));
}

describe('sharedText', () => {
  const rows: [
    what: string,
    text: string,
    steps: string[],
    present: string,
    without1: string,
    without2: string,
  ][] = [
    [
      'lines put in at one place stand as they came',
      'a\nz\n',
      ['1: a\n -> a\n1\n', '2: a\n -> a\n2\n'],
      'a\n1\n2\nz\n',
      'a\n2\nz\n',
      'a\n1\nz\n',
    ],
    [
      'lines put at the end too',
      'a\n',
      ['1: a\n -> a\n1\n', '2: a\n -> a\n2\n'],
      'a\n1\n2\n',
      'a\n2\n',
      'a\n1\n',
    ],
    [
      'a line behind one that another replaced',
      'a\nz\n',
      ['1: a\n -> A\n', '2: a\n -> a\n2\n'],
      'A\n2\nz\n',
      'a\n2\nz\n',
      'A\nz\n',
    ],
    [
      'a line replaced behind which another put one',
      'a\nz\n',
      ['1: a\n -> a\n1\n', '2: a -> A'],
      'A\n1\nz\n',
      'A\nz\n',
      'a\n1\nz\n',
    ],
    [
      'a line before one that another took out',
      'a\nb\n',
      ['1: b\n -> ', '2: b\n -> 2\nb\n'],
      'a\n2\n',
      'a\n2\nb\n',
      'a\n',
    ],
    ['different lines', 'a\nb\n', ['1: a -> A', '2: b -> B'], 'A\nB\n', 'a\nB\n', 'A\nb\n'],
    [
      'own lines changed again',
      'a\n',
      ['1: a -> A', '1: A -> AA', '2: a\n -> a\n2\n'],
      'AA\n2\n',
      'a\n2\n',
      'AA\n',
    ],
    ['characters of two halves', '😀\n', ['1: 😀 -> 😁', '2: 😀\n -> 😀\n2\n'], '😁\n2\n', '😀\n2\n', '😁\n'],
  ];
  for (const [what, text, steps, all, without1, without2] of rows) {
    it(`keeps apart ${what}`, () => {
      const shared = textAfter(text, ...steps);
      assert.equal(present(shared), all);
      assert.equal(present(without(shared, 1)), without1);
      assert.equal(present(without(shared, 2)), without2);
      assert.equal(present(without(without(shared, 1), 2)), text);
      assert.equal(textFor(shared, new Set([1, 2])), text);
      assert.equal(textFor(shared, new Set([1])), without1, 'what 2 sees is the text without 1');
      assert.ok(isMarkedBy(shared, 1) && !isMarkedBy(without(shared, 1), 1));
    });
  }

  it('refuses a line that another is changing, and one that stands between its own', () => {
    const first = textAfter('"version": "1.0.0"\nb\nc\n', '1: 1.0.0 -> 1.0.10', '1: b\n -> b\n1\n');
    const ask = (old: string, now: string) =>
      changeShared(first, 2, new Set([1]), { old, new: now, all: false });
    assert.deepEqual(ask('1.0.0', '1.0.20'), { ok: false, why: 'taken', by: 1 });
    assert.deepEqual(ask('b\nc\n', 'B\nC\n'), { ok: false, why: 'taken', by: 1 });
    assert.ok(ask('c', 'C').ok);
  });

  it('wants a text that stands there once, or says that all are meant', () => {
    const shared = textAfter('a\na\nb\n', '1: b -> a');
    const ask = (old: string, all = false) => changeShared(shared, 2, new Set([1]), { old, new: 'x', all });
    assert.deepEqual(ask('a'), { ok: false, why: 'notOnce', times: 2 });
    assert.deepEqual(ask('A'), { ok: false, why: 'notOnce', times: 0 });
    assert.deepEqual(ask(''), { ok: false, why: 'notOnce', times: 0 });
    const both = ask('a', true);
    assert.equal(both.ok && present(both.shared), 'x\nx\na\n', 'only what it sees');
  });

  it('takes a whole new text as a change of the lines that differ', () => {
    const shared = textAfter('a\nb\nc\n', '1: a -> A');
    const changed = bringTo(shared, 2, new Set([1]), 'a\nb\nC\n');
    assert.equal(changed.ok && present(changed.shared), 'A\nb\nC\n');
    assert.deepEqual(bringTo(shared, 2, new Set([1]), 'x\nb\nC\n'), { ok: false, why: 'taken', by: 1 });
  });

  const outside: [what: string, now: string, lost: number[], after1: string][] = [
    ['elsewhere', 'A\nb\nC!\n', [], 'a\nb\nC!\n'],
    ['a line put in behind', 'A\nnew\nb\nc\n', [], 'a\nnew\nb\nc\n'],
    ['the very line', 'AA\nb\nc\n', [1], 'AA\nb\nc\n'],
    ['everything', 'x\n', [1], 'x\n'],
    ['nothing', 'A\nb\nc\n', [], 'a\nb\nc\n'],
  ];
  for (const [what, now, lost, after1] of outside) {
    it(`follows a person who changed ${what}`, () => {
      const shared = rebased(textAfter('a\nb\nc\n', '1: a -> A'), now);
      assert.equal(present(shared), now);
      assert.deepEqual(shared.lost, lost);
      assert.equal(present(without(shared, 1)), after1);
    });
  }

  it('leaves together what a person took apart: never half of one change', () => {
    const shared = rebased(textAfter('a\nz\n', '1: a\n -> 1\n2\n'), '2\nz\n');
    assert.equal(present(without(shared, 1)), '2\nz\n');
    assert.deepEqual(shared.lost, [1]);
  });

  it('is after any program what the attempts that passed would have made of it alone', () => {
    const total = { edited: 0, taken: 0, passed: 0, failed: 0 };
    fc.assert(
      fc.property(fc.array(fc.noBias(fc.nat(2 ** 30)), { minLength: 10, maxLength: 80 }), (choices) => {
        const { played, steps } = playNumbers(choices);
        const alone = playSteps(steps, played.passed);
        assert.equal(played.text, alone.text);
        for (const kind of ['edited', 'taken', 'passed', 'failed'] as const) total[kind] += played.seen[kind];
      }),
      { numRuns: 300 },
    );
    for (const [kind, times] of Object.entries(total)) assert.ok(times > 100, `${kind}: ${times} times only`);
  });

  it('is what a person makes of it, and undone without a part of anything, whatever they do', () => {
    const lines = fc.array(fc.constantFrom('line 1', 'line 2', 'x', 'X', '2', 'new'), { maxLength: 8 });
    fc.assert(
      fc.property(lines, (now) => {
        const text = now.map((line) => `${line}\n`).join('');
        const shared = rebased(
          textAfter('line 1\nline 2\nx\n', '1: x -> X', '2: line 1\n -> line 1\n2\n'),
          text,
        );
        assert.equal(present(shared), text);
        assert.equal(present(settled(shared, nobody)), text, 'all belongs once all have passed');
        for (const fence of [1, 2]) assert.ok(!isMarkedBy(without(shared, fence), fence));
      }),
    );
  });
});
