// Equal calls get equal names, others get others, and all are short.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { fingerprintOf, stableJson } from '../../src/agent/fingerprint';

describe('fingerprintOf', () => {
  it('does not mind the order of keys', () => {
    assert.equal(
      fingerprintOf('a', { x: 1, y: [{ b: 1, c: 2 }] }),
      fingerprintOf('a', { y: [{ c: 2, b: 1 }], x: 1 }),
    );
  });

  it('tells tools, values and types apart', () => {
    const calls: [string, unknown][] = [
      ['a', {}],
      ['b', {}],
      ['a', { x: 1 }],
      ['a', { x: '1' }],
      ['a', { x: [1] }],
      ['a', { y: 1 }],
      ['a', null],
      ['a', undefined],
      ['a', 'x'.repeat(100_000)],
      ['a', `${'x'.repeat(99_999)}y`],
    ];
    const names = calls.map(([tool, input]) => fingerprintOf(tool, input));
    assert.equal(new Set(names).size, calls.length - 1, 'only null and undefined are alike');
  });

  it('is short enough for the protocol', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 500 }),
        fc.jsonValue(),
        (tool, input) => fingerprintOf(tool, input).length <= 200,
      ),
    );
  });

  it('differs wherever the input does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        assert.equal(
          fingerprintOf('a', one) === fingerprintOf('a', other),
          stableJson(one) === stableJson(other),
        );
      }),
    );
  });
});
