// Pieces of a source that are tests.

export interface Piece {
  readonly from: number;
  readonly to: number;
}

/** `pieces` as a whole, in order; `parts`, where there are any, are what they consist of one by one. */
export interface TestsFound {
  readonly pieces: readonly Piece[];
  readonly parts?: readonly Piece[];
}

/** In order, and none within another. */
export function apart(pieces: readonly Piece[]): readonly Piece[] {
  const sorted: Piece[] = [];
  for (const piece of [...pieces].sort((a, b) => a.from - b.from || b.to - a.to))
    if (piece.from >= (sorted.at(-1)?.to ?? 0)) sorted.push(piece);
  return sorted;
}
