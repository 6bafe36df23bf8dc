// Which values a file's content holds, in which forms, and how far it is looked through.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { HeldValues } from '../../../src/core/guardrails/heldValues';
import { atOnce } from '../../../src/core/shared/steps';

const key = 'sk-prod-4711-abcdefgh/ijkl';
const phrase = 'correct horse 9';

function heldIn(text: string): readonly string[] {
  const values = new HeldValues();
  values.add(key);
  values.add(phrase);
  return [...atOnce(values.in(text))];
}

const packed = Buffer.from(`A=1\nSECRET=${key}\n`).toString('base64');

const holding = {
  'as it is': `SECRET=${key}\n`,
  'within code': `const key = "${key}";`,
  'in base64, with what stands beside it': packed,
  'in base64 that is broken into lines': packed.replace(/.{10}/g, '$&\n'),
  'in hex': Buffer.from(key).toString('hex'),
  'in an address': `https://example.com/?q=${encodeURIComponent(key)}`,
  'where steps meet': `${'a'.repeat(64 * 1024 - 5)}${key}`,
  'behind a long text': 'line of text\n'.repeat(200_000) + key,
};
const open = {
  nothing: '',
  'a part of it': key.slice(0, -1),
  'other letters': key.toUpperCase(),
  'the same letters in words': 'sk prod 4711 abcdefgh ijkl',
};

describe('held values', () => {
  for (const [what, text] of Object.entries(holding))
    it(`are found ${what}`, () => assert.deepEqual(heldIn(text), [key]));
  for (const [what, text] of Object.entries(open))
    it(`are not seen in ${what}`, () => assert.deepEqual(heldIn(text), []));
  it('may have white space in them', () => assert.deepEqual(heldIn(`say ${phrase}!`), [phrase]));
  it('are told each by itself', () => assert.deepEqual(heldIn(`${phrase}, ${key}`), [phrase, key]));
  it('are looked for in steps that others can come between', () => {
    const values = new HeldValues();
    values.add(key);
    const steps = [...values.in('a'.repeat(1_000_000))];
    assert.ok(steps.length > 10);
  });
});
