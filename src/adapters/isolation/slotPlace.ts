// One slot's place on disk: where it is, what it knows of itself, and the steps that all that is done there is made of.
import { lstatSync, mkdirSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isNotRead, readFileWithin } from '../files/boundedRead';
import { hasCode, isUnreadable } from '../files/fileFailure';
import { mayBeGarbled, removeGarbled } from '../files/garbledNames';
import { makeChangeable, removeTree } from '../files/removeTree';
import { copyWhole } from './copyWhole';
import { removeEmptyFolders } from './emptyFolders';
import { type FileNow, mostBroughtBytes, readNow } from './fileNow';
import { GitCopies } from './gitCopies';
import { linkText } from './links';
import { MadeBySetUp } from './madeBySetUp';
import { type FileBase, isAsPut, lostHash, Manifest, type Until } from './manifest';
import { readManifest, writeManifest } from './manifestFile';
import { isSameFile, type Stamp, settled, tickMs } from './stamp';
import { type Found, foundAt, foundOpened, type Survey } from './survey';

export interface SlotPlaceOptions {
  /** The tree that is copied, and the place's copy of it; absolute, without links. */
  readonly top: string;
  readonly dir: string;
  /** What the opened folder is called from the top: empty, or names that end in `/`. */
  readonly inside: string;
  /** How long a path from the top may be, in bytes. */
  readonly room: number;
  /** Folders on the place's disk: for files on their way, and for what bases held. */
  readonly staging: string;
  readonly bases: string;
  /** For what is Git's (`GitCopies`). */
  readonly borrowed: string;
  /** A file for what is known of the place, so that another process need not copy all of it anew. */
  readonly memory: string;
}

/** Paths are from the top. Not to be called while a call is under way. */
export class SlotPlace {
  manifest = new Manifest();
  readonly gits: GitCopies;
  /** What `prepare` last found in it. */
  lastSurvey: Survey | undefined;
  private isRemembered = false;
  /** What is known is to be kept over processes once this call is over. */
  isMemoryDue = false;
  /** Not to be read, or otherwise not as it is in the workspace. */
  readonly unread = new Set<string>();
  readonly madeBySetUp = new MadeBySetUp();
  /** Bases that the workspace is only about to have, of files by hash; null: no file. */
  readonly anticipated = new Map<string, { readonly hash: string; readonly mode: number } | null>();
  /** What the user has left out of places, as it was when this one was made. */
  excluded: readonly string[] = [];
  /** Of changed files of the place, so that none is read twice. */
  private readonly hashes = new Map<string, { readonly stamp: Stamp; readonly hash: string }>();

  /** Files that were put since the last `settle`. */
  private readonly fresh = new Set<string>();
  /** When the last of them was put. */
  private youngestMs = 0;

  constructor(readonly options: SlotPlaceOptions) {
    this.gits = new GitCopies(options);
  }

  theirs(at: string): string {
    return path.join(this.options.top, at);
  }

  ours(at: string): string {
    return path.join(this.options.dir, at);
  }

  /** What an earlier process knew of the place; stamps tell where that does not hold any more. */
  async remember(): Promise<void> {
    if (this.isRemembered) return;
    this.manifest = await readManifest(this.options.memory, this.options);
    this.isRemembered = true;
  }

  /**
   * To be awaited after each call, and before anything is done in the place by others. What it cannot keep is looked at or
   * copied again.
   */
  async rest(): Promise<void> {
    await this.settle();
    if (this.isMemoryDue && this.manifest.isChanged)
      await writeManifest(this.manifest, this.options.memory, this.options);
    this.isMemoryDue = false;
  }

  async clear(): Promise<void> {
    this.hashes.clear();
    this.unread.clear();
    this.madeBySetUp.clear();
    this.anticipated.clear();
    for (const folder of [this.options.staging, this.options.bases]) {
      await removeTree(folder);
      await mkdir(folder, { recursive: true, mode: 0o700 });
    }
    if (foundAt(this.options.dir)?.kind !== 'folder') await removeTree(this.options.dir);
    await mkdir(this.options.dir, { recursive: true, mode: 0o700 });
  }

  /** Makes the folder that `at` lies in; what stands in its way, a link above all, is taken away. */
  async makeWay(at: string): Promise<void> {
    const names = at.split('/').slice(0, -1);
    if (names.length < 2) makeChangeable(this.options.dir); // a file may go into it, or a folder
    for (const k of names.keys()) await this.makeFolder(names.slice(0, k + 1).join('/'));
  }

