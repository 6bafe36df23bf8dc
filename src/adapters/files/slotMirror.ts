// One slot's copy of the workspace, and the memory of what was put there.
import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../../ports/failure';
import type { CopyChange, Overlay } from '../../ports/workspace';
import { type Content, placeContent, readContent } from './copyFile';
import { isUnreadable } from './fileFailure';
import { eitherOf, type FolderRules, IgnoreRules } from './ignoreRules';
import { inParallel } from './inParallel';
import type { KeptContent } from './keptContent';
import { maxFileBytes } from './lookAt';
import { copyPackages, printOf } from './packageCopy';
import { makeChangeable, removeTree } from './removeTree';
import { changedInCopy } from './slotChanges';
import {
  type Found,
  isSameFile,
  isSameSource,
  type Placed,
  type Source,
  settled,
  stampOf,
  type Wanted,
} from './slotEntries';
import type { UserRules } from './userRules';
import { type Entry, kindOf, walkTree } from './walkTree';
import { pathsDownTo, wantedAlong, wantedTree } from './wantedTree';

export interface SlotMirrorOptions {
  readonly root: string;
  /** The copy. */
  readonly dir: string;
  /** A folder on the same disk for files on their way. */
  readonly staging: string;
  readonly kept: KeptContent;
  readonly user: UserRules;
  /** The wall clock, by which files have their times. */
  readonly now: () => number;
}

/** A file of which the copy has an earlier state is left at it while its last change is not older than this. */
const restMs = 10_000;

type WantedFile = Extract<Wanted, { readonly kind: 'file' }>;
type WantedPackages = Extract<Wanted, { readonly kind: 'packages' }>;

/** Not to be called while a call is under way. */
export class SlotMirror {
  /** Undefined until the first refresh: what an earlier process left is then compared by content. */
  private placed: Map<string, Placed> | undefined;
  /** Files that were put or compared in the call under way. */
  private readonly fresh: string[] = [];
  /** What the last refresh could not read. */
  private readonly unread = new Set<string>();
  private readonly copyRules: IgnoreRules;

  constructor(private readonly options: SlotMirrorOptions) {
    this.copyRules = new IgnoreRules(options.dir, options.user.tracked);
  }

  /**
   * Resolves with what could not be read and so is not in the copy, sorted; folders end in `/`.
   * @param anew for an attempt that begins: what commands left in ignored places goes, too
   */
  async refresh(overlay: Overlay, anew: boolean): Promise<readonly string[]> {
    const { root, dir, staging, user } = this.options;
    requireReadable(root);
    if (!this.placed) await removeTree(staging); // what a crash left
    for (const folder of [dir, staging]) {
      if (foundAt(folder)?.kind !== 'folder') await removeTree(folder);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      makeChangeable(folder);
    }
    this.unread.clear();
    const rules = await user.rules.top();
    const wanted = await wantedTree(root, rules, overlay, this.unread);
    this.placed ??= new Map();
    const intact = anew ? await this.intactPackages(wanted, this.placed) : this.placed;
    const { found, strays } = await this.survey(wanted, this.placed, rules, anew, intact);
    await inParallel(strays, (stray) => removeTree(path.join(dir, stray)));
    for (const known of this.placed.keys()) if (!wanted.has(known)) this.placed.delete(known);
    const files: [string, WantedFile][] = [];
    for (const [at, one] of wanted) {
      if (one.kind === 'file') files.push([at, one]);
      else await this.placeOther(at, one, found.get(at));
    }
    await inParallel(files, ([at, one]) => this.placeFile(at, one, found.get(at)));
    this.settle();
    return [...this.unread].sort();
  }

  async refreshFile(file: string, overlay: Overlay): Promise<void> {
    if (!this.placed) return void (await this.refresh(overlay, false));
    const { root, dir, user } = this.options;
    const wanted = wantedAlong(root, await user.rules.top(), file, overlay, this.unread);
    for (const at of pathsDownTo(file)) {
      const one = wanted.get(at);
      const found = foundAt(path.join(dir, at));
      if (one?.kind === 'file') await this.placeFile(at, one, found);
      else if (one) await this.placeOther(at, one, found);
      else if (found && (at === file || found.kind !== 'folder')) await this.remove(at);
      if (one?.kind !== 'folder' && one !== undefined) break;
    }
    this.settle();
  }

