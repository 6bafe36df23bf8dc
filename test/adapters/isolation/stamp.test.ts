// When a file may be taken for unchanged without reading it.
import { strict as assert } from 'node:assert';
import { isSameFile, type Stamp, settled, stampOf } from '../../../src/adapters/isolation/stamp';

const stamp: Stamp = { size: 3, mtimeMs: 1000, ctimeMs: 2000, ino: 7, mode: 0o644, unsettled: false };

describe('stamp', () => {
  it('that is settled and the same is of the same file', () => assert.ok(isSameFile(stamp, { ...stamp })));

  const changes: Partial<Stamp>[] = [
    { size: 4 },
    { mtimeMs: 1001 },
    { ctimeMs: 2001 },
    { ino: 8 },
    { mode: 0o755 },
  ];
  for (const change of changes) {
    it(`is of another when ${Object.keys(change)} differs`, () =>
      assert.ok(!isSameFile(stamp, { ...stamp, ...change })));
  }

  it('is not trusted when it was taken within a tick of the change, but when it is looked at later', () => {
    const young = stampOf({ ...stamp, mode: 0o100644 }, stamp.ctimeMs + 10);
    assert.deepEqual(young, { ...stamp, unsettled: true });
    assert.ok(!isSameFile(young, young));
    assert.ok(!isSameFile(settled(young, stamp.ctimeMs + 10), stamp));
    assert.ok(isSameFile(settled(young, stamp.ctimeMs + 1000), stamp));
  });
});
