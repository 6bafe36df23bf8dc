// CPU time of the children that this process has seen end, and of theirs: the guard's account of the command it ran.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second, on every machine there is. */
const tickMs = 10;

/**
 * Milliseconds; undefined where the system does not tell. What a command left behind for others to reap, or was ended by
 * force before its parent took note of it, is not in it.
 */
export function childrenCpuMs(): number | undefined {
  try {
    if (process.platform === 'linux') return fromStat(readFileSync('/proc/self/stat', 'latin1'));
    // macOS: with `-S` the time of ended children is in it; ours is taken off again.
    if (process.platform !== 'darwin') return undefined;
    const { user, system } = process.cpuUsage();
    const text = execFileSync('/bin/ps', ['-S', '-o', 'time=', '-p', String(process.pid)], {
      encoding: 'latin1',
    });
    const all = fromPs(text);
    return all === undefined ? undefined : Math.max(0, all - (user + system) / 1000);
  } catch {
    return undefined;
  }
}

/** The fields `cutime` and `cstime`; the program's name before them may hold anything, brackets and spaces too. */
export function fromStat(stat: string): number | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[13]) + Number(fields[14]);
  return Number.isNaN(ticks) ? undefined : ticks * tickMs;
}

/** What a shell's `times` prints: its own, then that of the children that it has waited for. Milliseconds, of the children. */
export function fromTimes(text: string): number | undefined {
  const found = /^.*\n(\d+)m(\d+[.,]\d+)s (\d+)m(\d+[.,]\d+)s/.exec(text);
  if (!found) return undefined;
  const [user = 0, userS = 0, system = 0, systemS = 0] = found
    .slice(1)
    .map((part) => Number(part.replace(',', '.')));
  return Math.round((user + system) * 60_000 + (userS + systemS) * 1000);
}

/** `1-02:03:04`, `02:03:04` or `3:04.56`. */
export function fromPs(text: string): number | undefined {
  const found = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)$/.exec(text.trim());
  if (!found) return undefined;
  const [days, hours, minutes, seconds] = found.slice(1).map((part) => Number(part ?? 0));
  return Math.round(
    (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60_000 + (seconds ?? 0) * 1000,
  );
}
