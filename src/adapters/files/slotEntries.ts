// What a slot copy should hold and what it does hold, entry by entry.
import type { Stats } from 'node:fs';

/** By these five a file is taken for unchanged without reading it: `ctime` cannot be set back by a command. */
export interface Stamp {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly ino: number;
  readonly mode: number;
  /** The file may have changed again within the same tick of its clock; only its content tells. */
  readonly unsettled: boolean;
}

/** An entry that the copy should have. */
export type Wanted =
  | { readonly kind: 'folder' }
  | { readonly kind: 'file'; readonly from: Source; readonly ignored: boolean }
  /** A link within the copy; `to` is its text. */
  | { readonly kind: 'link'; readonly to: string }
  /** A link to an ignored folder of the workspace; `to` is absolute. */
  | { readonly kind: 'shared'; readonly to: string; readonly changedAt: number }
  /** A whole folder of packages, copied from `from`, which is absolute. */
  | { readonly kind: 'packages'; readonly from: string; readonly changedAt: number };

/** Where a file's content comes from: the workspace, or what was kept of it before another attempt changed it. */
export type Source =
  | { readonly kind: 'workspace'; readonly stamp: Stamp }
  | { readonly kind: 'kept'; readonly hash: string; readonly mode: number };

/** An entry that the copy has, as it was put there. */
export type Placed =
  | Exclude<Wanted, { readonly kind: 'file' | 'packages' }>
  /** With the prints of both when they were the same. */
  | (Extract<Wanted, { readonly kind: 'packages' }> & {
      readonly prints: { readonly from: string; readonly copy: string };
    })
  | {
      readonly kind: 'file';
      readonly from: Source;
      readonly ignored: boolean;
      readonly hash: string;
      /** Of the file in the copy. */
      readonly stamp: Stamp;
    };

/**
 * Clocks of file systems tick every 1 to 10 ms. A file looked at sooner than this after its last change may change
 * again without a trace in its times.
 */
const tickMs = 50;

/** An entry that the copy has now. */
export type Found =
  | { readonly kind: 'folder' | 'other' }
  | { readonly kind: 'file'; readonly stamp: Stamp }
  | { readonly kind: 'link'; readonly to: string };

/** @param lookedAt when `stat` was taken */
export function stampOf(stat: Stats, lookedAt: number): Stamp {
  const { size, mtimeMs, ctimeMs, ino } = stat;
  return { size, mtimeMs, ctimeMs, ino, mode: stat.mode & 0o777, unsettled: lookedAt - ctimeMs < tickMs };
}

/** Certainly the same content, without reading it? */
export function isSameFile(before: Stamp, now: Stamp): boolean {
  return (
    !before.unsettled &&
    before.size === now.size &&
    before.mtimeMs === now.mtimeMs &&
    before.ctimeMs === now.ctimeMs &&
    before.ino === now.ino &&
    before.mode === now.mode
  );
}

/** The same stamp, looked at again at a time when nobody can have touched the file since. */
export function settled(stamp: Stamp, lookedAt: number): Stamp {
  return { ...stamp, unsettled: lookedAt - stamp.ctimeMs < tickMs };
}

export function isSameSource(before: Source, now: Source): boolean {
  if (before.kind === 'kept')
    return now.kind === 'kept' && before.hash === now.hash && before.mode === now.mode;
  return now.kind === 'workspace' && isSameFile(before.stamp, now.stamp);
}
