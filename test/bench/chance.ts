// Numbers that look like chance and are the same on every machine: mulberry32, a named 32-bit generator.

/** Numbers from 0 up to but not 1. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Log-normal numbers with the given mean; `sigma` is that of the logarithm. Box-Muller over two numbers of `next`. */
export function logNormal(next: () => number, sigma: number, mean: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return mean * Math.exp(sigma * normal - (sigma * sigma) / 2);
}
