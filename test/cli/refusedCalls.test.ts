// What is said below a failed attempt of the calls that were refused to its agent.
import { strict as assert } from 'node:assert';
import { RefusedCalls } from '../../src/cli/refusedCalls';
import type { Event } from '../../src/core/events/event';

const attempt = { featureId: 1, slot: 1, attempt: 1, fence: 1, seq: 1, at: 0 };
const used = (more: Partial<Extract<Event, { type: 'tool.used' }>> = {}): Event => ({
  type: 'tool.used',
  tool: 'write_file',
  target: 'a.txt',
  ok: false,
  durationMs: 1,
  summary: 'You have not read it.',
  ...attempt,
  ...more,
});
const retried: Event = { type: 'feature.retried', by: 'policy', reason: 'The check failed.', ...attempt };
const line = '   refused: write_file a.txt: You have not read it.';

describe('refused calls', () => {
  const cases: readonly (readonly [string, readonly Event[], readonly string[]])[] = [
    ['are told', [used(), retried], [line]],
    ['without what it was about', [used({ target: undefined }), retried], [line.replace(' a.txt', '')]],
    [
      'are counted from the fourth on',
      [used(), used(), used(), used(), used(), retried],
      [line, line, line, '   and 2 more'],
    ],
    ['are told once', [used(), retried, retried], [line]],
    ['are another feature’s own', [used({ featureId: 2 }), retried], []],
    ['are none where a call went well', [used({ ok: true }), retried], []],
    ['are none where a command failed', [used({ tool: 'run_command' }), retried], []],
    [
      'are one line, whatever they say',
      [used({ summary: 'No.\nNever.' }), retried],
      ['   refused: write_file a.txt: No. Never.'],
    ],
  ];
  for (const [fact, events, told] of cases)
    it(fact, () => {
      const calls = new RefusedCalls();
      assert.deepEqual(
        events.flatMap((event) => calls.take(event)),
        told,
      );
    });
});
