// A workspace and its slots' places in memory: files as text, kept apart and brought together as the port promises.
import { createHash } from 'node:crypto';
import { mergeLines } from '../../src/adapters/isolation/mergeLines';
import { isLockfile } from '../../src/core/guardrails/lockfiles';
import type { SeenPlace } from '../../src/core/guardrails/placeWords';
import { type PathScope, parseLockScope } from '../../src/core/locks/lockPath';
import { pathMatcher, usualSharedLocks } from '../../src/core/locks/sharedPaths';
import { ok, type Result, refuse } from '../../src/core/shared/result';
import type {
  Arrival,
  Arrivals,
  CommandPlace,
  FileState,
  Isolation,
  Lacking,
  Overlap,
  PlaceChange,
  PlaceMove,
  PlaceWrite,
  StagedFile,
  StagedTexts,
} from '../../src/ports/isolation';

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

interface Place {
  readonly files: Map<string, string>;
  readonly base: Map<string, string>;
  /** By which command and lockfiles. */
  setUp?: string;
}

export class MemoryIsolation implements Isolation {
  /** What cannot be read. */
  unread: readonly string[] = [];
  /** The user's folder. */
  readonly files = new Map<string, string>();
  /** Every content that was put into the user's folder by a publication, in its order: a witness of its own. */
  readonly writes: { readonly path: string; readonly text: string | null }[] = [];
  readonly #places = new Map<number, Place>();
  readonly #kept = new Map<string, string>();
  /** Called before each file of a publication is put in place; a throw stands for a machine that refuses. */
  beforePut: (path: string) => void = () => {};
  /** Called before a place is made. */
  beforePrepare: (slot: number) => void | Promise<void> = () => {};

  put(path: string, text: string): void {
    this.files.set(path, text);
  }

  /** The files of a slot's place, to be read and changed as a command would. */
  placeOf(slot: number): Map<string, string> {
    return this.#place(slot).files;
  }

  async commandPlace(slot: number): Promise<CommandPlace> {
    return { cwd: this.folderOf(slot), env: { PARALLEL_AGENTS_SLOT: String(slot) } };
  }

  async takeArtifacts(): Promise<undefined> {}

  async isSetUp(slot: number, command: string): Promise<boolean> {
    return this.#place(slot).setUp === this.#setUpOf(slot, command);
  }

  async wasSetUp(slot: number, command: string): Promise<void> {
    this.#place(slot).setUp = this.#setUpOf(slot, command);
  }

  #setUpOf(slot: number, command: string): string {
    const locks = [...this.#place(slot).files].filter(([path]) => isLockfile(path));
    return JSON.stringify([command, locks.sort()]);
  }

  async seen(): Promise<SeenPlace> {
    return { isInView: false, waysBack: [], excluded: [] };
  }

  folderOf(slot: number): string {
    return `/copies/${slot}`;
  }

  async prepare(slot: number): Promise<Lacking> {
    await this.beforePrepare(slot);
    this.#places.set(slot, { files: new Map(this.files), base: new Map(this.files) });
    return { unread: this.unread };
  }

  async bringUpToDate(slot: number, paths?: readonly string[]): Promise<Arrivals> {
    const { base } = this.#place(slot);
    const looked = paths ?? [...new Set([...base.keys(), ...this.files.keys()])].sort();
    const taken: string[] = [];
    const merged: Arrival[] = [];
    const overlaps: Overlap[] = [];
    for (const path of looked) {
      const theirs = this.files.get(path);
      if (theirs === base.get(path)) continue;
      const how = this.#bring(slot, path, theirs);
      if (how === 'taken') taken.push(path);
      else if (how === 'merged') merged.push({ path, theirs: stateOf(theirs).hash });
      else overlaps.push({ path, theirs: stateOf(theirs).hash, ours: how.ours });
    }
    return { taken, merged, overlaps };
  }

  async write(
    slot: number,
    { path, baseHash, content }: PlaceWrite,
  ): Promise<Result<{ hash: string | null }>> {
    const { files } = this.#place(slot);
    if (stateOf(files.get(path)).hash !== baseHash) return refuse('changedOnDisk', `${path} has changed.`);
    set(files, path, content ?? undefined);
    return ok({ hash: stateOf(content ?? undefined).hash });
  }

  async move(slot: number, { from, to, baseHash }: PlaceMove): Promise<Result<{ hash: string }>> {
    const { files } = this.#place(slot);
    const text = files.get(from);
    if (text === undefined || hashOf(text) !== baseHash || files.has(to))
      return refuse('changedOnDisk', `${from} or ${to} has changed.`);
    files.delete(from);
    files.set(to, text);
    return ok({ hash: baseHash });
  }

  async changes(slot: number): Promise<readonly PlaceChange[]> {
    const { files, base } = this.#place(slot);
    const paths = [...new Set([...files.keys(), ...base.keys()])].sort();
    return paths
      .filter((path) => files.get(path) !== base.get(path))
      .map((path) => ({ path, before: stateOf(base.get(path)), after: stateOf(files.get(path)) }));
  }

