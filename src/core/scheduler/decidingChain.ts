// Finds, after a run, the attempts that decided how long it took, and what each of them had to wait for.
import type { AttemptRow, ChainLink } from '../events/runReport';
import type { Feature } from '../features/feature';
import type { FeatureId } from '../shared/ids';

/** An attempt with the keys of all it had locked with its claim; two that share a key took turns. */
export interface FinishedAttempt extends AttemptRow {
  readonly keys: ReadonlySet<string>;
}

/**
 * From the attempt that ended last back to the start: each link begins when the one before it ends, or as soon after as
 * anything could. Where several ended at that moment, a retry explains more than a dependency, that more than a file,
 * and that more than a slot.
 */
export function decidingChain(
  attempts: readonly FinishedAttempt[],
  features: Readonly<Record<FeatureId, Feature>>,
): readonly ChainLink[] {
  const last = attempts.reduce<FinishedAttempt | undefined>((a, b) => (a && a.endMs >= b.endMs ? a : b), undefined);
  const chain: ChainLink[] = [];
  const seen = new Set<FinishedAttempt>();
  for (let at = last; at && !seen.has(at); ) {
    seen.add(at);
    const before = waitedFor(at, attempts, features);
    const { featureId, startMs, endMs } = at;
    const name = features[featureId]?.spec.name ?? '';
    chain.push({ featureId, name, startMs, endMs, because: before?.because ?? 'start' });
    at = before?.attempt;
  }
  return chain.reverse();
}

const causes = ['retry', 'dependency', 'file', 'slot'] as const;

function waitedFor(attempt: FinishedAttempt, all: readonly FinishedAttempt[], features: Readonly<Record<FeatureId, Feature>>) {
  const needs = new Set(features[attempt.featureId]?.spec.dependsOn);
  let found: { readonly attempt: FinishedAttempt; readonly because: (typeof causes)[number] } | undefined;
  for (const other of all) {
    if (other === attempt || other.endMs > attempt.startMs) continue;
    const because = causes.find((cause) => isCause(cause, attempt, other, needs, features));
    if (because === undefined) continue;
    const later = found === undefined ? 1 : other.endMs - found.attempt.endMs;
    if (later > 0 || (later === 0 && found && causes.indexOf(because) < causes.indexOf(found.because))) {
      found = { attempt: other, because };
    }
  }
  return found;
}

function isCause(
  cause: (typeof causes)[number],
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
      return [...attempt.keys].some((key) => other.keys.has(key));
    case 'slot':
      return other.slot === attempt.slot;
    default:
      return cause satisfies never;
  }
}
