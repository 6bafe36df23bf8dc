// Time of the processor: a bound in it holds on a busy machine too, where the clock counts what others do as well.
import { strict as assert } from 'node:assert';

/** Milliseconds of processor time that this process spends while `work` is done, all its threads together. */
export function cpuMsOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** Fails when `work` takes more than `mostMs` of processor time. */
export function withinCpu<T>(mostMs: number, work: () => T): T {
  const results: T[] = [];
  const tookMs = cpuMsOf(() => results.push(work()));
  assert.ok(tookMs <= mostMs, `took ${Math.round(tookMs)} ms of processor time, more than ${mostMs}`);
  return results[0] as T;
}
