// Ends processes with everything they started, known by number and start time, and leaves every stranger alone.
import { setTimeout as pause } from 'node:timers/promises';
import type { ProcessIdentity } from '../../core/events/event';
import { Failure } from '../../ports/failure';
import type { ProcessTerminator } from '../../ports/workers';
import { createProcessFamily, type FamilyHead } from './processFamily';
import type { ProcessRow, ProcessTable } from './processTable';
import { createSystemProcessTable } from './systemProcessTable';

/** What the rooms ask for, and what their adapters need beside it. */
export interface ProcessTree extends ProcessTerminator {
  /**
   * As the port says. Throws `Failure`: `denied` when what is left belongs to another user, `io` when the system does
   * not end a process 10 s after it was forced (it hangs in the kernel, for instance on a dead network share).
   */
  end(target: FamilyHead & { readonly graceMs: number }): Promise<number>;
  /** Undefined when there is no such process. Asked in the turn that started a child, it always finds it. */
  identify(pid: number): Promise<ProcessIdentity | undefined>;
}

/** Only a parent is told when a process ends, and we are rarely that: so we look again, after these pauses. */
const firstPauseMs = 5;
const longestPauseMs = 100;
const hopelessMs = 10_000;

export function createProcessTerminator(table: ProcessTable = createSystemProcessTable()): ProcessTree {
  async function identify(pid: number): Promise<ProcessIdentity | undefined> {
    const row = await table.find(pid);
    return row && { pid, started: row.started };
  }

  return {
    identify,
    async self() {
      const own = await identify(process.pid);
      if (!own) throw new Failure('io', 'The system does not tell about this process.');
      return own;
    },
    async isAlive({ pid, started }) {
      const row = await table.find(pid);
      return row !== undefined && row.started === started && !row.zombie;
    },
    end: (target) => end(table, target),
  };
}

async function end(
  table: ProcessTable,
  { graceMs, ...head }: FamilyHead & { graceMs: number },
): Promise<number> {
  const family = createProcessFamily(head, process.pid);
  const asked = new Set<string>();
  const denied = new Map<number, ProcessRow>();

  async function living(): Promise<readonly ProcessRow[]> {
    const members = family.gather(await table.list()).filter(({ pid }) => !denied.has(pid));
    if (members.length > 0) return members;
    // Believed the second time: one may have been born behind the listing's back, and its parent gone ahead of it.
    return family.gather(await table.list()).filter(({ pid }) => !denied.has(pid));
  }

  /** Resolves to those that are left when the time is up. */
  async function press(signal: 'SIGTERM' | 'SIGKILL', limitMs: number): Promise<readonly ProcessRow[]> {
    const untilMs = performance.now() + limitMs;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      const members = await living();
      const leftMs = untilMs - performance.now();
      if (members.length === 0 || leftMs <= 0) return members;
      if (signal === 'SIGKILL') for (const group of family.groups()) await forceGroup(group);
      for (const member of members) {
        const name = `${member.pid}@${member.started}`;
        if (signal === 'SIGTERM' && asked.has(name)) continue; // a second one makes many programs give up their clean-up
        asked.add(name);
        if (!(await send(table, member, signal))) denied.set(member.pid, member);
      }
      await pause(Math.min(pauseMs, leftMs));
    }
  }

  /** All at once: one by one, processes that multiply would outrun us. */
  async function forceGroup(group: number): Promise<void> {
    const leader = await table.find(group);
    const own = await table.find(process.pid);
    if ((leader === undefined || family.has(leader)) && group !== own?.group) kill(-group, 'SIGKILL');
  }

  let left = await press('SIGTERM', graceMs);
  if (left.length > 0) left = await press('SIGKILL', hopelessMs);
  if (left.length > 0) throw unending('io', left);
  if (denied.size > 0) throw unending('denied', [...denied.values()]);
  return family.met();
}

/** False when the system does not let us. The identity is read again first, since the number may be a stranger's by now. */
async function send(
  table: ProcessTable,
  member: ProcessRow,
  signal: 'SIGTERM' | 'SIGKILL',
): Promise<boolean> {
  const row = await table.find(member.pid);
  const isGone = row === undefined || row.started !== member.started || row.zombie;
  return isGone || kill(row.pid, signal);
}

function kill(pid: number, signal: 'SIGTERM' | 'SIGKILL'): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EPERM') return false;
    if (code === 'ESRCH') return true; // it was quicker
    throw error;
  }
}

function unending(reason: 'io' | 'denied', left: readonly ProcessRow[]): Failure {
  const pids = left.map(({ pid }) => pid);
  const because = reason === 'denied' ? 'they belong to another user' : 'the system does not end them';
  return new Failure(reason, `Processes of an agent are left, since ${because}: ${pids.join(', ')}.`);
}
