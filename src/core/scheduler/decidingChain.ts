// Finds, after a run, the attempts that decided how long it took, and what each of them had to wait for.
import type { AttemptRow, ChainLink } from '../events/runReport';
import type { Feature } from '../features/feature';
import { isResourceKey } from '../locks/lockScope';
import type { FeatureId } from '../shared/ids';

/** An attempt with the keys of all it had locked with its claim; two that share a key took turns. */
export interface FinishedAttempt extends AttemptRow {
  readonly keys: ReadonlySet<string>;
}

/**
 * From the attempt that ended last back to the start: each link begins when the one before it ends, or as soon after as
 * anything could. Where several ended at that moment, a retry explains more than a dependency, that more than a file,
 * that more than a resource, and that more than a slot.
 */
export function decidingChain(
  attempts: readonly FinishedAttempt[],
  features: Readonly<Record<FeatureId, Feature>>,
): readonly ChainLink[] {
  const lastFirst = [...attempts].reverse().sort((a, b) => b.endMs - a.endMs);
  const chain: ChainLink[] = [];
  // The chain goes back in time, so what ended too late for one link is too late for all that follow.
  for (let place = 0; place < lastFirst.length; ) {
    const at = lastFirst[place] as FinishedAttempt;
    const before = waitedFor(at, lastFirst, place + 1, features);
    const { featureId, startMs, endMs } = at;
    const name = features[featureId]?.spec.name ?? '';
    chain.push({ featureId, name, startMs, endMs, because: before?.because ?? 'start' });
    place = before?.place ?? lastFirst.length;
  }
  return chain.reverse();
}

interface Cause {
  /** Where it stands in the list of those that ended last. */
  readonly place: number;
  readonly endMs: number;
  readonly because: (typeof causes)[number];
}

const causes = ['retry', 'dependency', 'file', 'resource', 'slot'] as const;

/** What ended last of all that `attempt` had to wait for. */
function waitedFor(
  attempt: FinishedAttempt,
  lastFirst: readonly FinishedAttempt[],
  from: number,
  features: Readonly<Record<FeatureId, Feature>>,
): Cause | undefined {
  const needs = new Set(features[attempt.featureId]?.spec.dependsOn);
  let found: Cause | undefined;
  for (let k = from; k < lastFirst.length; k++) {
    const other = lastFirst[k] as FinishedAttempt;
    if (found && other.endMs < found.endMs) break;
    if (other.endMs > attempt.startMs) continue;
    const because = causes.find((cause) => isCause(cause, attempt, other, needs, features));
    if (because === undefined) continue;
    if (!found || causes.indexOf(because) < causes.indexOf(found.because)) {
      found = { place: k, endMs: other.endMs, because };
    }
  }
  return found;
}

function isCause(
  cause: Cause['because'],
  attempt: FinishedAttempt,
  other: FinishedAttempt,
  needs: ReadonlySet<string>,
  features: Readonly<Record<FeatureId, Feature>>,
): boolean {
  switch (cause) {
    case 'retry':
      return other.featureId === attempt.featureId;
    case 'dependency':
      return needs.has(features[other.featureId]?.spec.name ?? '');
    case 'file':
    case 'resource':
      for (const key of attempt.keys)
        if (isResourceKey(key) === (cause === 'resource') && other.keys.has(key)) return true;
      return false;
    case 'slot':
      return other.slot === attempt.slot;
    default:
      return cause satisfies never;
  }
}
