// A workspace and its slots' places in memory: files as text, kept apart and brought together as the port promises.
import { createHash } from 'node:crypto';
import { mergedMode } from '../../src/adapters/isolation/arrivals';
import { isOfPackages } from '../../src/adapters/isolation/manifest';
import { mergeLines } from '../../src/adapters/isolation/mergeLines';
import { isLockfile } from '../../src/core/guardrails/lockfiles';
import { packageOf } from '../../src/core/guardrails/packageFolders';
import type { SeenPlace } from '../../src/core/guardrails/placeText';
import { isSecret } from '../../src/core/guardrails/secretFiles';
import { secretValuesIn } from '../../src/core/guardrails/secretValues';
import { type PathScope, parseLockScope } from '../../src/core/locks/lockPath';
import { pathMatcher, usualSharedLocks } from '../../src/core/locks/sharedPaths';
import { ok, type Result, refuse } from '../../src/core/shared/result';
import type {
  Arrival,
  Arrivals,
  CommandPlace,
  FileState,
  FileTexts,
  Isolation,
  Lacking,
  Overlap,
  PackagesCame,
  PlaceChange,
  PlaceMove,
  PlaceWrite,
  SecretsHeld,
  StagedFile,
} from '../../src/ports/isolation';

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Texts by path; a mode only where it is not the usual one. */
interface Tree {
  readonly files: Map<string, string>;
  readonly modes: Map<string, number>;
}

interface Place extends Tree {
  readonly base: Tree;
  /** Bases that the workspace is only about to have. */
  readonly anticipated: Set<string>;
  /** By which command and lockfiles. */
  setUp?: string;
}

export interface MemoryRules {
  /** Names that the user's rules ignore. */
  readonly ignored?: readonly string[];
  readonly sharedGlobs?: readonly string[];
}

export class MemoryIsolation implements Isolation {
  /** What cannot be read. */
  unread: readonly string[] = [];
  /** The user's folder. */
  readonly files = new Map<string, string>();
  /** Every content that was put into the user's folder by a publication, in its order: a witness of its own. */
  readonly writes: { readonly path: string; readonly text: string | null }[] = [];
  /** Of the user's files, where they are not the usual ones. */
  readonly modes = new Map<string, number>();
  readonly #places = new Map<number, Place>();
  readonly #turns = new Map<number, Promise<unknown>>();
  readonly #isIgnored: (path: string) => boolean;
  readonly #isShared: (path: string) => boolean;
  readonly #kept = new Map<string, string>();
  /** Stands for what is no file, such as a link: why a change of the path cannot be published. */
  whyNot: (path: string) => string | undefined = () => undefined;
  /** Folders without a file that commands made in places. */
  readonly emptyFolders = new Map<number, Set<string>>();
  /** Called before each file of a publication is put in place; a throw stands for a machine that refuses. */
  beforePut: (path: string) => void = () => {};
  /** Called before a place is made. */
  beforePrepare: (slot: number) => void | Promise<void> = () => {};

  constructor({ ignored = [], sharedGlobs = usualSharedLocks }: MemoryRules = {}) {
    const names = new Set([...ignored, 'node_modules']);
    this.#isIgnored = (path) => path.split('/').some((name) => names.has(name));
    this.#isShared = pathMatcher(sharedGlobs);
  }

  put(path: string, text: string): void {
    this.files.set(path, text);
  }

  /** The files of a slot's place, to be read and changed as a command would. */
  placeOf(slot: number): Map<string, string> {
    return this.#place(slot).files;
  }

