// What tells without reading it that a file is still what it was.
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

/**
 * Clocks of file systems tick every 1 to 10 ms. A file looked at sooner than this after its last change may change
 * again without a trace in its times.
 */
export const tickMs = 50;

/** @param lookedAt when `stat` was taken */
export function stampOf(
  stat: Pick<Stats, 'size' | 'mtimeMs' | 'ctimeMs' | 'ino' | 'mode'>,
  lookedAt: number,
): Stamp {
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
