// What a place knows of itself: each entry as it was taken from the workspace, and as it was put.
import { isSameFile, type Stamp } from './stamp';

/** What of the workspace an entry started from. A file without one is new in the place. */
export type Base =
  | { readonly kind: 'folder'; readonly mode: number }
  /** The link's text in the workspace and in the place, where it must not lead back. */
  | { readonly kind: 'link'; readonly to: string; readonly put: string }
  | FileBase;

export interface FileBase {
  readonly kind: 'file';
  /** The workspace's file when it was copied. */
  readonly theirs: Stamp;
  /** The copy as long as it is the base; null where the place never held it so (a merge). */
  readonly ours: Stamp | Until | null;
  /** SHA-256 of the content, hex; made when it is first asked for. */
  readonly hash?: string;
}

/** Of a copy that nobody has looked at since it was made: all of it was by this time, on the clock of the files. */
export interface Until {
  readonly untilMs: number;
}

/** By path from the top. */
export class Manifest extends Map<string, Base> {
  /** Does it say something else than what was last read or written? */
  isChanged = false;

  override set(at: string, base: Base): this {
    this.isChanged = true;
    return super.set(at, base);
  }

  override delete(at: string): boolean {
    const isGone = super.delete(at);
    this.isChanged ||= isGone;
    return isGone;
  }
}

/** Stands for the hash of a base that nobody has any more; no content has it. */
export const lostHash = '0'.repeat(64);

export const packagesName = 'node_modules';

/** In the place, but never a change, and brought up to date for a new attempt only. */
export function isOfPackages(path: string): boolean {
  return /(^|\/)node_modules(\/|$)/.test(path);
}

/** Is the place's file certainly as it was put, without reading it? */
export function isAsPut({ ours, theirs }: FileBase, now: Stamp): boolean {
  if (ours === null) return false;
  if (!('untilMs' in ours)) return isSameFile(ours, now);
  // Whoever wrote it since has left a later time of change, which nobody can set.
  const isAsTheirs = now.size === theirs.size && now.mtimeMs === theirs.mtimeMs && now.mode === theirs.mode;
  return isAsTheirs && now.ctimeMs <= ours.untilMs;
}
