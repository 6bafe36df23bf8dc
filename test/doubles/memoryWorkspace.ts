// A workspace in memory: files as text, with slot copies and undo as the ports promise them.
import { createHash } from 'node:crypto';
import { type LockScope, parseLockScope } from '../../src/core/locks/lockPath';
import { pathMatcher } from '../../src/core/locks/sharedPaths';
import { ok, type Result, refuse } from '../../src/core/shared/result';
import { Failure } from '../../src/ports/failure';
import type { EditRecord } from '../../src/ports/store';
import type {
  CopyChange,
  FileState,
  FileText,
  Overlay,
  SlotCopies,
  WorkspaceFiles,
} from '../../src/ports/workspace';

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export class MemoryWorkspace implements WorkspaceFiles, SlotCopies {
  readonly root = '/workspace';
  /** What cannot be read. */
  unread: readonly string[] = [];
  readonly files = new Map<string, string>();
  readonly copies = new Map<number, Map<string, string>>();
  /** Every content anything in the workspace ever had, in the order it was put there: a witness of its own. */
  readonly writes: { readonly path: string; readonly text: string | null }[] = [];
  readonly #blobs = new Map<string, string>();
  readonly #shown = new Map<number, Map<string, string>>();

  put(path: string, text: string): void {
    this.files.set(path, text);
  }

  async read(path: string): Promise<Result<FileState>> {
    const text = this.files.get(path);
    return ok({ hash: text === undefined ? null : hashOf(text), mode: text === undefined ? null : 0o644 });
  }

  async keep(path: string): Promise<Result<FileState>> {
    const text = this.files.get(path);
    if (text !== undefined) this.#blobs.set(hashOf(text), text);
    return this.read(path);
  }

  async plan(_path: string, content: string | null): Promise<Result<{ hash: string | null }>> {
    return ok({ hash: content === null ? null : hashOf(content) });
  }

  async replace(
    path: string,
    expected: string | null,
    content: string | null,
  ): Promise<Result<{ hash: string | null }>> {
    const text = this.files.get(path);
    if ((text === undefined ? null : hashOf(text)) !== expected)
      return refuse('changedOnDisk', `${path} has changed.`);
    this.#set(path, content);
    return this.plan(path, content);
  }

  async undo(edit: EditRecord): Promise<'restored' | 'removed' | 'unchanged' | 'kept'> {
    const text = this.files.get(edit.path);
    const now = text === undefined ? null : hashOf(text);
    if (now === edit.original) return 'unchanged';
    if (now !== edit.written && now !== edit.pending) return 'kept';
    this.#set(edit.path, edit.original === null ? null : (this.#blobs.get(edit.original) ?? null));
    return edit.original === null ? 'removed' : 'restored';
  }

  async readText(path: string): Promise<Result<FileText | null>> {
    const text = this.files.get(path);
    return ok(text === undefined ? null : { text, hash: hashOf(text), mode: 0o644 });
  }

  async keepText(text: string): Promise<string> {
    this.#blobs.set(hashOf(text), text);
    return hashOf(text);
  }

  async keptText(hash: string): Promise<string> {
    const text = this.#blobs.get(hash);
    if (text === undefined) throw new Failure('corrupt', `Nothing is kept as ${hash}.`);
    return text;
  }

  async putKept(path: string, expected: string | null, hash: string): Promise<Result<{ hash: string }>> {
    const done = await this.replace(path, expected, await this.keptText(hash));
    return done.ok ? ok({ hash }) : done;
  }

  async sweep(hashes: ReadonlySet<string>): Promise<void> {
    for (const hash of this.#blobs.keys()) if (!hashes.has(hash)) this.#blobs.delete(hash);
  }

  async expand(declared: readonly string[]): Promise<ReadonlyMap<string, readonly LockScope[]>> {
    const paths = [...this.files.keys()].sort();
    return new Map(declared.map((text) => [text, scopesOf(text, paths)]));
  }

  dirOf(slot: number): string {
    return `/copies/${slot}`;
  }

  begin(slot: number, overlay: Overlay): Promise<readonly string[]> {
    return this.refresh(slot, overlay);
  }

  async refresh(slot: number, overlay: Overlay): Promise<readonly string[]> {
    const view = new Map(this.files);
    for (const [path, hash] of overlay) {
      if (hash === null) view.delete(path);
      else view.set(path, this.#blobs.get(hash) ?? '');
    }
    this.copies.set(slot, view);
    this.#shown.set(slot, new Map(view));
    return this.unread;
  }

  async refreshFile(slot: number, path: string, overlay: Overlay): Promise<void> {
    const hash = overlay.get(path);
    const text =
      hash === undefined ? this.files.get(path) : hash === null ? undefined : this.#blobs.get(hash);
    for (const view of [this.copies.get(slot), this.#shown.get(slot)]) {
      if (text === undefined) view?.delete(path);
      else view?.set(path, text);
    }
  }

  async changes(slot: number): Promise<readonly CopyChange[]> {
    const copy = this.copies.get(slot) ?? new Map<string, string>();
    const shown = this.#shown.get(slot) ?? new Map<string, string>();
    const paths = [...new Set([...copy.keys(), ...shown.keys()])].filter(
      (path) => copy.get(path) !== shown.get(path),
    );
    return paths.map((path) => {
      const before = shown.get(path);
      return { path, before: before === undefined ? null : hashOf(before), content: copy.get(path) ?? null };
    });
  }

  #set(path: string, text: string | null): void {
    if (text === null) this.files.delete(path);
    else this.files.set(path, text);
    this.writes.push({ path, text });
  }
}

function scopesOf(declared: string, paths: readonly string[]): readonly LockScope[] {
  const scope = parseLockScope(declared);
  if (!scope.ok) return [];
  const { path } = scope.value;
  const isFolder = paths.some((other) => other.startsWith(`${path}/`));
  if (!/[*?{]/.test(declared)) return [isFolder ? { kind: 'folder', path } : scope.value];
  const matched = paths.filter(pathMatcher([`/${declared}`]));
  return matched.length > 0 ? matched.map((file) => ({ kind: 'file', path: file })) : [scope.value];
}
