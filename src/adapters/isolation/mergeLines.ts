// Merges what two sides made of one text, line by line.
import { diff3MergeRegions } from 'node-diff3';

/**
 * The lines with both sides' changes; null where they changed the same ones, or lines that touch. With `takeBoth`, lines
 * that both added at the same spot all come in, theirs first. Time grows with the lines that changed, not with the text.
 */
export function mergeLines(
  base: readonly string[],
  ours: readonly string[],
  theirs: readonly string[],
  takeBoth: boolean,
): readonly string[] | null {
  const sides = [base, ours, theirs];
  const least = Math.min(...sides.map((side) => side.length));
  const alike = (at: (side: readonly string[], k: number) => string | undefined, most: number) => {
    let k = 0;
    while (k < most && at(ours, k) === at(base, k) && at(theirs, k) === at(base, k)) k++;
    return k;
  };
  const head = alike((side, k) => side[k], least);
  const tail = alike((side, k) => side[side.length - 1 - k], least - head);
  const middle = (side: readonly string[]) => side.slice(head, side.length - tail);
  const merged = mergeMiddle(middle(base), middle(ours), middle(theirs), takeBoth);
  return merged && [...base.slice(0, head), ...merged, ...base.slice(base.length - tail)];
}

function mergeMiddle(
  base: string[],
  ours: string[],
  theirs: string[],
  takeBoth: boolean,
): readonly string[] | null {
  const merged: string[] = [];
  for (const region of diff3MergeRegions(ours, base, theirs)) {
    if (region.stable) merged.push(...region.bufferContent);
    else if (isSame(region.aContent, region.bContent)) merged.push(...region.aContent);
    else if (takeBoth && region.oLength === 0) merged.push(...region.bContent, ...region.aContent);
    else return null;
  }
  return merged;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((line, at) => line === other[at]);
}
