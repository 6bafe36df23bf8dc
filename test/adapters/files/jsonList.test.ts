// A long list read in parts is what it is read at once, mistakes and all.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { parseJsonList } from '../../../src/adapters/files/jsonList';
import { parseJsonText } from '../../../src/adapters/files/jsonText';
import { atOnce } from '../../../src/core/shared/steps';

const piece = fc.constantFrom(
  '[',
  ']',
  '{',
  '}',
  ',',
  ':',
  ' ',
  '\n',
  '"a"',
  '"b": 1',
  '"',
  '// x\n',
  '// x',
  '/* , ] */',
  '/',
  '1',
  'null',
  '{ "a": [1, 2], "b": "],[" }',
  '{"a":1,"a":2}',
  '[[]]',
  '"\\""',
  '"a\nb"',
  '\ufeff',
  ',,',
);
const told = (text: string, most: number) => atOnce(parseJsonList('f.json', text, most));

describe('a list that is read in parts', () => {
  it('comes to what it comes to at once, however it is cut', () => {
    let lists = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.integer({ min: 0, max: 9 }), (pieces, most) => {
        for (const text of [pieces.join(''), `[${pieces.join(',')}]`, `[${pieces.join(', ')} ,] // end`]) {
          const whole = parseJsonText('f.json', text);
          assert.deepEqual(told(text, most), whole, text);
          if (whole.kind === 'parsed') lists++;
        }
      }),
      { numRuns: 2_000 },
    );
    assert.ok(lists > 300, `${lists} could be read`);
  });

  it('takes a step for every so many characters of it', () => {
    const text = JSON.stringify(Array.from({ length: 1_000 }, (_, k) => ({ name: `Feature ${k}` })));
    const steps = [...parseJsonList('f.json', text, 1_000)].length;
    assert.ok(steps > text.length / 1_200 && steps < text.length / 900, `${steps} of ${text.length}`);
  });
});