  async makeFolder(at: string): Promise<void> {
    const folder = this.ours(at);
    const stat = lstatSync(folder, { throwIfNoEntry: false });
    if (stat?.isDirectory()) return makeChangeable(folder);
    if (stat) await removeTree(folder);
    mkdirSync(folder);
  }

  async remove(at: string): Promise<void> {
    await this.removeFromDisk(at);
    this.forget(at);
  }

  /** Its base stays. */
  async removeFromDisk(at: string): Promise<void> {
    if (mayBeGarbled(at)) {
      // In the folder itself: a link in its place would lead elsewhere.
      const folder = path.posix.dirname(at);
      const isThere = folder === '.' || foundOpened(this.options.dir, folder)?.kind === 'folder';
      if (isThere) await removeGarbled(this.ours(folder), path.posix.basename(at));
    }
    if (!foundOpened(this.options.dir, at)) return;
    makeChangeable(path.dirname(this.ours(at)));
    await removeTree(this.ours(at), this.options.staging);
  }

  /** Removes the folders that `at` lay in, as far as they are new, or `allEmptied` in the opened folder, and hold nothing any more. */
  async leaveEmptied(at: string, which: 'new' | 'allEmptied' = 'new'): Promise<void> {
    const { inside } = this.options;
    const isWithin = (folder: string) => folder.startsWith(inside) && `${folder}/` !== inside;
    try {
      await removeEmptyFolders(this.options.dir, at, (folder) =>
        which === 'new' ? this.isNewFolder(folder) : isWithin(folder),
      );
    } catch (error) {
      if (!hasCode(error, 'EACCES')) throw error; // in one that a command has closed
    }
  }

  /** Neither the workspace's nor the set-up's. */
  isNewFolder(at: string): boolean {
    return !this.manifest.has(at) && !this.madeBySetUp.has(at) && `${at}/` !== this.options.inside;
  }

  forget(at: string): void {
    this.manifest.delete(at);
    this.hashes.delete(at);
  }

  /** Makes an entry what it is in the workspace; its base is that from now on. */
  async take(at: string, wanted: Found | undefined): Promise<void> {
    switch (wanted?.kind) {
      case undefined:
      case 'other':
      case 'apart':
        return this.remove(at);
      case 'folder':
        await this.makeWay(at);
        await this.makeFolder(at);
        this.manifest.set(at, { kind: 'folder', mode: wanted.mode });
        return;
      case 'link': {
        const put = wanted.staysSo ? wanted.to : linkText(this.options.top, this.options.dir, at, wanted.to);
        await this.makeWay(at);
        await removeTree(this.ours(at));
        await symlink(put, this.ours(at));
        this.manifest.set(at, { kind: 'link', to: wanted.to, put });
        return;
      }
      case 'file':
        return this.takeFile(at);
      default:
        return wanted satisfies never;
    }
  }

  private async takeFile(at: string): Promise<void> {
    const { staging } = this.options;
    await this.makeWay(at);
    if (foundAt(this.ours(at))?.kind !== 'file') await removeTree(this.ours(at));
    const copied = await copyWhole(this.theirs(at), this.ours(at), staging).catch((error: unknown) => {
      if (!isUnreadable(error)) throw error;
      this.unread.add(at);
      return null;
    });
    if (!copied) return this.remove(at);
    if (copied.restless) this.unread.add(`${at} (still being written)`);
    this.hashes.delete(at);
    this.manifest.set(at, { kind: 'file', theirs: copied.theirs, ours: copied.ours });
    this.fresh.add(at);
    this.youngestMs = Math.max(this.youngestMs, copied.ours.ctimeMs);
  }

  /** Both hold the same, which is the base: that of the workspace was only touched since. */
  retake(at: string, theirs: FileNow, ours: FileNow): void {
    this.hashes.delete(at);
    this.manifest.set(at, { kind: 'file', theirs: theirs.stamp, ours: ours.stamp, hash: ours.hash });
    this.fresh.add(at);
    this.youngestMs = Math.max(this.youngestMs, ours.stamp.ctimeMs);
  }

  /** What was copied from `at` on by another program: nobody looks at it before it is asked for. */
  putUntil(at: string, wanted: Found, until: Until): void {
    if (wanted.kind === 'file') this.manifest.set(at, { kind: 'file', theirs: wanted.stamp, ours: until });
    else if (wanted.kind === 'folder') this.manifest.set(at, wanted);
    else if (wanted.kind === 'link') this.manifest.set(at, { kind: 'link', to: wanted.to, put: wanted.to });
    this.youngestMs = Math.max(this.youngestMs, until.untilMs);
  }

