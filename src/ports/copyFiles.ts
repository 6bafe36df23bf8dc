// An agent's private copy of the workspace, as its tools look at it: reading only, changes go through the coordinator.
import type { WorkspacePath } from '../core/locks/lockPath';
import type { Result } from '../core/shared/result';

/**
 * Reads inside one slot copy. Every method refuses `pathDenied` for a path that leads out of the copy through a link.
 * The content of files that are secrets by name (`core/features/namedSecrets`) is withheld, there or not: `read` refuses
 * them, `search` passes over them, `list` tells their names.
 * Refused with `pathDenied` as well is what may not be read by its mode, or that of a folder above it; within a folder that is
 * listed or searched it is passed over and named. What a system call refuses for another reason is thrown as a `Failure` (`io`; `noCopy` where
 * the copy itself is gone).
 */
export interface CopyFiles {
  /**
   * The name under which a file or folder is there that is asked for as it stands there, or in another Unicode form; undefined
   * for none. Not all are canonical paths: a name may be in NFD, or hold a `\` or a tab (`parseFoundPath`).
   */
  found(asked: string): Promise<WorkspacePath | undefined>;
  /** The file, or null when there is none. `notText` when it is none, `badInput` for a folder or a file too large. */
  read(path: WorkspacePath): Promise<Result<CopyFile | null>>;
  /** Files below `folder` (`''`: the whole copy), sorted; without version control, dependencies and linked folders. */
  list(folder: WorkspacePath | ''): Promise<Result<CopyListing>>;
  /** Lines that match, in the order of `list`; `badInput` for a pattern that cannot be read or takes too long. */
  search(query: CopySearch, signal: AbortSignal): Promise<Result<CopyMatches>>;
}

export interface CopyFile {
  /** With `\n` for every line end, without a byte order mark; whatever the file's encoding, which a change keeps. */
  readonly text: string;
  /** SHA-256 of the bytes, hex. */
  readonly hash: string;
}

export interface CopyListing {
  readonly paths: readonly WorkspacePath[];
  /** True when there are more files than were looked at. */
  readonly partial: boolean;
  /** Folders that may not be read, with a last `/`. */
  readonly shut: readonly string[];
}

interface CopySearch {
  readonly text: string;
  /** `text` is a regular expression, matched against one line at a time. */
  readonly isRegex: boolean;
  readonly folder: WorkspacePath | '';
  readonly maxMatches: number;
}

interface CopyMatches {
  readonly matches: readonly CopyMatch[];
  /** True when there may be more: too many matches or too many files. */
  readonly partial: boolean;
  /** Files that were not searched, for they are too large. */
  readonly tooLarge: readonly WorkspacePath[];
  /** Files that were not searched, for they may not be read; and such folders, with a last `/`. */
  readonly shut: readonly string[];
}

export interface CopyMatch {
  readonly path: WorkspacePath;
  /** From 1. */
  readonly line: number;
  /** The line, cut to a readable length. */
  readonly text: string;
}
