// macOS's processes, as `ps` tells them. It hides the environment of Apple's own programs, so there a shell is found
// by descent and group, and only programs from elsewhere by their tag.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { asFailures } from '../files/fileFailure';
import type { ProcessRow, ProcessTable } from './processTable';
import { tagVariable } from './processTag';

const run = promisify(execFile);

const columns = 'pid=,ppid=,pgid=,stat=,lstart=,command=';
const line = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4})\s+(.*)$/;
const tag = new RegExp(`\\s${tagVariable}=(\\S*)`);
const mostOutputBytes = 256 * 1024 * 1024;

export function createPsProcessTable(): ProcessTable {
  return {
    list: async () => parseProcesses(await ps('-A')),
    find: async (pid) => parseProcesses(await ps('-p', String(pid)))[0],
  };
}

/** The output of `ps` with our columns; lines of another form are passed over. */
export function parseProcesses(output: string): ProcessRow[] {
  return output.split('\n').flatMap((text) => {
    const found = line.exec(text);
    if (!found) return [];
    const [, pid, parent, group, state = '', started = '', command = ''] = found;
    return {
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      session: 0, // shown as an address, which tells nothing
      started,
      zombie: state.startsWith('Z'),
      lineage: tag.exec(command)?.[1] ?? '',
    };
  });
}

async function ps(...which: readonly string[]): Promise<string> {
  try {
    // One language and one time zone, since the start time is compared as text.
    const env = { PATH: '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' };
    const { stdout } = await asFailures('list the processes', () =>
      run('ps', ['-E', '-ww', ...which, '-o', columns], { env, maxBuffer: mostOutputBytes }),
    );
    return stdout;
  } catch (error) {
    // It answers 1 when the process asked for is not there.
    if (error instanceof Error && 'code' in error && error.code === 1) return '';
    throw error;
  }
}
