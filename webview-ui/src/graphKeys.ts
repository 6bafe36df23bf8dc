// Where the keys lead in the graph: along its lines, up and down its columns, and to its ends.
import type { FeatureId } from '../../src/core/shared/ids';
import type { Place } from './graphLayout';

/** Where a key leads from the place at index `at`, or undefined for keys that lead nowhere. */
export function nextPlace(places: readonly Place[], at: number, key: string): FeatureId | undefined {
  const here = places[at];
  if (!here) return undefined;
  const inColumn = (step: number) => (places[at + step]?.x === here.x ? places[at + step]?.id : undefined);
  switch (key) {
    case 'ArrowRight':
      return here.neededBy[0];
    case 'ArrowLeft':
      return here.needs[0];
    case 'ArrowDown':
      return inColumn(1);
    case 'ArrowUp':
      return inColumn(-1);
    case 'Home':
      return places[0]?.id;
    case 'End':
      return places.at(-1)?.id;
    default:
      return undefined;
  }
}
