// Which texts of events may be long: one walk over an event's, for shortening and for telling.
import { type ChangeText, mapEvidence, mapProof, mapSpec } from '../features/featureTexts';
import type { NewEvent } from './event';

/** The same happening with each of its texts changed. */
export function mapTexts<H extends NewEvent>(newEvent: H, change: ChangeText): H {
  return { ...newEvent, ...changedTexts(newEvent, change) };
}

function changedTexts(newEvent: NewEvent, change: ChangeText): Partial<Record<string, unknown>> {
  switch (newEvent.type) {
    case 'feature.added':
    case 'feature.edited':
      return { spec: mapSpec(newEvent.spec, change) };
    case 'feature.submitted':
    case 'tool.used':
      return { summary: change(newEvent.summary) };
    case 'feature.unconfirmed':
      return {
        why: change(newEvent.why),
        ...(newEvent.check && { check: mapProof(newEvent.check, change) }),
      };
    case 'feature.passed':
      return { evidence: mapEvidence(newEvent.evidence, change) };
    case 'feature.returned':
      return { why: change(newEvent.why) };
    case 'feature.failed':
    case 'throttle.changed':
      return { reason: change(newEvent.reason) };
    case 'feature.retried':
      return newEvent.by === 'policy' ? { reason: change(newEvent.reason) } : {};
    case 'feature.regressed':
      return newEvent.by === 'check' ? { reason: change(newEvent.reason) } : {};
    case 'feature.yielded':
    case 'agent.ended':
      return { note: change(newEvent.note) };
    case 'verify.started':
      return { command: change(newEvent.command) };
    case 'verify.finished':
      return { command: change(newEvent.command), outputTail: change(newEvent.outputTail) };
    case 'error.occurred':
      return { message: change(newEvent.message) };
    case 'feature.removed':
    case 'feature.held':
    case 'feature.freed':
    case 'feature.claimed':
    case 'feature.skipped':
    case 'feature.unskipped':
    case 'agent.started':
    case 'agent.progress':
    case 'model.called':
    case 'verify.awaited':
    case 'limit.reached':
    case 'lock.granted':
    case 'lock.waiting':
    case 'lock.conflicted':
    case 'lock.released':
    case 'file.changed':
    case 'file.published':
    case 'file.conflicted':
    case 'file.denied':
    case 'copy.incomplete':
    case 'agent.prompted':
    case 'artifact.stored':
    case 'breaker.opened':
    case 'breaker.rescheduled':
    case 'breaker.closed':
    case 'run.started':
    case 'run.configured':
    case 'run.paused':
    case 'run.resumed':
    case 'run.finished':
    case 'owner.changed':
    case 'recovery.done':
      return {};
    default:
      return newEvent satisfies never;
  }
}
