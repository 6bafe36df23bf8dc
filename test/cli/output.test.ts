// What the command line prints for programs: every event once, in order, its texts in whole.
import { strict as assert } from 'node:assert';
import { createJsonPrinter } from '../../src/cli/output';
import type { Event } from '../../src/core/events/event';
import { emptySnapshot } from '../../src/core/events/snapshot';
import type { KeptText } from '../../src/core/shared/longText';
import { specOf } from '../support/history';

const kept = (hash: string): KeptText => ({ excerpt: `${hash} …`, hash, chars: 5_000 });
const failed = (seq: number, reason: string | KeptText): Event => ({
  type: 'feature.failed',
  featureId: seq,
  reason,
  seq,
  at: 0,
});

describe('events for programs', () => {
  const reasons = (lines: readonly string[]) => lines.map((line) => JSON.parse(line).reason);

  it('hold their texts in whole, in the order they happened', async () => {
    const lines: string[] = [];
    const printer = createJsonPrinter(
      emptySnapshot,
      (line) => lines.push(line),
      async ({ hash }) => `all of ${hash}`,
    );
    printer.show([failed(1, 'short'), failed(2, kept('a')), failed(3, 'short too')]);
    assert.deepEqual(reasons(lines), ['short']);
    printer.show([failed(3, 'told before'), failed(4, 'after')]);
    await printer.settled();
    assert.deepEqual(reasons(lines), ['short', 'all of a', 'short too', 'after']);
  });

  it('hold the ends of a text that cannot be had, and of those of the backlog', async () => {
    const lines: string[] = [];
    const gone = () => Promise.reject(new Error('gone'));
    const printer = createJsonPrinter(emptySnapshot, (line) => lines.push(line), gone);
    const spec = specOf('A', { description: kept('b') });
    printer.show([failed(1, kept('a')), { type: 'feature.added', featureId: 2, spec, seq: 2, at: 0 }]);
    await printer.settled();
    assert.deepEqual(reasons(lines)[0], 'a …');
    assert.equal(JSON.parse(lines[1] ?? '').spec.description, 'b …');
  });
});
