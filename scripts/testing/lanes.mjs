// Does pieces of work a few at a time, in the order they are given, and adds up what became of them.

/**
 * What became of tests. `failures` are the titles of those that failed, in full.
 *
 * @typedef {{ passed: number, failed: number, skipped: number, failures: readonly string[] }} Counts
 */

/**
 * A lane that is free takes the next piece, so the longest are best put first. A piece that throws counts as one failed.
 *
 * @param {readonly { title: string, run: () => Promise<Counts> }[]} pieces
 * @param {number} atOnce
 * @returns {Promise<Counts>} each failure with the title of its piece before it
 */
export async function inLanes(pieces, atOnce) {
  const left = pieces.values();
  const all = new Map();
  const lane = async () => {
    for (const piece of left) all.set(piece, await countsOf(piece));
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  const total = { passed: 0, failed: 0, skipped: 0, failures: [] };
  for (const piece of pieces) {
    const { failures, ...counts } = all.get(piece);
    for (const [key, count] of Object.entries(counts)) total[key] += count;
    total.failures.push(...failures.map((failure) => `${piece.title}: ${failure}`));
  }
  return total;
}

async function countsOf({ title, run }) {
  try {
    return await run();
  } catch (error) {
    console.error(`${title} could not run.`, error);
    return { passed: 0, failed: 1, skipped: 0, failures: ['could not run'] };
  }
}
