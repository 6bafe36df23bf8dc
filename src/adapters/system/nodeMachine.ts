// What this machine has left for commands, as the system tells it, and as what is tried shows.
import { readdirSync } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Disk, isFull, type Room, type Shortage } from '../../core/guardrails/machineTrouble';
import type { Machine } from '../../ports/machine';
import { baseFolder, homeFolder } from '../files/homeFolder';
import { type ControlGroups, countIn, readControlGroups, textOf } from './controlGroups';
import { tryLack, tryToWrite } from './tryLack';

/** Commands write where they work, to the temp folder, to the caches that tools keep in the user's home, and to memory that they share. */
export interface WrittenTo {
  readonly temp: string;
  readonly cache: string;
  /** Where shared memory has a name, on Linux; browsers and databases take much of it. */
  readonly shared?: string;
}

const usual = (): WrittenTo => ({
  temp: tmpdir(),
  cache: baseFolder(process.env.XDG_CACHE_HOME) ?? path.join(homeFolder(), '.cache'),
  ...(process.platform === 'linux' && { shared: '/dev/shm' }),
});

export function createNodeMachine(writtenTo: () => WrittenTo = usual, groups = readControlGroups()): Machine {
  async function room(folder: string): Promise<Room> {
    const { temp, cache, shared } = writtenTo();
    const memoryKills = memoryKillsOf(groups);
    const memoryBytes = memoryLeft(groups);
    const refusedStarts = countIn(groups.own('pids', ['pids.events', 'pids.events']), 'max');
    return {
      disks: await disksOf([folder, temp, cache, ...(shared === undefined ? [] : [shared])]),
      ...(memoryBytes !== undefined && { memoryBytes }),
      ...(memoryKills !== undefined && { memoryKills }),
      ...(refusedStarts !== undefined && { refusedStarts }),
    };
  }

  return {
    room,
    async shortage(folder, lack): Promise<Shortage> {
      const standing = await room(folder);
      const starts = startsLeft(groups);
      const opens = opensLeft();
      const each = opensEach();
      const isDisk = lack === 'disk' || standing.disks.some(isFull);
      const unwritable = isDisk ? await tryToWrite(standing.disks) : undefined;
      const refused = lack && (await tryLack(lack, folder));
      return {
        ...standing,
        ...(starts !== undefined && { startsLeft: starts }),
        ...(opens !== undefined && { opensLeft: opens }),
        ...(each !== undefined && { opensEach: each }),
        ...(unwritable !== undefined && { unwritable }),
        ...(refused !== undefined && { refused }),
      };
    },
  };
}

/** One for each disk, by the first folder that is on it. */
async function disksOf(folders: readonly string[]): Promise<readonly Disk[]> {
  const disks = new Map<number, Disk>();
  for (const folder of folders) {
    const found = await nearest(path.resolve(folder));
    if (!found || disks.has(found.device)) continue;
    const disk = await statfs(found.folder).catch(() => undefined);
    if (!disk || disk.blocks === 0) continue; // a file system that counts nothing
    // What is kept for the superuser is theirs.
    const free = process.getuid?.() === 0 ? disk.bfree : disk.bavail;
    disks.set(found.device, {
      folder: found.folder,
      freeBytes: free * disk.bsize,
      ...(disk.files > 0 && { freeFiles: disk.ffree }),
    });
  }
  return [...disks.values()];
}

/** The folder, or the first above it that is there. */
async function nearest(folder: string): Promise<{ folder: string; device: number } | undefined> {
  const found = await stat(folder).catch(() => undefined);
  if (found) return { folder, device: found.dev };
  const above = path.dirname(folder);
  return above === folder ? undefined : nearest(above);
}

/** Of our own group where it counts, which other programs of the machine have no part in. */
function memoryKillsOf(groups: ControlGroups): number | undefined {
  const own = groups.own('memory', ['memory.events', 'memory.oom_control']);
  return countIn(own, 'oom_kill') ?? countIn(textOf('/proc/vmstat'), 'oom_kill');
}

/** Other systems than Linux do not count what they could give up. */
function memoryLeft(groups: ControlGroups): number | undefined {
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(textOf('/proc/meminfo') ?? '')?.[1];
  if (kilobytes === undefined) return undefined;
  const bounds = groups.all('memory', ['memory.max', 'memory.limit_in_bytes']).map(Number);
  const used = groups.all('memory', ['memory.current', 'memory.usage_in_bytes']).map(Number);
  const stats = groups.all('memory', ['memory.stat', 'memory.stat']);
  // Of what a group uses, files that nobody has looked at lately are given up first.
  const left = bounds.map((bound, k) => {
    const given = countIn(stats[k], 'total_inactive_file') ?? countIn(stats[k], 'inactive_file') ?? 0;
    return bound - (used[k] ?? 0) + given;
  });
  return Math.max(0, Math.min(Number(kilobytes) * 1024, ...left.filter(Number.isFinite)));
}

/** By the user's limit, by each group's, and by the machine's; undefined where the system does not tell. */
function startsLeft(groups: ControlGroups): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const bounds = groups.all('pids', ['pids.max', 'pids.max']).map(Number);
  const used = groups.all('pids', ['pids.current', 'pids.current']).map(Number);
  const running = Number(/\/(\d+) /.exec(textOf('/proc/loadavg') ?? '')?.[1]);
  const ofMachine = ['threads-max', 'pid_max'].map(
    (name) => Number(textOf(`/proc/sys/kernel/${name}`) ?? Number.NaN) - running,
  );
  const left = [...bounds.map((bound, k) => bound - (used[k] ?? 0)), ...ofMachine, ofUser()];
  const known = left.filter(Number.isFinite);
  return known.length === 0 ? undefined : Math.max(0, Math.min(...known));
}

/** Every thread of the user's counts; the superuser has no such limit. */
function ofUser(): number {
  const uid = process.getuid?.();
  const limit = Number(/^Max processes +(\d+)/m.exec(textOf('/proc/self/limits') ?? '')?.[1]);
  if (uid === undefined || uid === 0 || !Number.isFinite(limit)) return Number.NaN;
  const own = new RegExp(`^Uid:\\s+${uid}\\s`, 'm');
  let threads = 0;
  for (const name of readdirSync('/proc')) {
    const status = /^\d+$/.test(name) ? textOf(`/proc/${name}/status`) : undefined; // gone meanwhile
    if (status !== undefined && own.test(status)) threads += Number(/^Threads:\s+(\d+)/m.exec(status)?.[1]);
  }
  return limit - threads;
}

/** Node raises it for itself as far as it may, and what it starts has the same. */
function opensEach(): number | undefined {
  const limit = /^Max open files +(\d+)/m.exec(textOf('/proc/self/limits') ?? '')?.[1];
  return limit === undefined ? undefined : Number(limit);
}

/** `1788 0 2466183`: open, of those free, and the most. */
function opensLeft(): number | undefined {
  const [open, free, most] = (textOf('/proc/sys/fs/file-nr') ?? '').trim().split(/\s+/).map(Number);
  return open === undefined || free === undefined || most === undefined ? undefined : most - open + free;
}