  async changes(): Promise<readonly CopyChange[]> {
    if (!this.placed) return [];
    const rules = eitherOf(await this.options.user.rules.top(), await this.copyRules.top());
    return changedInCopy(this.options.dir, this.placed, rules);
  }

  /** What the copy holds of what is wanted, and what is to go. */
  private async survey(
    wanted: ReadonlyMap<string, Wanted>,
    placed: ReadonlyMap<string, Placed>,
    top: FolderRules,
    anew: boolean,
    /** What of `placed` may stand for being as it was put there. */
    intact: ReadonlyMap<string, Placed>,
  ) {
    const found = new Map<string, Found>();
    const strays: string[] = [];
    await walkTree(this.options.dir, top, (entry, rules) => {
      const now = foundAt(path.join(this.options.dir, entry.path));
      const one = wanted.get(entry.path);
      const before = placed.get(entry.path);
      const stays = one
        ? now && mayStand(one, now, intact.get(entry.path))
        : !anew && !before && isLeftover(entry, rules);
      if (!stays) strays.push(entry.path);
      if (!stays || !one || !now) return undefined;
      found.set(entry.path, now);
      if (now.kind === 'folder') makeChangeable(path.join(this.options.dir, entry.path));
      return one.kind === 'folder' ? rules.below(entry.name) : undefined;
    });
    return { found, strays };
  }

  private async placeOther(
    at: string,
    one: Exclude<Wanted, WantedFile>,
    found: Found | undefined,
  ): Promise<void> {
    const target = path.join(this.options.dir, at);
    const before = this.placed?.get(at);
    if (one.kind === 'packages') {
      const stands = found && before?.kind === 'packages' && mayStand(one, found, before);
      this.placed?.set(at, stands ? before : await this.putPackages(at, one, found !== undefined));
      return;
    }
    if (
      !found ||
      !mayStand(one, found, before) ||
      (one.kind !== 'folder' && found.kind === 'link' && found.to !== one.to)
    ) {
      if (found) await removeTree(target);
      if (one.kind === 'folder') await mkdir(target, { recursive: true });
      else await symlink(one.to, target, one.kind === 'shared' ? 'junction' : undefined);
    }
    this.placed?.set(at, one);
  }

  /** A print of the packages comes before their copy: what changes meanwhile is seen the next time. */
  private async putPackages(at: string, one: WantedPackages, isInTheWay: boolean): Promise<Placed> {
    const { root, dir } = this.options;
    const to = path.join(dir, at);
    if (isInTheWay) await removeTree(to);
    const from = await printOf(one.from);
    await copyPackages({ root, at, from: one.from, to }, (file) => this.unread.add(file));
    return { ...one, prints: { from, copy: await printOf(to) } };
  }

  /** Packages in which nothing has changed since they were copied, neither the user's nor the copy. */
  private async intactPackages(wanted: ReadonlyMap<string, Wanted>, placed: ReadonlyMap<string, Placed>) {
    const intact = new Map<string, Placed>();
    for (const [at, one] of wanted) {
      const before = placed.get(at);
      if (one.kind !== 'packages' || before?.kind !== 'packages') continue;
      const copy = await printOf(path.join(this.options.dir, at));
      if (copy === before.prints.copy && (await printOf(one.from)) === before.prints.from)
        intact.set(at, before);
    }
    return intact;
  }

  private async placeFile(at: string, one: WantedFile, found: Found | undefined): Promise<void> {
    const target = path.join(this.options.dir, at);
    const before = this.placed?.get(at);
    const known =
      before?.kind === 'file' && found?.kind === 'file' && isSameFile(before.stamp, found.stamp)
        ? before
        : undefined;
    if (known && isSameSource(known.from, one.from)) {
      if (known.ignored !== one.ignored) this.placed?.set(at, { ...known, ignored: one.ignored });
      return;
    }
    // As it was put there, or changed within the same tick, which is not worth another copy of so much.
    const stands =
      before?.kind === 'file' &&
      found?.kind === 'file' &&
      isSameFile({ ...before.stamp, unsettled: false }, found.stamp);
    if (stands && isBeingWritten(before.from, one.from, this.options.now())) {
      this.unread.add(`${at} (still being written)`);
      return;
    }
    const source = await this.sourceOf(at, one.from);
    if (!source) return this.remove(at);
    const { content, from } = source;
    const put = { kind: 'file', from, ignored: one.ignored, hash: content.hash } as const;
    this.fresh.push(at);
    if (found?.kind === 'file' && found.stamp.mode === content.mode && found.stamp.size === content.size) {
      const current = known ?? (await readContent(target));
      if (current?.hash === content.hash) {
        this.placed?.set(at, { ...put, stamp: current.stamp });
        return;
      }
    }
    if (found && found.kind !== 'file') await removeTree(target);
    this.placed?.set(at, { ...put, stamp: await placeContent(content, target, this.options.staging) });
  }

