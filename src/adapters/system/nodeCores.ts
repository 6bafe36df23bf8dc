// The machine's cores, and how many threads want one just now where the system tells.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Cores } from '../../ports/system';

/** @param loadFile the system's own count of what runs; there is one on Linux only. Reading it takes some 20 µs. */
export function createNodeCores(loadFile = '/proc/loadavg'): Cores {
  return {
    count: Math.max(1, availableParallelism()),
    wanted() {
      // `0.20 0.18 0.12 3/294 11206`: the fourth is the threads that run or could, over all there are.
      const running = /^\S+ \S+ \S+ (\d+)\//.exec(textOf(loadFile))?.[1];
      // We are one of them while we ask; a system that does not count us counts nothing.
      return running === undefined || running === '0' ? undefined : Number(running) - 1;
    },
  };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
