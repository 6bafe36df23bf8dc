// Linux's processes, read from /proc: a bare machine has no `ps`, and /proc also shows environments.
import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { asFailures, isUnreadable } from '../files/fileFailure';
import type { ProcessRow, ProcessTable } from './processTable';
import { tagVariable } from './processTag';

/**
 * Read in one go before others get their turn. A process costs 33 µs read synchronously and 100 µs through the thread
 * pool, so slices of 0.3 ms let an agent that is just starting through at a third of the price.
 */
const sliceSize = 10;

export function createLinuxProcessTable(): ProcessTable {
  const bootId = textOf('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  const read = (pid: number) => readRow(pid, bootId);
  async function list(): Promise<readonly ProcessRow[]> {
    const rows: ProcessRow[] = [];
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    for (const [at, pid] of pids.entries()) {
      if (at % sliceSize === sliceSize - 1) await nextTurn();
      const row = read(Number(pid));
      if (row) rows.push(row);
    }
    return rows;
  }
  return {
    list: () => asFailures('list the processes', list),
    // Read before the first await: a child that was started in this turn is still there then, if only as a zombie.
    find: (pid) => asFailures(`look at process ${pid}`, async () => read(pid)),
  };
}

function readRow(pid: number, bootId: string): ProcessRow | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field is the program's name in brackets and may hold anything, brackets and spaces too.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group, session] = fields;
  return {
    pid,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    // Ticks of a hundredth of a second since boot, and which boot.
    started: `${bootId}:${fields[19]}`,
    zombie: state === 'Z' || state === 'X',
    lineage: lineageOf(pid),
  };
}

function lineageOf(pid: number): string {
  const name = `${tagVariable}=`;
  const variables = textOf(`/proc/${pid}/environ`)?.split('\0') ?? [];
  return variables.find((variable) => variable.startsWith(name))?.slice(name.length) ?? '';
}

/** Undefined when the process is gone or is not ours to look into. Where no file can be opened, it is not said to be gone. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}
