// Time of the processor: a bound in it holds on a busy machine too, where the clock counts what others do as well.
import { strict as assert } from 'node:assert';

/** Fails when `work` takes more than `mostMs` of processor time, all threads of this process together. */
export function withinCpu<T>(mostMs: number, work: () => T): T {
  const before = process.cpuUsage();
  const result = work();
  assertWithin(mostMs, process.cpuUsage(before));
  return result;
}

/** The same for work that waits for something; what else this process does meanwhile counts as well. */
export async function awaitWithinCpu<T>(mostMs: number, work: () => Promise<T>): Promise<T> {
  const before = process.cpuUsage();
  const result = await work();
  assertWithin(mostMs, process.cpuUsage(before));
  return result;
}

function assertWithin(mostMs: number, { user, system }: NodeJS.CpuUsage): void {
  const tookMs = Math.round((user + system) / 1_000);
  assert.ok(tookMs <= mostMs, `took ${tookMs} ms of processor time, more than ${mostMs}`);
}
