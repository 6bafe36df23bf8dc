// Runs the checks of other features on an attempt's work, side by side, and has the work back as it was.
import type { Feature } from '../core/features/feature';
import type { Overlap } from '../ports/isolation';
import type { ProvedWork } from './provedWork';

/** Checks of other features that run side by side for one attempt, or at a run's end. */
const mostAtOnce = 3;

/** A check, and the features that passed by it. */
export interface Guarded {
  readonly command: string;
  readonly features: readonly [Feature, ...Feature[]];
}

/** What the checks of others make of an attempt's work. */
export type GuardVerdict =
  | { readonly kind: 'failed'; readonly reason: string }
  /** These were run, and green. */
  | { readonly kind: 'unbroken'; readonly green: readonly Guarded[] }
  /** The work, or what it is on, is not what it was when its own check passed; with what of it went together with nothing that came in. */
  | { readonly kind: 'altered'; readonly overlaps: readonly Overlap[] };

/** How the checks are run, and whom a red one is held against. */
export interface Guarding {
  readonly isOver: () => boolean;
  /** Is what the work was checked on what the workspace has become? */
  readonly isBorneOut: () => Promise<boolean>;
  /** Undefined when it is green. */
  readonly verify: (one: Guarded) => Promise<string | undefined>;
  /** Is it red without the work as well? */
  readonly isElsewhere: (one: Guarded) => Promise<boolean>;
}

/**
 * Side by side first. What is red then may be so for what another check does in the same place, and where one changed the work
 * what is green may be so for that: such are run once more, each by itself and on the work as it was, and only that counts.
 */
export async function guardWork(
  work: ProvedWork,
  guarded: readonly Guarded[],
  { isOver, isBorneOut, verify, isElsewhere }: Guarding,
): Promise<GuardVerdict> {
  const green = new Set<string>();
  let isRed = false;
  if (guarded.length > 1) {
    await sideBySide(guarded, async (one) => {
      if (isRed || isOver()) return;
      if ((await verify(one)) === undefined) green.add(one.command);
      else isRed = true;
    });
    if (await work.restore()) green.clear();
  }
  for (const one of guarded) {
    if (green.has(one.command) || isOver()) continue;
    const verdict = await verify(one);
    await work.restore();
    if (verdict === undefined) green.add(one.command);
    else if (!isOver()) {
      if (!(await isBorneOut())) return { kind: 'altered', overlaps: [] };
      if (!(await isElsewhere(one))) return { kind: 'failed', reason: breaks(one, verdict) };
    }
  }
  return { kind: 'unbroken', green: guarded.filter(({ command }) => green.has(command)) };
}

/** So many at a time. */
export async function sideBySide<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const runLeft = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: mostAtOnce }, runLeft));
}

function breaks({ features: [{ id, spec }] }: Guarded, verdict: string): string {
  return `It breaks feature ${id}, "${spec.name}", which had passed. ${verdict}`;
}
