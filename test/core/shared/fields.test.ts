// What counts as an object with fields, of values from outside.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { fieldsOf, isObject } from '../../../src/core/shared/fields';

describe('a value from outside', () => {
  it('has fields only where it is an object, and neither null nor a list', () => {
    for (const none of [undefined, null, 1, 'x', true, [], [{ a: 1 }]]) {
      assert.equal(isObject(none), false);
      assert.deepEqual(fieldsOf(none), {});
    }
    assert.equal(isObject({}), true);
    assert.deepEqual(fieldsOf({ a: 1 }), { a: 1 });
  });
});
