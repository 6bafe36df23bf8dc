// Exact-text edits: what they make of a text, and how they say no.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { applyEdits } from '../../../src/agent/tools/applyEdits';

const one = (old: string, next: string, all = false) => ({ old, new: next, all });

const source = `function greet(name) {
  const text = 'Hello ' + name;
  return text;
}

function part() {
  return 'Bye';
}
`;

describe('applyEdits', () => {
  const good: [text: string, edits: ReturnType<typeof one>[], expected: string][] = [
    ['abc', [one('b', 'x')], 'axc'],
    ['abc', [one('b', '')], 'ac'],
    ['a b a', [one('a', 'x', true)], 'x b x'],
    ['abc', [one('b', 'x'), one('xc', 'y')], 'ay'],
    ['abc', [one('b', "$& $1 $' $$")], "a$& $1 $' $$c"],
    ['aaa', [one('aa', 'b', true)], 'ba'],
  ];
  for (const [text, edits, expected] of good) {
    it(`${JSON.stringify(text)} by ${JSON.stringify(edits)}`, () => {
      assert.deepEqual(applyEdits(text, edits), { ok: true, value: expected });
    });
  }

  const no = 'The edit was not made, and nothing was changed:';
  const bad: [what: string, text: string, edits: ReturnType<typeof one>[], message: string][] = [
    ['an empty text', 'abc', [one('', 'x')], `${no} "old" is empty. Use write_file to write a whole file.`],
    ['no change', 'abc', [one('b', 'b')], `${no} "old" and "new" are the same.`],
    [
      'a text that is there twice',
      'a\nb\na\n',
      [one('a', 'x')],
      `${no} "old" is there 2 times (lines 1, 3). Take in more lines around it, or set "all".`,
    ],
    [
      'the second of two edits',
      'abc',
      [one('a', 'x'), one('a', 'y')],
      'Edit 2 of 2 was not made, and nothing was changed: "old" is not in the file. No line of it is like a line of the file; read the file again.',
    ],
    [
      'a text that overlaps with itself',
      'aaa',
      [one('aa', 'b')],
      `${no} "old" is there 2 times (lines 1, 1). Take in more lines around it, or set "all".`,
    ],
    ['anything in an empty file', '', [one('a', 'b')], `${no} "old" is not in the file. The file is empty.`],
    [
      'wrong white space, showing the right',
      source,
      [one("    const text = 'Hello ' + name;\n    return text;", 'x')],
      `${no} "old" is not in the file. The lines most like it are, exactly:\n1\tfunction greet(name) {\n2\t  const text = 'Hello ' + name;\n3\t  return text;\n4\t}`,
    ],
    [
      'a line half remembered, showing the nearest',
      source,
      [one("const text = 'Hi ' + name", 'x')],
      `${no} "old" is not in the file. The lines most like it are, exactly:\n1\tfunction greet(name) {\n2\t  const text = 'Hello ' + name;\n3\t  return text;`,
    ],
  ];
  for (const [what, text, edits, message] of bad) {
    it(`refuses ${what}`, () => {
      assert.deepEqual(applyEdits(text, edits), { ok: false, error: { code: 'badInput', message } });
    });
  }

  it('replaces exactly what is named, for any text', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '$', '&'), maxLength: 12 });
    fc.assert(
      fc.property(word, word, word, word, (before, old, after, next) => {
        const text = before + old + after;
        const result = applyEdits(text, [one(old, next)]);
        const isOnce = old !== '' && text.indexOf(old) === text.lastIndexOf(old);
        assert.equal(result.ok, isOnce && old !== next);
        if (result.ok) assert.equal(result.value, before + next + after);
      }),
    );
  });
});