  /** With their modes, where these are not the usual ones. */
  treeOf(slot: number): Tree {
    const own = () => this.#place(slot);
    return {
      get files() {
        return own().files;
      },
      get modes() {
        return own().modes;
      },
    };
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

  async seen(slot: number): Promise<SeenPlace> {
    return {
      isInView: false,
      waysBack: [],
      linksOut: [],
      excluded: [],
      installed: this.#installed(slot),
      gitPrograms: [],
    };
  }

  folderOf(slot: number): string {
    return `/copies/${slot}`;
  }

  async prepare(slot: number): Promise<Lacking> {
    return this.#inTurn(slot, async () => {
      await this.beforePrepare(slot);
      this.emptyFolders.delete(slot);
      this.#places.set(slot, { ...copyOf(this), base: copyOf(this), anticipated: new Set() });
      return { unread: this.unread };
    });
  }

  #inTurn<T>(slot: number, work: () => T | Promise<T>): Promise<T> {
    const turn = (this.#turns.get(slot) ?? Promise.resolve()).then(work);
    this.#turns.set(
      slot,
      turn.catch(() => undefined),
    );
    return turn;
  }

  async bringUpToDate(slot: number, paths?: readonly string[]): Promise<Arrivals> {
    return this.#inTurn(slot, () => {
      const { base, anticipated } = this.#place(slot);
      const told = arrivals();
      for (const path of paths ?? pathsIn(base, this)) {
        if (isOfPackages(path)) continue;
        anticipated.delete(path);
        const theirs = fileIn(this, path);
        if (isSame(theirs, fileIn(base, path))) continue;
        this.#arrive(slot, path, fileIn(base, path), theirs, told);
        if (!this.#isIgnored(path) || isSame(fileIn(this.#place(slot), path), theirs))
          put(base, path, theirs);
      }
      return told;
    });
  }

  async bringPackages(slot: number): Promise<PackagesCame> {
    return this.#inTurn(slot, () => {
      const packages = this.#installed(slot);
      if (packages.length === 0) return { packages, isMixed: false };
      const place = this.#place(slot);
      const all = pathsIn(place, place.base, this).filter(isOfPackages);
      const isMixed = all.some((path) => !isSame(fileIn(place, path), fileIn(place.base, path)));
      if (!isMixed)
        for (const path of all) for (const tree of [place, place.base]) put(tree, path, fileIn(this, path));
      return { packages, isMixed };
    });
  }

  #installed(slot: number): readonly string[] {
    const { base } = this.#place(slot);
    const differs = (path: string) => isOfPackages(path) && !isSame(fileIn(this, path), fileIn(base, path));
    return [...new Set(pathsIn(base, this).filter(differs).map(packageOf))].sort();
  }

  async write(
    slot: number,
    { path, baseHash, content }: PlaceWrite,
  ): Promise<Result<{ hash: string | null }>> {
    return this.#inTurn(slot, () => {
      const place = this.#place(slot);
      const now = fileIn(place, path);
      if (stateOf(now).hash !== baseHash) return refuse('changedOnDisk', `${path} has changed.`);
      put(place, path, content === null ? undefined : { text: content, mode: now?.mode ?? usualMode });
      return ok({ hash: content === null ? null : hashOf(content) });
    });
  }

  async move(slot: number, { from, to, baseHash }: PlaceMove): Promise<Result<{ hash: string }>> {
    return this.#inTurn(slot, () => {
      const place = this.#place(slot);
      const now = fileIn(place, from);
      if (stateOf(now).hash !== baseHash || place.files.has(to))
        return refuse('changedOnDisk', `${from} or ${to} has changed.`);
      put(place, to, now);
      put(place, from, undefined);
      return ok({ hash: baseHash });
    });
  }

  async changes(slot: number): Promise<readonly PlaceChange[]> {
    const empty = () => [...(this.emptyFolders.get(slot) ?? [])].sort();
    return this.#inTurn(slot, () => [
      ...this.#changesIn(this.#place(slot)),
      ...empty().map((path) => ({
        path,
        ...nothing,
        why: 'It is an empty folder.',
        isFolder: true as const,
      })),
    ]);
  }

  async leaveEmptied(): Promise<void> {} // it has files alone

  async putBack(slot: number, paths: readonly string[]): Promise<void> {
    return this.#inTurn(slot, () => {
      const place = this.#place(slot);
      for (const path of paths) this.emptyFolders.get(slot)?.delete(path);
      for (const path of paths) {
        const wanted = fileIn(place.anticipated.has(path) ? place.base : this, path);
        for (const tree of [place, place.base]) put(tree, path, wanted);
      }
    });
  }

  async stage(slot: number, paths: readonly string[]): Promise<readonly StagedFile[]> {
    return this.#inTurn(slot, () => {
      const place = this.#place(slot);
      return paths.map((path) => {
        const [before, after] = [fileIn(place.base, path), fileIn(place, path)];
        for (const file of [before, after]) if (file) this.#kept.set(hashOf(file.text), file.text);
        return { path, before: stateOf(before), after: stateOf(after) };
      });
    });
  }

  async read({ before, after }: StagedFile): Promise<FileTexts> {
    return { before: this.#keptFile(before)?.text ?? null, after: this.#keptFile(after)?.text ?? null };
  }

  async texts(slot: number, paths: readonly string[]): Promise<ReadonlyMap<string, FileTexts>> {
    return this.#inTurn(slot, () => {
      const place = this.#place(slot);
      const textIn = (tree: Tree, path: string) => fileIn(tree, path)?.text ?? null;
      return new Map(
        paths.map((path) => [path, { before: textIn(place.base, path), after: textIn(place, path) }]),
      );
    });
  }

  async anticipate(slot: number, staged: readonly StagedFile[]): Promise<boolean> {
    return this.#inTurn(slot, () => {
      const place = this.#place(slot);
      const isBase = (path: string, state: FileState) =>
        [place, place.base].every((tree) => isSame(fileIn(tree, path), this.#keptFile(state)));
      const coming = staged.filter(({ path, before }) => isBase(path, before));
      if (!staged.every((file) => coming.includes(file) || isBase(file.path, file.after))) return false;
      for (const { path, after } of coming) {
        place.anticipated.add(path);
        for (const tree of [place, place.base]) put(tree, path, this.#keptFile(after));
      }
      return true;
    });
  }

  async news(slot: number): Promise<readonly string[]> {
    return this.#inTurn(slot, () => {
      const { base, anticipated } = this.#place(slot);
      const isNews = (path: string) =>
        !(isOfPackages(path) || this.#isIgnored(path) || anticipated.has(path)) &&
        !isSame(fileIn(this, path), fileIn(base, path));
      return pathsIn(base, this).filter(isNews);
    });
  }

  async lay(slot: number, staged: readonly StagedFile[]): Promise<Arrivals> {
    return this.#inTurn(slot, () => {
      const told = arrivals();
      for (const { path, before, after } of staged)
        this.#arrive(slot, path, this.#keptFile(before), this.#keptFile(after), told);
      return told;
    });
  }

  async restore(slot: number, staged: readonly StagedFile[]): Promise<readonly Overlap[]> {
    return this.#inTurn(slot, () => {
      const place = this.#place(slot);
      const told = arrivals();
      for (const { path, before, after } of staged) {
        const [was, base] = [this.#keptFile(before), fileIn(place.base, path)];
        put(place, path, this.#keptFile(after));
        if (!isSame(was, base)) this.#arrive(slot, path, was, base, told);
      }
      return told.overlaps;
    });
  }

  async publish(staged: readonly StagedFile[]): Promise<Result<object>> {
    const isIn = (path: string, { hash }: FileState) => stateOf(fileIn(this, path)).hash === hash;
    const others = staged.filter(({ path, before, after }) => !isIn(path, before) && !isIn(path, after));
    if (others.length > 0) {
      await this.withdraw(staged);
      return refuse('changedOnDisk', `Changed since: ${others.map(({ path }) => path).join(', ')}.`);
    }
    for (const { path, after } of staged) {
      if (isIn(path, after)) continue;
      this.beforePut(path);
      const file = this.#keptFile(after);
      put(this, path, file);
      this.writes.push({ path, text: file?.text ?? null });
    }
    return ok({});
  }

  async withdraw(staged: readonly StagedFile[]): Promise<readonly string[]> {
    return staged.flatMap(({ path, before, after }) => {
      const { hash } = stateOf(fileIn(this, path));
      if (hash === before.hash) return [];
      if (hash !== after.hash) return [path];
      put(this, path, this.#keptFile(before));
      return [];
    });
  }

  async secretsIn(staged: readonly StagedFile[]): Promise<readonly SecretsHeld[]> {
    const holds = (state: FileState, value: string) => this.#keptFile(state)?.text.includes(value) ?? false;
    const held = [...this.files].filter(([path]) => isSecret(path));
    return staged.flatMap(({ path, after }) => {
      const isNew = (value: string) =>
        holds(after, value) && !staged.some(({ before }) => holds(before, value));
      const of = held.filter(([, text]) => secretValuesIn(text).some(isNew)).map(([file]) => file);
      return of.length === 0 ? [] : [{ path, of: of.sort() }];
    });
  }

  /** Here all files are put in one step. */
  async leftBegun(): Promise<readonly string[]> {
    return [];
  }

  async forgetBegun(): Promise<void> {}

  async sweep(hashes: ReadonlySet<string>): Promise<void> {
    for (const hash of this.#kept.keys()) if (!hashes.has(hash)) this.#kept.delete(hash);
  }

  async expand(declared: readonly string[]): Promise<ReadonlyMap<string, readonly PathScope[]>> {
    const paths = [...this.files.keys()].sort();
    return new Map(declared.map((text) => [text, scopesOf(text, paths)]));
  }

  /** Brings what became of a file elsewhere, from `before` to `theirs`, into a place, and tells it. */
  #arrive(
    slot: number,
    path: string,
    before: MemoryFile | undefined,
    theirs: MemoryFile | undefined,
    told: ReturnType<typeof arrivals>,
  ): void {
    const place = this.#place(slot);
    const ours = fileIn(place, path);
    const isIgnored = this.#isIgnored(path);
    const { hash } = stateOf(theirs);
    if (isSame(ours, before)) {
      put(place, path, theirs);
      if (!isIgnored) told.taken.push(path);
    } else if (!isSame(ours, theirs) && !isIgnored) {
      const text = ours && theirs && this.#merged(path, ours.text, before?.text ?? '', theirs.text);
      const modes = [before, ours, theirs].map((file) => file?.mode ?? usualMode) as [number, number, number];
      put(place, path, text === undefined ? theirs : { text, mode: mergedMode(...modes) });
      if (text === undefined) told.overlaps.push({ path, theirs: hash, ours: ours?.text ?? null });
      else told.merged.push({ path, theirs: hash });
    }
  }

  #merged(path: string, ours: string, base: string, theirs: string): string | undefined {
    const lines = (text: string) => text.split('\n');
    return mergeLines(lines(base), lines(ours), lines(theirs), this.#isShared(path))?.join('\n');
  }

  #changesIn({ base, ...place }: Place): readonly PlaceChange[] {
    return pathsIn(place, base)
      .filter((path) => !this.#isIgnored(path) && !isSame(fileIn(place, path), fileIn(base, path)))
      .map((path) => ({
        path,
        before: stateOf(fileIn(base, path)),
        after: stateOf(fileIn(place, path)),
        ...(this.whyNot(path) !== undefined && { why: this.whyNot(path) as string }),
      }));
  }

  #place(slot: number): Place {
    const place = this.#places.get(slot) ?? { ...newTree(), base: newTree(), anticipated: new Set() };
    this.#places.set(slot, place);
    return place;
  }

  #keptFile({ hash, mode }: FileState): MemoryFile | undefined {
    const text = hash === null ? undefined : this.#kept.get(hash);
    return text === undefined ? undefined : { text, mode: mode ?? usualMode };
  }
}

