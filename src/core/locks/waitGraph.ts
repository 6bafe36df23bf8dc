// Who waits for whom: the graph that must stay without a circle, for then nothing can deadlock.
import type { Fence } from '../shared/ids';

/**
 * Does following `waitsFor` from any of `starts` arrive at `goal`? An attempt whose wait would make this true for
 * itself closes a circle, and yields instead.
 */
export function reaches(
  starts: readonly Fence[],
  goal: Fence,
  waitsFor: (fence: Fence) => readonly Fence[],
): boolean {
  const seen = new Set<Fence>();
  const open = [...starts];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === goal) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...waitsFor(next));
  }
  return false;
}
