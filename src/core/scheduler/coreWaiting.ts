// How long a command stood waiting for a core because of others, from what the machine showed while it ran.

/** For so long, so many threads of the whole machine wanted a core. */
export interface CoreLoad {
  readonly wanted: number;
  readonly ms: number;
}

/**
 * An estimate, by two facts of fair schedulers. While more threads than cores want to run, each gets an equal part: so a
 * command that is given `rate` cores has `wanted × rate / cores` threads among them, on average. And alone it would have
 * as many cores as it has threads, up to all there are: what it gets less than that is its waiting for others. A command
 * with more threads than cores also waits for itself; that is not counted, since it would do so alone.
 *
 * @param rate CPU time over time, in cores
 */
export function waitedForCore(loads: readonly CoreLoad[], rate: number, cores: number): number {
  return loads.reduce((sum, { wanted, ms }) => {
    if (wanted <= cores) return sum;
    const own = (wanted * rate) / cores;
    const shareOfAlone = Math.min(1, Math.max(cores, own) / wanted);
    // Below one thread it is one that sleeps the rest of the time, and waits for nothing then.
    return sum + ms * Math.min(1, own) * (1 - shareOfAlone);
  }, 0);
}
