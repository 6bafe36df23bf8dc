// Names as editors, documents and keyboards write them: which are one, which only look it, and which was meant.
import { strict as assert } from 'node:assert';
import { canonicalName, differenceBetween, lookOf, meaningOf } from '../../../src/core/features/featureName';

describe('canonicalName', () => {
  it('is one for both forms of an accent', () => {
    assert.notEqual('Cafe\u0301', 'Caf\u00e9');
    assert.equal(canonicalName('Cafe\u0301'), canonicalName('Caf\u00e9'));
  });

  it('leaves apart what Unicode calls different texts', () => {
    assert.notEqual(canonicalName('x²'), canonicalName('x2'));
    assert.notEqual(canonicalName('a\u00a0b'), canonicalName('a b'));
  });
});

const alike: readonly (readonly [name: string, other: string, difference: string])[] = [
  ['a\u00a0b', 'a b', 'a no-break space (U+00A0) where that has a space (U+0020)'],
  ['a\u202fb', 'a b', 'a narrow no-break space (U+202F) where that has a space (U+0020)'],
  ['a\u2009b', 'a b', 'a mark (U+2009) where that has a space (U+0020)'],
  ['a\u200bb', 'ab', 'a zero-width space (U+200B) where that has "b" (U+0062)'],
  ['a\u00adb', 'ab', 'a soft hyphen (U+00AD) where that has "b" (U+0062)'],
  ['\ufeffab', 'ab', 'a byte order mark (U+FEFF) where that has "a" (U+0061)'],
  ['ab\u200d', 'ab', 'a zero-width joiner (U+200D) where that has nothing'],
  ['user’s', "user's", 'a typographic apostrophe (U+2019) where that has an apostrophe (U+0027)'],
  ['a–b', 'a-b', 'an en dash (U+2013) where that has a hyphen (U+002D)'],
  ['a−b', 'a-b', '"−" (U+2212) where that has a hyphen (U+002D)'],
  ['“a”', '"a"', '"“" (U+201C) where that has """ (U+0022)'],
  ['\u0430pi', 'api', '"а" (U+0430) where that has "a" (U+0061)'],
  ['a ', 'a', 'a space (U+0020) where that has nothing'],
];

describe('lookOf', () => {
  for (const [name, other, difference] of alike) {
    it(`is the same for two names that part by ${difference}`, () => {
      assert.equal(lookOf(name), lookOf(other));
      assert.notEqual(canonicalName(name), canonicalName(other));
      assert.equal(differenceBetween(name, other), difference);
    });
  }

  const apart = [
    ['a', 'b'],
    ['API', 'Api'],
    ['ab', 'a b'],
    ['x²', 'x2'],
    ['е́', 'e'],
    ['Школа', 'Shkola'],
  ] as const;
  for (const [name, other] of apart) {
    it(`is another for ${name} and ${other}`, () => assert.notEqual(lookOf(name), lookOf(other)));
  }

  it('is empty where there is nothing to see', () => {
    for (const name of ['', ' ', '\u00a0', '\u200b', '\ufeff\u2060', '\u3164', '\u2800'])
      assert.equal(lookOf(name), '');
  });
});

describe('meaningOf', () => {
  const known = ['User login', 'Café', 'Exports', 'Imports', 'Docs'];
  const cases: readonly (readonly [asked: string, meant: string | undefined])[] = [
    ['User\u00a0login', 'User login'],
    ['user login ', 'User login'],
    ['CAFE\u0301', 'Café'],
    ['User logn', 'User login'],
    ['Export', 'Exports'],
    ['Imprts', 'Imports'],
    ['Something else', undefined],
    ['Doxx', undefined],
    ['', undefined],
  ];
  for (const [asked, meant] of cases) {
    it(`takes "${asked}" for ${meant}`, () => assert.equal(meaningOf(known)(asked), meant));
  }

  it('takes the nearest of several, and the first of two that only case keeps apart', () => {
    assert.equal(meaningOf(['Parser one', 'Parser two', 'Parser ten'])('Parser tw'), 'Parser two');
    assert.equal(meaningOf(['Api', 'API'])('api'), 'Api');
  });
});
