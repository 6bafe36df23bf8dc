// When a file may be taken for unchanged without reading it.
import { strict as assert } from 'node:assert';
import { isSameFile, isSameSource, type Stamp, settled } from '../../../src/adapters/files/slotEntries';

const stamp: Stamp = { size: 3, mtimeMs: 1000, ctimeMs: 2000, ino: 7, mode: 0o644, unsettled: false };

describe('slotEntries', () => {
  it('takes a settled stamp that is the same for the same file', () =>
    assert.ok(isSameFile(stamp, { ...stamp })));

  const changes: Partial<Stamp>[] = [
    { size: 4 },
    { mtimeMs: 1001 },
    { ctimeMs: 2001 },
    { ino: 8 },
    { mode: 0o755 },
  ];
  for (const change of changes) {
    it(`does not when ${Object.keys(change)} differs`, () =>
      assert.ok(!isSameFile(stamp, { ...stamp, ...change })));
  }

  it('trusts no stamp taken within a tick of the change, but one looked at later', () => {
    const young = { ...stamp, unsettled: true };
    assert.ok(!isSameFile(young, young));
    assert.ok(!isSameFile(settled(young, stamp.ctimeMs + 10), stamp));
    assert.ok(isSameFile(settled(young, stamp.ctimeMs + 1000), stamp));
  });

  it("tells kept content by hash and mode, and never takes it for the workspace's", () => {
    const kept = { kind: 'kept', hash: 'a', mode: 0o644 } as const;
    assert.ok(isSameSource(kept, { ...kept }));
    assert.ok(!isSameSource(kept, { ...kept, hash: 'b' }));
    assert.ok(!isSameSource(kept, { ...kept, mode: 0o755 }));
    assert.ok(!isSameSource(kept, { kind: 'workspace', stamp }));
    assert.ok(isSameSource({ kind: 'workspace', stamp }, { kind: 'workspace', stamp }));
  });
});
