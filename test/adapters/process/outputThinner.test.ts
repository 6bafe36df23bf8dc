// Output thinned to a pace: what is shown, what is counted, and that the end is always whole.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { createOutputTail, keptBytes } from '../../../src/adapters/process/outputTail';
import { OutputThinner, type Piece } from '../../../src/adapters/process/outputThinner';

const second = 256 * 1024;
const alphabet = 'abcdefghijklmnopqrstuvwxyz';

/** A clock that a test turns, and a reader that takes all it may. */
function at() {
  let now = 0;
  const thinner = new OutputThinner(() => now);
  const pieces: Piece[] = [];
  const take = () => {
    for (let piece = thinner.take(); piece; piece = thinner.take()) pieces.push(piece);
  };
  return {
    thinner,
    pieces,
    take,
    pass: (ms: number) => {
      now += ms;
      take();
    },
    shown: () => pieces.reduce((sum, { bytes }) => sum + bytes.length, 0),
    skipped: () => pieces.reduce((sum, piece) => sum + piece.skipped, 0),
  };
}

describe('the output thinner', () => {
  it('lets what is printed at a pace to be looked at through at once', () => {
    const { thinner, pieces, take } = at();
    for (const text of ['ready ', '', 'x'.repeat(1000)]) {
      thinner.push(Buffer.from(text));
      take();
    }
    assert.deepEqual(
      pieces.map(({ skipped, bytes }) => [skipped, bytes.length]),
      [
        [0, 6],
        [0, 1000],
      ],
    );
    assert.equal(thinner.waitMs(), undefined);
  });

  it('shows a flood four times a second, with the count of what was left out', () => {
    const world = at();
    const flood = Buffer.alloc(10 * 1024 * 1024, 'x');
    for (let quarter = 0; quarter < 40; quarter++) {
      world.thinner.push(flood);
      world.take();
      assert.ok((world.thinner.waitMs() ?? 0) <= 250);
      world.pass(250);
    }
    assert.ok(world.shown() <= second + 10 * second, `${world.shown()} bytes in 10 s`);
    assert.ok(world.shown() >= 10 * second, `${world.shown()} bytes in 10 s`);
    assert.ok(world.pieces.length <= 45, `${world.pieces.length} pieces`);
    assert.equal(world.shown() + world.skipped(), 40 * flood.length);
  });

  it('waits no longer than it must', () => {
    const { thinner, pass, shown } = at();
    for (const size of [second / 2, second / 2, 10]) {
      thinner.push(Buffer.alloc(Math.min(size, keptBytes)));
      pass(0);
    }
    for (let round = 0; round < 10; round++) {
      thinner.push(Buffer.alloc(keptBytes));
      pass(0);
    }
    const before = shown();
    const waitMs = thinner.waitMs();
    assert.ok(waitMs !== undefined && waitMs > 0);
    pass(waitMs - 1);
    assert.equal(shown(), before);
    pass(1);
    assert.ok(shown() > before);
  });

  it('keeps the end as the whole would have been kept, whoever reads at whatever pace', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ size: fc.integer({ min: 0, max: 200_000 }), ms: fc.nat(600), reads: fc.boolean() }),
          {
            maxLength: 20,
          },
        ),
        (steps) => {
          let now = 0;
          let printed = 0;
          const thinner = new OutputThinner(() => now);
          const whole = createOutputTail();
          const thinned = createOutputTail();
          const show = (piece: Piece | undefined) => {
            if (!piece) return false;
            if (piece.skipped > 0) thinned.skip(piece.skipped);
            thinned.push(piece.bytes);
            return true;
          };
          for (const { size, ms, reads } of steps) {
            const bytes = Buffer.alloc(size, alphabet.slice(printed % 26) + alphabet.slice(0, printed % 26));
            printed += size;
            whole.push(bytes);
            thinner.push(bytes);
            now += ms;
            while (reads && show(thinner.take()));
          }
          while (show(thinner.takeRest()));
          assert.equal(thinned.text(), whole.text());
          assert.equal(thinned.totalBytes(), printed);
        },
      ),
      { numRuns: 50 },
    ));
});