interface MemoryFile {
  readonly text: string;
  readonly mode: number;
}

const usualMode = 0o644;
const nothing = { before: { hash: null, mode: null }, after: { hash: null, mode: null } };

function newTree(): Tree {
  return { files: new Map(), modes: new Map() };
}

function copyOf({ files, modes }: Tree): Tree {
  return { files: new Map(files), modes: new Map(modes) };
}

function fileIn({ files, modes }: Tree, path: string): MemoryFile | undefined {
  const text = files.get(path);
  return text === undefined ? undefined : { text, mode: modes.get(path) ?? usualMode };
}

function put({ files, modes }: Tree, path: string, file: MemoryFile | undefined): void {
  modes.delete(path);
  if (!file) {
    files.delete(path);
    return;
  }
  files.set(path, file.text);
  if (file.mode !== usualMode) modes.set(path, file.mode);
}

function pathsIn(...trees: readonly Tree[]): readonly string[] {
  return [...new Set(trees.flatMap(({ files }) => [...files.keys()]))].sort();
}

function isSame(one: MemoryFile | undefined, other: MemoryFile | undefined): boolean {
  return one?.text === other?.text && one?.mode === other?.mode;
}

function stateOf(file: MemoryFile | undefined): FileState {
  return file === undefined ? { hash: null, mode: null } : { hash: hashOf(file.text), mode: file.mode };
}

function arrivals(): { taken: string[]; merged: Arrival[]; overlaps: Overlap[] } {
  return { taken: [], merged: [], overlaps: [] };
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
