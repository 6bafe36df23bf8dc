// Tells when a file may have changed, however that was done: in place, by a rename over it, through a link, or by taking it away.
import { watchFile as lookRegularly, unwatchFile, watch } from 'node:fs';
import { realpath } from 'node:fs/promises';
import path from 'node:path';

/** Where the system has no more watches to give, or the watched folder itself was taken away. */
const lookEveryMs = 2_000;

/**
 * Calls `changed` after every change that the system tells of; some filesystems (shares, mounts of another machine) tell of
 * none. One change may be told several times. Does not keep the process alive; never throws.
 *
 * @param file absolute; it, and its folder, need not be there
 * @returns the way to stop
 */
export function watchFile(file: string, changed: () => void): () => void {
  const watched = new Map<string, { close(): void }>();
  let stopped = false;

  /** Only a watched folder tells of a file that another is renamed to. */
  function follow(target: string): void {
    if (stopped || watched.has(target)) return;
    const folder = path.dirname(target);
    const names = [path.basename(target), path.basename(folder)].map(folded);
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name !== null && !names.includes(folded(name))) return;
        if (name !== null && folded(name) === names[1]) anew(target);
        told();
      });
      watcher.on('error', () => look(target));
      watched.set(target, watcher);
    } catch {
      look(target);
    }
  }

  /** By its own name a folder tells that it was taken away; another may be there by now. */
  function anew(target: string): void {
    watched.get(target)?.close();
    watched.delete(target);
    follow(target);
  }

  function look(target: string): void {
    watched.get(target)?.close();
    if (stopped) return;
    const listener = () => told();
    lookRegularly(target, { interval: lookEveryMs, persistent: false }, listener);
    watched.set(target, { close: () => unwatchFile(target, listener) });
  }

  function told(): void {
    void followLink();
    changed();
  }

  /** A link, and what it leads to now, may both be changed. */
  async function followLink(): Promise<void> {
    const real = await realpath(file).catch(() => file);
    for (const [target, watcher] of watched) {
      if (target === file || target === real) continue;
      watcher.close();
      watched.delete(target);
    }
    follow(real);
  }

  follow(file);
  void followLink();
  return () => {
    stopped = true;
    for (const watcher of watched.values()) watcher.close();
    watched.clear();
  };
}

/** As the system may write it: in other case, with accents as marks of their own. */
function folded(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