  private async sourceOf(at: string, from: Source): Promise<{ content: Content; from: Source } | undefined> {
    if (from.kind === 'workspace') {
      const content = await readContent(path.join(this.options.root, at)).catch((error: unknown) => {
        if (!isUnreadable(error)) throw error;
        this.unread.add(at);
        return null;
      });
      return content ? { content, from: { kind: 'workspace', stamp: content.stamp } } : undefined;
    }
    const bytes = await this.options.kept.get(from.hash);
    return { content: { ...from, mtimeMs: Date.now(), size: bytes.length, bytes, file: '' }, from };
  }

  private async remove(at: string): Promise<void> {
    await removeTree(path.join(this.options.dir, at));
    for (const known of this.placed?.keys() ?? []) {
      if (known === at || known.startsWith(`${at}/`)) this.placed?.delete(known);
    }
  }

  /** Nothing else writes into the copy before we return; so what was put there a tick ago needs no second look. */
  private settle(): void {
    const now = Date.now();
    for (const at of this.fresh.splice(0)) {
      const one = this.placed?.get(at);
      if (one?.kind === 'file') this.placed?.set(at, { ...one, stamp: settled(one.stamp, now) });
    }
  }
}

/** A workspace that is gone or closed to us is not an empty one. */
function requireReadable(root: string): void {
  try {
    readdirSync(root);
  } catch (cause) {
    if (!isUnreadable(cause)) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Failure('noCopy', `The workspace cannot be read: ${why}`, { cause });
  }
}

/**
 * A large file that is written all the time, as a log is: to copy it anew for every command would take longer than the
 * commands. Agents do not change files of that size, so that none of their work is missed.
 */
function isBeingWritten(had: Source, now: Source, at: number): boolean {
  if (had.kind !== 'workspace' || now.kind !== 'workspace' || now.stamp.size <= maxFileBytes) return false;
  const restedMs = at - now.stamp.ctimeMs;
  return restedMs >= 0 && restedMs < restMs;
}

/** May what is found stay where `one` is wanted, at most with other content? */
function mayStand(one: Wanted, found: Found, before: Placed | undefined): boolean {
  if (one.kind === 'packages')
    return (
      found.kind === 'folder' &&
      before?.kind === 'packages' &&
      before.from === one.from &&
      before.changedAt === one.changedAt
    );
  if (one.kind !== 'shared') return found.kind === one.kind;
  // A command may have put a folder of its own in the link's place (installed packages, a build). It is let be for as
  // long as the workspace's own is the same, or the next command could not use what the last one made.
  const isOwn =
    found.kind === 'folder' &&
    before?.kind === 'shared' &&
    before.to === one.to &&
    before.changedAt === one.changedAt;
  return found.kind === 'link' || isOwn;
}

/** What a command made that the workspace ignores stays for the next one: packages, builds, reports. */
function isLeftover(entry: Entry, rules: FolderRules): boolean {
  return (
    entry.path.split('/').includes('node_modules') ||
    rules.ignores(entry.name, entry.kind === 'folder' ? 'folder' : 'file')
  );
}

function foundAt(absolute: string): Found | undefined {
  const stat = lstatSync(absolute, { throwIfNoEntry: false });
  if (!stat) return undefined;
  const kind = kindOf(stat);
  if (kind === 'file') return { kind, stamp: stampOf(stat, Date.now()) };
  return kind === 'link' ? { kind, to: readlinkSync(absolute) } : { kind };
}
