// The user's files as the host changes them, and the private copies that agents work in.
import type { LockScope } from '../core/locks/lockPath';
import type { Slot } from '../core/shared/ids';
import type { Result } from '../core/shared/result';
import type { EditRecord } from './store';

/** A file's content as far as the rules need it. */
export interface FileState {
  /** SHA-256 of the bytes, hex; null: no such file. */
  readonly hash: string | null;
  readonly mode: number | null;
}

export interface FileText {
  readonly text: string;
  readonly hash: string;
  readonly mode: number;
}

/**
 * The workspace itself. Paths are canonical (`core/locks/lockPath`). Every method refuses (`pathDenied`) a path that
 * leads out of the workspace through a link, or to a file that grants power over the user's machine.
 */
export interface WorkspaceFiles {
  readonly root: string;
  read(path: string): Promise<Result<FileState>>;
  /** Keeps the present content under its hash, durably; nothing to do for an absent file. */
  keep(path: string): Promise<Result<FileState & { readonly createdFolder?: string }>>;
  /**
   * Puts `content` (null: no file) at `path` in one step, if it is still `expected`; `changedOnDisk` otherwise,
   * `notText` for a file that is not UTF-8. Mode, byte order mark and line ends of the old file are kept.
   */
  replace(
    path: string,
    expected: string | null,
    content: string | null,
  ): Promise<Result<{ readonly hash: string | null }>>;
  /** What `replace` would leave behind for `content`, as a hash; so that it can be recorded before it happens. */
  plan(path: string, content: string | null): Promise<Result<{ readonly hash: string | null }>>;
  /** Puts back what was there before an attempt's edit, if the file is still as the attempt left it. */
  undo(edit: EditRecord): Promise<'restored' | 'removed' | 'unchanged' | 'kept'>;
  /** A file's text to the letter, with its byte order mark and line ends; `notText` for what is none or too large. */
  readText(path: string): Promise<Result<FileText | null>>;
  /** Keeps a text durably; the answer is its hash. */
  keepText(text: string): Promise<string>;
  /** The text kept under `hash`. */
  keptText(hash: string): Promise<string>;
  /** Puts kept content at `path` to the letter, in one step, if it is still `expected`. @param mode for a new file */
  putKept(
    path: string,
    expected: string | null,
    kept: string,
    mode?: number,
  ): Promise<Result<{ readonly hash: string }>>;
  /** Throws away kept content but for `hashes`, and what is left of staged writes. */
  sweep(hashes: ReadonlySet<string>): Promise<void>;
  /**
   * What declared paths, folders and globs name today, each by its real name where links lead there: the files that a
   * glob matches, or the folder before its first wildcard when there are none or too many; a folder where a plain path is
   * one. By declared text; empty for what is no path in the workspace.
   */
  expand(declared: readonly string[]): Promise<ReadonlyMap<string, readonly LockScope[]>>;
}

/** What another live attempt has made of the workspace: by path, the content to show instead (null: no file). */
export type Overlay = ReadonlyMap<string, string | null>;

/** An agent's private copy of the workspace. */
export interface SlotCopies {
  dirOf(slot: Slot): string;
  /**
   * Makes the copy equal to the workspace with `overlay` laid over it. Files the command or agent changed only in the
   * copy are put back; what a command left in ignored places (packages, builds) stays for the next. `overlay` is read once
   * at the start. Resolves with what could not be read and so is not in the copy, sorted, folders with a last `/`.
   * Rejects with a `Failure` when there can be no copy at all: `noCopy`, `diskFull`, `readOnly`, `tooManyOpen`.
   */
  refresh(slot: Slot, overlay: Overlay): Promise<readonly string[]>;
  /** As `refresh`, for an attempt that begins: nothing that an earlier one left is there, in ignored places neither. */
  begin(slot: Slot, overlay: Overlay): Promise<readonly string[]>;
  /** The same for one file. */
  refreshFile(slot: Slot, path: string, overlay: Overlay): Promise<void>;
  /** Files in the copy that differ from what `refresh` put there: what a command changed. Text only; others say so. */
  changes(slot: Slot): Promise<readonly CopyChange[]>;
}

export type CopyChange = {
  readonly path: string;
  /** What the copy had before; null: nothing. */
  readonly before: string | null;
} & (
  | {
      /** The new text; null: deleted. */
      readonly content: string | null;
    }
  /** It cannot be brought over; `why` is a sentence that says so of the file. */
  | { readonly content: undefined; readonly why: string }
);
