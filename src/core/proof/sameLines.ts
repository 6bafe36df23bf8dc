// Where what stood between the lines of a text belongs in another that it became.

/** Beyond this many pairs of lines that may be the same, those in the middle count as all new. */
const mostPairs = 4_000_000;

/**
 * For each place between the lines of `before` (0: above the first), the one in `after` that stands for it: behind the line that
 * it stood behind, else above the one that it stood above, else behind the last line before it that is still there.
 */
export function gapsIn(before: readonly string[], after: readonly string[]): readonly number[] {
  const kept = keptLines(before, after);
  const gaps: number[] = [0];
  for (let gap = 1; gap <= before.length; gap++) {
    const [above, below] = [kept[gap - 1], gap === before.length ? after.length : kept[gap]];
    gaps.push(above !== undefined ? above + 1 : (below ?? gaps[gap - 1] ?? 0));
  }
  return gaps;
}

/** For each line of `before` the one of `after` that it is, in a longest row of lines that both have in this order. */
function keptLines(before: readonly string[], after: readonly string[]): readonly (number | undefined)[] {
  const kept: (number | undefined)[] = before.map(() => undefined);
  let first = 0;
  while (first < before.length && first < after.length && before[first] === after[first]) {
    kept[first] = first;
    first += 1;
  }
  let [end, endAfter] = [before.length, after.length];
  while (end > first && endAfter > first && before[end - 1] === after[endAfter - 1]) {
    end -= 1;
    endAfter -= 1;
    kept[end] = endAfter;
  }
  const [rows, columns] = [end - first, endAfter - first];
  if (rows * columns === 0 || rows * columns > mostPairs) return kept;
  const width = columns + 1;
  const longest = new Uint16Array((rows + 1) * width); // of what is left from there on
  for (let row = rows - 1; row >= 0; row--)
    for (let column = columns - 1; column >= 0; column--)
      longest[row * width + column] =
        before[first + row] === after[first + column]
          ? (longest[(row + 1) * width + column + 1] ?? 0) + 1
          : Math.max(longest[(row + 1) * width + column] ?? 0, longest[row * width + column + 1] ?? 0);
  for (let [row, column] = [0, 0]; row < rows && column < columns; ) {
    if (before[first + row] === after[first + column]) kept[first + row++] = first + column++;
    else if ((longest[(row + 1) * width + column] ?? 0) >= (longest[row * width + column + 1] ?? 0)) row += 1;
    else column += 1;
  }
  return kept;
}
