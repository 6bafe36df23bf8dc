// The frames by which the guard reports.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { createFrameReader, encodeFrame, type GuardFrame } from '../../../src/adapters/process/guardFrames';

const frame = fc.oneof(
  fc.constant<GuardFrame>({ kind: 'taken' }),
  fc.string().map((message): GuardFrame => ({ kind: 'failed', message })),
  fc
    .uint8Array({ maxLength: 300 })
    .map((bytes): GuardFrame => ({ kind: 'output', bytes: Buffer.from(bytes) })),
  fc.nat().map((count): GuardFrame => ({ kind: 'skipped', count })),
  fc.constant<GuardFrame>({ kind: 'ended', exitCode: null, cause: 'timeout' }),
);

describe('guard frames', () => {
  it('are read as they were sent, however the bytes are cut', () =>
    fc.assert(
      fc.property(fc.array(frame), fc.integer({ min: 1, max: 50 }), (frames, size) => {
        const bytes = Buffer.concat(frames.map(encodeFrame));
        const got: GuardFrame[] = [];
        const read = createFrameReader((frame) => got.push(frame));
        for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size));
        assert.deepEqual(got, frames);
      }),
    ));

  const foreign: [what: string, bytes: Buffer][] = [
    ['text', Buffer.from('Debugger attached.\n')],
    ['a length beyond all bounds', Buffer.from([0x4f, 0xff, 0xff, 0xff, 0xff])],
  ];
  for (const [what, bytes] of foreign)
    it(`tell once that ${what} is no frame`, () => {
      const got: GuardFrame[] = [];
      const read = createFrameReader((frame) => got.push(frame));
      read(Buffer.concat([encodeFrame({ kind: 'taken' }), bytes]));
      read(encodeFrame({ kind: 'taken' }));
      assert.deepEqual(
        got.map(({ kind }) => kind),
        ['taken', 'failed'],
      );
    });
});
