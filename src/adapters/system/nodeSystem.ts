// Time and chance as the platform gives them.
import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Chance, Clock } from '../../ports/system';

/** A longer delay overflows Node's timer and would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

export function createNodeClock(): Clock {
  // Not by a timer: those that are due follow one another before any signal is looked at.
  return { now: () => Date.now(), monotonic: () => performance.now(), after, giveWay: () => setImmediate() };
}

export function createNodeChance(): Chance {
  return { fraction: () => Math.random(), token: () => randomBytes(32).toString('hex') };
}

function after(delayMs: number, wake: () => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = (leftMs: number) => {
    const stepMs = Math.min(leftMs, longestTimerMs);
    timer = setTimeout(() => (leftMs > stepMs ? arm(leftMs - stepMs) : wake()), stepMs).unref();
  };
  arm(delayMs);
  return () => clearTimeout(timer);
}
