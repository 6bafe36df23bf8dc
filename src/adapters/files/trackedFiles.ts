// What Git tracks in the workspace: never ignored, whatever an ignore file says. Git is only asked, and runs nothing.
import { statSync } from 'node:fs';
import path from 'node:path';
import { askGit, inPatience, quiet } from './askGit';
import { gitDirectoryAround } from './gitDirectory';

export interface Tracked {
  /** Is it a tracked file, a submodule, or a folder with tracked files in it? */
  has(path: string): boolean;
  /** The name Git has for a file's content as it was last added or committed, in hex. */
  blobOf(path: string): string | undefined;
}

const nothingTracked: Tracked = { has: () => false, blobOf: () => undefined };

/** Of a million files, on a slow disk. */
const mostListMs = 120_000;

/**
 * Asks anew only when the index was written since. Without Git, or where it refuses, nothing counts as tracked; rejects with
 * `gitSilent` while the answer is not there.
 */
export class TrackedFiles {
  #known: { readonly stamp: string; readonly tracked: Promise<Tracked> } | undefined;

  constructor(private readonly root: string) {}

  now(): Promise<Tracked> {
    const stamp = indexStamp(this.root);
    if (stamp === undefined) return Promise.resolve(nothingTracked);
    return inPatience(this.root, this.#known?.stamp === stamp ? this.#known.tracked : this.#ask(stamp));
  }

  #ask(stamp: string): Promise<Tracked> {
    const known = { stamp, tracked: ask(this.root) };
    this.#known = known;
    known.tracked.catch(() => {
      if (this.#known === known) this.#known = undefined;
    });
    return known.tracked;
  }
}

/** Undefined where there is no repository, or none with anything in it. */
function indexStamp(root: string): string | undefined {
  const own = gitDirectoryAround(root);
  const index = own === undefined ? undefined : statSync(path.join(own, 'index'), { throwIfNoEntry: false });
  return index?.isFile() ? `${index.ino} ${index.size} ${index.mtimeMs} ${index.ctimeMs}` : undefined;
}

async function ask(root: string): Promise<Tracked> {
  const listing = await askGit(root, [...quiet, 'ls-files', '-z', '--stage'], mostListMs);
  return listing === undefined ? nothingTracked : read(listing);
}

/** Entries `mode hash stage<tab>path`, each ended by NUL. */
function read(listing: string): Tracked {
  const blobs = new Map<string, string>();
  const folders = new Set<string>();
  for (const entry of listing.split('\0')) {
    const tab = entry.indexOf('\t');
    if (tab < 0) continue;
    const file = entry.slice(tab + 1);
    blobs.set(file, entry.split(' ', 2)[1] ?? '');
    for (let at = path.posix.dirname(file); at !== '.' && !folders.has(at); at = path.posix.dirname(at))
      folders.add(at);
  }
  return { has: (at) => blobs.has(at) || folders.has(at), blobOf: (at) => blobs.get(at) };
}