  async putBack(slot: number, paths: readonly string[]): Promise<void> {
    const { files, base } = this.#place(slot);
    for (const path of paths) for (const of of [files, base]) set(of, path, this.files.get(path));
  }

  async stage(slot: number, paths: readonly string[]): Promise<readonly StagedFile[]> {
    const { files, base } = this.#place(slot);
    return paths.map((path) => {
      for (const text of [files.get(path), base.get(path)])
        if (text !== undefined) this.#kept.set(hashOf(text), text);
      return { path, before: stateOf(base.get(path)), after: stateOf(files.get(path)) };
    });
  }

  async read({ before, after }: StagedFile): Promise<StagedTexts> {
    return { before: this.#keptText(before) ?? null, after: this.#keptText(after) ?? null };
  }

  async lay(slot: number, staged: readonly StagedFile[]): Promise<Arrivals> {
    const { files, base } = this.#place(slot);
    for (const { path, before, after } of staged) {
      set(base, path, this.#keptText(before));
      set(files, path, this.#keptText(after));
    }
    return this.bringUpToDate(
      slot,
      staged.map(({ path }) => path),
    );
  }

  async publish(staged: readonly StagedFile[]): Promise<Result<object>> {
    const isIn = (path: string, { hash }: FileState) => stateOf(this.files.get(path)).hash === hash;
    const others = staged.filter(({ path, before, after }) => !isIn(path, before) && !isIn(path, after));
    if (others.length > 0) {
      await this.withdraw(staged);
      return refuse('changedOnDisk', `Changed since: ${others.map(({ path }) => path).join(', ')}.`);
    }
    for (const { path, after } of staged) {
      if (isIn(path, after)) continue;
      this.beforePut(path);
      const text = this.#keptText(after);
      set(this.files, path, text);
      this.writes.push({ path, text: text ?? null });
    }
    return ok({});
  }

  async withdraw(staged: readonly StagedFile[]): Promise<readonly string[]> {
    return staged.flatMap(({ path, before, after }) => {
      const { hash } = stateOf(this.files.get(path));
      if (hash === before.hash) return [];
      if (hash !== after.hash) return [path];
      set(this.files, path, this.#keptText(before));
      return [];
    });
  }

  async sweep(hashes: ReadonlySet<string>): Promise<void> {
    for (const hash of this.#kept.keys()) if (!hashes.has(hash)) this.#kept.delete(hash);
  }

  async expand(declared: readonly string[]): Promise<ReadonlyMap<string, readonly PathScope[]>> {
    const paths = [...this.files.keys()].sort();
    return new Map(declared.map((text) => [text, scopesOf(text, paths)]));
  }

  /** @returns how it came in, or what the place had where that does not go together */
  #bring(
    slot: number,
    path: string,
    theirs: string | undefined,
  ): 'taken' | 'merged' | { ours: string | null } {
    const { files, base } = this.#place(slot);
    const ours = files.get(path);
    const before = base.get(path);
    set(base, path, theirs);
    if (ours === before || ours === theirs) {
      set(files, path, theirs);
      return 'taken';
    }
    const both =
      ours === undefined || theirs === undefined ? undefined : merged(path, ours, before ?? '', theirs);
    set(files, path, both ?? theirs);
    return both === undefined ? { ours: ours ?? null } : 'merged';
  }

  #place(slot: number): Place {
    const place = this.#places.get(slot) ?? { files: new Map(), base: new Map() };
    this.#places.set(slot, place);
    return place;
  }

  #keptText({ hash }: FileState): string | undefined {
    return hash === null ? undefined : this.#kept.get(hash);
  }
}

function stateOf(text: string | undefined): FileState {
  return text === undefined ? { hash: null, mode: null } : { hash: hashOf(text), mode: 0o644 };
}

function set(files: Map<string, string>, path: string, text: string | undefined): void {
  if (text === undefined) files.delete(path);
  else files.set(path, text);
}

const isShared = pathMatcher(usualSharedLocks);

function merged(path: string, ours: string, base: string, theirs: string): string | undefined {
  const lines = (text: string) => text.split('\n');
  return mergeLines(lines(base), lines(ours), lines(theirs), isShared(path))?.join('\n');
}

function scopesOf(declared: string, paths: readonly string[]): readonly PathScope[] {
  const scope = parseLockScope(declared);
  if (!scope.ok) return [];
  const { path } = scope.value;
  const isFolder = paths.some((other) => other.startsWith(`${path}/`));
  if (!/[*?{]/.test(declared)) return [isFolder ? { kind: 'folder', path } : scope.value];
  const matched = paths.filter(pathMatcher([`/${declared}`]));
  return matched.length > 0 ? matched.map((file) => ({ kind: 'file', path: file })) : [scope.value];
}
