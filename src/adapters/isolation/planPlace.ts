// What is to be done to a place so that it is the workspace again: by what both hold now, without reading a file.
import { mostCopiedBytes, mostRestlessBytes } from './copyWhole';
import { type Base, type FileBase, isAsPut } from './manifest';
import { isSameFile } from './stamp';
import type { Found, Survey } from './survey';

export interface Plan {
  /** Folders and links to be put, a folder before what is in it. */
  readonly others: readonly (readonly [string, Found])[];
  readonly files: readonly (readonly [string, Found])[];
  /** Folders whose mode is to be set when all is done: it may be against it. */
  readonly modes: readonly (readonly [string, number])[];
  /** In the workspace, but too large for a place, with their bytes. */
  readonly tooLarge: readonly (readonly [string, number])[];
  /** Large files that are being written; the place keeps what it has. */
  readonly restless: readonly string[];
}

/** A file of which the place has an earlier state is left at it while its last change is not older than this. */
const restMs = 10_000;
/** What its owner needs to change what is in a folder. */
const ownerMay = 0o700;

/** What is known of the place besides what it holds. */
export interface Known {
  /** What it was made as. */
  readonly manifest: ReadonlyMap<string, Base>;
  /** Was it put there just now, as it is in the workspace? */
  readonly came: (at: string) => boolean;
  /** By the clock of the files' times. */
  readonly now: number;
}

export function planPlace(theirs: Survey, ours: Survey, { manifest, came, now }: Known): Plan {
  const tooLarge: [string, number][] = [];
  const restless: string[] = [];
  const others: [string, Found][] = [];
  const files: [string, Found][] = [];
  const modes: [string, number][] = [];
  for (const [at, wanted] of theirs) {
    if (came(at)) continue;
    const found = ours.get(at);
    const base = manifest.get(at);
    if (wanted.kind === 'folder') {
      if (found?.kind !== 'folder' || base?.kind !== 'folder' || base.mode !== wanted.mode)
        others.push([at, wanted]);
      const isClosed = (wanted.mode & ownerMay) !== ownerMay;
      if (found?.kind !== 'folder' || found.mode !== wanted.mode || isClosed) modes.push([at, wanted.mode]);
    } else if (wanted.kind === 'link') {
      const stands =
        base?.kind === 'link' && found?.kind === 'link' && base.to === wanted.to && found.to === base.put;
      if (!stands) others.push([at, wanted]);
    } else if (wanted.kind === 'file') {
      const state = fileState(wanted.stamp, found, base, now);
      if (wanted.stamp.size > mostCopiedBytes) tooLarge.push([at, wanted.stamp.size]);
      else if (state === 'restless') restless.push(at);
      else if (state === 'differs') files.push([at, wanted]);
    }
  }
  return { others, files, modes, tooLarge, restless };
}

function fileState(
  theirs: Extract<Found, { kind: 'file' }>['stamp'],
  found: Found | undefined,
  base: Base | undefined,
  now: number,
): 'same' | 'differs' | 'restless' {
  if (found?.kind !== 'file' || base?.kind !== 'file' || !base.ours) return 'differs';
  if (isSameFile(base.theirs, theirs) && isAsPut(base, found.stamp)) return 'same';
  const restedMs = now - theirs.ctimeMs;
  const isRestless = theirs.size > mostRestlessBytes && restedMs >= 0 && restedMs < restMs;
  // As it was put there, or changed within the same tick, which is not worth another copy of so much.
  const stands = isAsPut(settledBase(base), found.stamp);
  return isRestless && stands ? 'restless' : 'differs';
}

function settledBase(base: FileBase): FileBase {
  const { ours } = base;
  return ours && !('untilMs' in ours) ? { ...base, ours: { ...ours, unsettled: false } } : base;
}

/**
 * The outermost entries that are not wanted, or stand in the way of what is: to be taken away with all that is in them.
 *
 * @param isKept of what the workspace does not have: is it to stay all the same, with all that is in it?
 */
export function straysOf(
  theirs: Survey,
  ours: Survey,
  isKept: (at: string, kind: 'file' | 'folder') => boolean,
): readonly string[] {
  const strays: string[] = [];
  const isWanted = (at: string, kind: Found['kind']) => {
    const wanted = theirs.get(at);
    return wanted !== undefined && wanted.kind === kind && kind !== 'other' && !isTooLarge(wanted);
  };
  const within = new Set<string>();
  for (const [at, { kind }] of ours) {
    const above = at.slice(0, Math.max(0, at.lastIndexOf('/')));
    if (kind === 'apart') continue;
    if (within.has(above)) within.add(at);
    else if (!isWanted(at, kind) && !isKept(at, kind === 'folder' ? 'folder' : 'file')) {
      within.add(at);
      strays.push(at);
    }
  }
  return strays;
}

function isTooLarge(wanted: Found): boolean {
  return wanted.kind === 'file' && wanted.stamp.size > mostCopiedBytes;
}
