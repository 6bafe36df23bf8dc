// Which events can lead to another decision; most of what happens is agents at work, and a decision looks at every feature.
import type { Event } from '../events/event';

/** False only where `decide` comes to the same decisions after the event as before it. */
export function concernsDecision(event: Event): boolean {
  switch (event.type) {
    case 'agent.started':
    case 'agent.progress':
    case 'tool.used':
    case 'model.called':
    case 'limit.reached':
    case 'file.changed':
    case 'file.published':
    case 'file.conflicted':
    case 'file.denied':
    case 'verify.started':
    case 'verify.finished':
    case 'verify.awaited':
    case 'feature.submitted':
    case 'feature.returned':
    case 'lock.conflicted':
    case 'throttle.changed':
    case 'copy.incomplete':
    case 'agent.prompted':
    case 'artifact.stored':
    case 'error.occurred':
      return false;
    case 'feature.added':
    case 'feature.edited':
    case 'feature.removed':
    case 'feature.held':
    case 'feature.freed':
    case 'feature.claimed':
    case 'feature.unconfirmed':
    case 'feature.passed':
    case 'feature.failed':
    case 'feature.retried':
    case 'feature.yielded':
    case 'feature.skipped':
    case 'feature.unskipped':
    case 'feature.regressed':
    case 'agent.ended':
    case 'lock.granted':
    case 'lock.waiting':
    case 'lock.released':
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
      return true;
    default:
      return event satisfies never;
  }
}
