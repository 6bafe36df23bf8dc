// A disk in memory that forgets what was not synced, and fails or dies at the call it is told to.
import { basename, dirname } from 'node:path';
import type { DiskFile, DiskFiles } from '../../../src/adapters/store/diskFiles';

/**
 * What happens at a call. `refused`: nothing is done, an error. `half`: half of a write is done, then an error.
 * `late`: it is done, and an error told all the same. `short`: half of a write is done and told so.
 * `death`: half of a write is done, and this call and every later one fail.
 */
export type Fault =
  | { readonly kind: 'refused' | 'half' | 'late'; readonly code: string }
  | { readonly kind: 'short' | 'death' };

interface Write {
  readonly position: number;
  readonly bytes: Uint8Array;
}

/** A file's content as the process sees it, and what of it would be there after a power cut. */
interface Inode {
  content: Uint8Array;
  synced: Uint8Array;
  /** Changes since the last sync, in order; a number is a cut to that size. */
  unsynced: (Write | number)[];
}

type Names = Map<string, Inode>;

const sectorBytes = 512;

export class SimulatedDisk {
  private readonly names: Names = new Map();
  private syncedNames: Names;
  /** Changes to the folder since its last sync, in order. */
  private unsyncedNames: ((names: Names) => void)[] = [];
  private isDead = false;
  /** Calls so far, by what they did. */
  readonly calls: string[] = [];
  /** Asked at each call, numbered from 1, what is to happen at it. */
  faultAt: (call: number, operation: string) => Fault | undefined = () => undefined;

  constructor(files: Readonly<Record<string, Uint8Array>> = {}) {
    for (const [name, content] of Object.entries(files)) this.names.set(name, synced(content));
    this.syncedNames = new Map(this.names);
  }

  /** Names and contents as a process sees them. */
  get files(): Record<string, Uint8Array> {
    return Object.fromEntries([...this.names].map(([name, { content }]) => [name, content]));
  }

  /** What is there after a power cut: every change that was not synced kept, lost or torn, as `choose(n)` < n says. */
  crash(choose: (n: number) => number): SimulatedDisk {
    const names = new Map(this.syncedNames);
    for (const change of this.unsyncedNames) if (choose(2) === 1) change(names);
    return new SimulatedDisk(
      Object.fromEntries([...names].map(([name, inode]) => [name, afterCrash(inode, choose)])),
    );
  }

  readonly operations: DiskFiles = {
    // A `Buffer`, as Node gives: what is made of that may go on in its very bytes.
    read: (path) =>
      this.call('read', () => {
        const content = this.names.get(path)?.content;
        return content && Buffer.from(content);
      }),
    create: (path) =>
      this.call('create', () => {
        const inode = this.names.get(path) ?? synced(new Uint8Array());
        cut(inode, 0);
        this.change((names) => names.set(path, inode));
        return this.handle(inode);
      }),
    rename: (from, to) =>
      this.call('rename', () => {
        const inode = this.names.get(from);
        if (!inode) throw systemError('ENOENT');
        this.change((names) => {
          names.delete(from);
          names.set(to, inode);
        });
      }),
    remove: (path) => this.call('remove', () => this.change((names) => names.delete(path))),
    makeFolder: () => this.call('makeFolder', () => undefined),
    list: (path) =>
      this.call('list', () =>
        [...this.names.keys()].flatMap((name) => (dirname(name) === path ? [basename(name)] : [])),
      ),
    syncFolder: () =>
      this.call('syncFolder', () => {
        this.syncedNames = new Map(this.names);
        this.unsyncedNames = [];
      }),
    exists: (path) => this.call('exists', () => this.names.has(path)),
    holdFolder: () =>
      this.call('holdFolder', () => ({ isAt: async () => true, close: async () => undefined })),
  };

  private handle(inode: Inode): DiskFile {
    return {
      write: (bytes, position) =>
        this.call(
          'write',
          () => write(inode, position, bytes),
          () => write(inode, position, bytes.subarray(0, Math.floor(bytes.length / 2))),
        ),
      truncate: (size) => this.call('truncate', () => cut(inode, size)),
      sync: () =>
        this.call('sync', () => {
          inode.synced = inode.content.slice();
          inode.unsynced = [];
        }),
      isAt: (path) => this.call('isAt', () => this.names.get(path) === inode),
      hasName: () => this.call('hasName', () => [...this.names.values()].includes(inode)),
      close: () => this.call('close', () => undefined),
    };
  }

  private async call<T>(operation: string, whole: () => T, half?: () => T): Promise<T> {
    if (this.isDead) throw systemError('EDEAD');
    this.calls.push(operation);
    const fault = this.faultAt(this.calls.length, operation);
    switch (fault?.kind) {
      case undefined:
        return whole();
      case 'refused':
        throw systemError(fault.code);
      case 'half':
        half?.();
        throw systemError(fault.code);
      case 'late':
        whole();
        throw systemError(fault.code);
      case 'short':
        return (half ?? whole)();
      case 'death':
        half?.();
        this.isDead = true;
        throw systemError('EDEAD');
    }
  }

  private change(change: (names: Names) => void): void {
    change(this.names);
    this.unsyncedNames.push(change);
  }
}

function synced(content: Uint8Array): Inode {
  return { content, synced: content, unsynced: [] };
}

function write(inode: Inode, position: number, bytes: Uint8Array): number {
  inode.content = overwritten(inode.content, { position, bytes });
  inode.unsynced.push({ position, bytes: bytes.slice() });
  return bytes.length;
}

function cut(inode: Inode, size: number): void {
  inode.content = inode.content.slice(0, size);
  inode.unsynced.push(size);
}

function overwritten(content: Uint8Array, { position, bytes }: Write): Uint8Array {
  const result = new Uint8Array(Math.max(content.length, position + bytes.length));
  result.set(content);
  result.set(bytes, position);
  return result;
}

/** Sectors of a write reach the disk or not, each for itself, in no order; so does a change of size. */
function afterCrash({ synced: base, unsynced }: Inode, choose: (n: number) => number): Uint8Array {
  let content = base;
  for (const change of unsynced) {
    if (typeof change === 'number') {
      if (choose(2) === 1) content = content.slice(0, change);
      continue;
    }
    const { position, bytes } = change;
    for (let from = 0; from < bytes.length; ) {
      const to = Math.min(bytes.length, from + sectorBytes - ((position + from) % sectorBytes));
      if (choose(2) === 1)
        content = overwritten(content, { position: position + from, bytes: bytes.subarray(from, to) });
      from = to;
    }
  }
  return content;
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}