  /** From then on what was put there can be told from what is written right after: a tick of the files' clock lies in between. */
  private async settle(): Promise<void> {
    const agoMs = () => Date.now() - this.youngestMs;
    // A timer may be early by a millisecond, and times of files have parts of one, so that now may lie before them.
    for (let ago = agoMs(); Math.abs(ago) < tickMs; ago = agoMs()) await setTimeout(Math.ceil(tickMs - ago));
    const now = Date.now();
    for (const at of this.fresh) {
      const base = this.manifest.get(at);
      if (base?.kind !== 'file' || !base.ours || 'untilMs' in base.ours) continue;
      const ours = settled(base.ours, now);
      // On a disk whose clock goes ahead of ours only the content will tell.
      if (ours.unsettled) await this.keepPut(at, base);
      else this.manifest.set(at, { ...base, ours });
    }
    this.fresh.clear();
  }

  /** The hash of the place's file, read anew only when it may have changed; undefined for what cannot be read. */
  async hashNow(at: string, stamp: Stamp): Promise<string | undefined> {
    const known = this.hashes.get(at);
    if (known && isSameFile(known.stamp, stamp)) return known.hash;
    const now = await readNow(this.ours(at));
    if (now) this.hashes.set(at, { stamp: now.stamp, hash: now.hash });
    return now?.hash;
  }

  /** Is what the place has still the base? A file that was only touched is recorded as such. */
  async isUntouched(at: string, now: Found | undefined): Promise<boolean> {
    const base = this.manifest.get(at);
    if (!base || !now) return !base && !now;
    if (base.kind === 'folder') return now.kind === 'folder';
    if (this.stands(at, now)) return true;
    if (base.kind !== 'file' || now.kind !== 'file') return false;
    const known = await this.keepBase(at);
    if (known === undefined || known === lostHash || now.stamp.mode !== base.theirs.mode) return false;
    if ((await this.hashNow(at, now.stamp)) !== known) return false;
    this.manifest.set(at, { ...base, hash: known, ours: this.hashes.get(at)?.stamp ?? now.stamp });
    return true;
  }

  /** Is the entry certainly as it was put, without reading it? */
  stands(at: string, now: Found): boolean {
    const base = this.manifest.get(at);
    if (now.kind === 'file' && base?.kind === 'file') return isAsPut(base, now.stamp);
    return now.kind === 'link' && base?.kind === 'link' && now.to === base.put;
  }

  /**
   * Keeps what the base of a file held, to be called before that can no longer be had: from the place's own file while it is
   * still the base, else from the workspace's. Its hash; `lostHash` when it is too late, undefined where the base is no file.
   */
  async keepBase(at: string): Promise<string | undefined> {
    const base = this.manifest.get(at);
    if (base?.kind !== 'file') return undefined;
    if (base.hash !== undefined && (await this.baseBytes(base))) return base.hash;
    const found =
      (await this.readStill(this.ours(at), (stamp) => isAsPut(base, stamp))) ??
      (await this.readStill(this.theirs(at), (stamp) => isSameFile(base.theirs, stamp)));
    if (!found) return base.hash ?? lostHash;
    if (found.bytes) await writeFile(path.join(this.options.bases, found.hash), found.bytes);
    this.manifest.set(at, { ...base, hash: found.hash });
    return found.hash;
  }

  /** Keeps what a file of the place holds, which is its base. */
  private async keepPut(at: string, base: FileBase): Promise<void> {
    const put = await readNow(this.ours(at));
    if (!put) return;
    if (put.bytes) await writeFile(path.join(this.options.bases, put.hash), put.bytes);
    this.manifest.set(at, { ...base, hash: put.hash });
  }

  /** What the base held, if it was kept. */
  async baseBytes(base: FileBase): Promise<Buffer | undefined> {
    if (base.hash === undefined) return undefined;
    const bytes = await readFileWithin(path.join(this.options.bases, base.hash), mostBroughtBytes);
    return isNotRead(bytes) ? undefined : bytes;
  }

  /** The base is what the workspace has now, and the place's file another. */
  async rebase(at: string, theirs: FileNow): Promise<void> {
    if (theirs.bytes) await writeFile(path.join(this.options.bases, theirs.hash), theirs.bytes);
    this.manifest.set(at, { kind: 'file', theirs: theirs.stamp, ours: null, hash: theirs.hash });
  }

  private async readStill(absolute: string, isStill: (now: Stamp) => boolean): Promise<FileNow | undefined> {
    const now = foundAt(absolute);
    if (now?.kind !== 'file' || !isStill(now.stamp)) return undefined;
    const read = await readNow(absolute);
    return read && isStill(read.stamp) ? read : undefined;
  }
}
