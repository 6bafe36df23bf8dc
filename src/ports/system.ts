// Time, chance and timers, which inner rooms never take from the platform themselves.

export interface Clock {
  /** Wall clock, milliseconds since 1970; may jump. */
  now(): number;
  /** Milliseconds that only rise, for measuring; does not count time asleep on some systems. */
  monotonic(): number;
  /** Calls `wake` once after `delayMs`; the answer cancels it. Never keeps the process alive by itself. */
  after(delayMs: number, wake: () => void): () => void;
  /** Resolves when all that waits for this process by then, signals and sockets among it, has had its turn. Never rejects. */
  giveWay(): Promise<void>;
}

/** The machine's cores. */
export interface Cores {
  /** How many there are for us, at least 1. */
  readonly count: number;
  /** How many threads of the whole machine want a core at this moment, ours aside; undefined where nobody can tell. */
  wanted(): number | undefined;
}

export interface Chance {
  /** Evenly spread in [0, 1). */
  fraction(): number;
  /** 256 unguessable bits, as hex. */
  token(): string;
}
