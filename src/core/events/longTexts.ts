// Which texts of events may be long: one walk over an event's, for shortening and for telling.
import { type ChangeText, mapEvidence, mapProof, mapSpec } from '../features/featureTexts';
import type { Happening } from './event';

/** The same happening with each of its texts changed. */
export function mapTexts<H extends Happening>(happening: H, change: ChangeText): H {
  return { ...happening, ...changedTexts(happening, change) };
}

function changedTexts(happening: Happening, change: ChangeText): Partial<Record<string, unknown>> {
  switch (happening.type) {
    case 'feature.added':
    case 'feature.edited':
      return { spec: mapSpec(happening.spec, change) };
    case 'feature.submitted':
    case 'tool.used':
      return { summary: change(happening.summary) };
    case 'feature.unconfirmed':
      return {
        why: change(happening.why),
        ...(happening.check && { check: mapProof(happening.check, change) }),
      };
    case 'feature.passed':
      return { evidence: mapEvidence(happening.evidence, change) };
    case 'feature.returned':
      return { why: change(happening.why) };
    case 'feature.failed':
    case 'throttle.changed':
      return { reason: change(happening.reason) };
    case 'feature.retried':
      return happening.by === 'policy' ? { reason: change(happening.reason) } : {};
    case 'feature.regressed':
      return happening.by === 'check' ? { reason: change(happening.reason) } : {};
    case 'feature.yielded':
    case 'agent.ended':
      return { note: change(happening.note) };
    case 'verify.started':
      return { command: change(happening.command) };
    case 'verify.finished':
      return { command: change(happening.command), outputTail: change(happening.outputTail) };
    case 'error.occurred':
      return { message: change(happening.message) };
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
      return happening satisfies never;
  }
}
