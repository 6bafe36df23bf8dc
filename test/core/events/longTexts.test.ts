// No text of an event or a feature is left out when texts are shortened.
import { strict as assert } from 'node:assert';
import type { NewEvent } from '../../../src/core/events/event';
import { mapTexts } from '../../../src/core/events/longTexts';
import { mapFeature } from '../../../src/core/features/featureTexts';
import { featureIn, specOf } from '../sampleFeatures';

const own = { slot: 1, featureId: 1, attempt: 1, fence: 1 };
const evidence = { kind: 'check', command: 'text', exitCode: 0, outputTail: 'text', durationMs: 1 } as const;
const spec = specOf('A', { description: 'text', verify: 'text' });

/** Each with "text" wherever people, models or programs say something of any length. */
const newEvents: readonly NewEvent[] = [
  { type: 'feature.added', featureId: 1, spec },
  { type: 'feature.edited', featureId: 1, spec },
  { type: 'feature.submitted', summary: 'text', ...own },
  { type: 'feature.unconfirmed', why: 'text', ...own },
  { type: 'feature.unconfirmed', why: 'text', check: evidence, ...own },
  { type: 'feature.passed', evidence, featureId: 1 },
  { type: 'feature.passed', evidence: { kind: 'user', check: evidence }, featureId: 1 },
  { type: 'feature.failed', reason: 'text', featureId: 1 },
  { type: 'feature.retried', by: 'policy', reason: 'text', ...own },
  { type: 'feature.yielded', cause: 'lost', note: 'text', ...own },
  { type: 'agent.ended', cause: 'done', note: 'text', ...own },
  { type: 'tool.used', tool: 'read_file', ok: true, durationMs: 1, summary: 'text', ...own },
  { type: 'verify.started', command: 'text', ...own },
  { ...evidence, ...own, type: 'verify.finished', passed: true, timedOut: false },
  { type: 'throttle.changed', untilAt: null, reason: 'text' },
  { type: 'error.occurred', where: 'test', message: 'text' },
];

describe('the texts of events', () => {
  for (const newEvent of newEvents) {
    it(`of ${newEvent.type} are all found`, () => {
      const before = JSON.stringify(newEvent);
      assert.ok(before.includes('"text"'));
      const after = mapTexts(newEvent, (text) => (text === 'text' ? 'told' : assert.fail(String(text))));
      assert.equal(JSON.stringify(after), before.replaceAll('"text"', '"told"'));
    });
  }

  it('are none in an event that says nothing', () => {
    const newEvent = { type: 'feature.retried', by: 'user', featureId: 1 } as const;
    assert.deepEqual(
      mapTexts(newEvent, () => assert.fail('there is none')),
      newEvent,
    );
  });
});

describe('the texts of a feature', () => {
  const claim = { slot: 1, attempt: 1, fence: 1, claimedAt: 0 };
  const states = [
    { status: 'claimed', phase: 'unconfirmed', claim, why: 'text', check: evidence },
    { status: 'passing', evidence, at: 0 },
    { status: 'failed', reason: 'text', at: 0 },
  ] as const;
  for (const state of states) {
    it(`that is ${state.status} are all found`, () => {
      const feature = { ...featureIn('pending', 1), spec, state, lastFailure: 'text' };
      const after = mapFeature(feature, () => 'told');
      assert.equal(JSON.stringify(after), JSON.stringify(feature).replaceAll('"text"', '"told"'));
    });
  }
});
