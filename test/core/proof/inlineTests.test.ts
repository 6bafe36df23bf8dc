// A source whose tests alone are put back: where they go between the lines of its code.
import assert from 'node:assert/strict';
import { withTestsOf } from '../../../src/core/proof/inlineTests';

describe('the tests of a source as they were, beside its code as it is', () => {
  const check = (path: string, before: string, after: string, wanted: string) =>
    assert.equal(withTestsOf(path, before, after), wanted);

  it('stand where they stood, for an example belongs to what it is written in', () => {
    const text = (answer: string, value: string, more = '') =>
      `def one():\n    """One.\n${more}\n    >>> one()\n    ${answer}\n\n    So it is.\n    """\n    return ${value}\n`;
    check('a.py', text('1', '0'), text('0', '2'), text('1', '2'));
    check('a.py', text('1', '0'), text('0', '2', '    And more.\n'), text('1', '2', '    And more.\n'));
  });

  it('come back where they were taken away, and go where they are new', () => {
    const code = (value: string) => `pub fn one() -> i32 { ${value} }\n`;
    const test = (value: string) => `#[test]\nfn t() { assert_eq!(one(), ${value}); }\n`;
    const before = code('0') + test('1');
    check('a.rs', before, code('2'), code('2') + test('1'));
    check('a.rs', before, test('2') + code('2'), code('2') + test('1'));
  });

  it('are found behind code that was written anew', () => {
    const test = 'if __name__ == "__main__":\n    import doctest\n    doctest.testmod()';
    check('a.py', `a = 1\nb = 2\n${test}\nc = 3\n`, 'x = 1\nc = 3\n', `x = 1\n${test}\nc = 3\n`);
    check('a.py', `a = 1\n${test}\n`, 'x = 1\ny = 2\n', `x = 1\ny = 2\n${test}\n`);
  });
});
