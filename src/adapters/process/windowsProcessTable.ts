// Windows' processes, asked through PowerShell. It knows neither groups nor other processes' environments, so there a
// process is found by descent alone.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { asFailures } from '../files/fileFailure';
import type { ProcessRow, ProcessTable } from './processTable';

const run = promisify(execFile);

const print = `ForEach-Object { '{0} {1} {2}' -f $_.ProcessId, $_.ParentProcessId, $_.CreationDate.ToFileTimeUtc() }`;
const mostOutputBytes = 16 * 1024 * 1024;

export function createWindowsProcessTable(): ProcessTable {
  return {
    list: () => ask(''),
    find: async (pid) => (await ask(`-Filter "ProcessId=${pid}"`))[0],
  };
}

/** One process a line: its number, its parent's, and its start in 100 ns units since 1601, always 18 digits. */
export function parseProcesses(output: string): ProcessRow[] {
  const rows = output.split(/\r?\n/).flatMap((text) => {
    const found = /^(\d+) (\d+) (\d+)$/.exec(text.trim());
    if (!found) return [];
    const [, pid, parent, started = ''] = found;
    return { pid: Number(pid), parent: Number(parent), started };
  });
  const startOf = new Map(rows.map(({ pid, started }) => [pid, started]));
  return rows.map((row) => {
    // The parent's number stays when the parent is gone, and may be a stranger's by now: one younger than its child.
    const isStranger = (startOf.get(row.parent) ?? '') > row.started;
    return { ...row, parent: isStranger ? 0 : row.parent, group: 0, session: 0, zombie: false, lineage: '' };
  });
}

async function ask(filter: string): Promise<ProcessRow[]> {
  const query = `Get-CimInstance Win32_Process ${filter} | Where-Object CreationDate | ${print}`;
  const { stdout } = await asFailures('list the processes', () =>
    run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', query], {
      windowsHide: true,
      maxBuffer: mostOutputBytes,
    }),
  );
  return parseProcesses(stdout);
}
