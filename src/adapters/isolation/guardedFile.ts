// A file of the workspace as a publication meets it: looked at and exchanged only where an agent may change one.
import { powerOf } from '../../core/guardrails/powerFiles';
import { lockKey, parseFoundPath, parseWorkspacePath } from '../../core/locks/lockPath';
import { ok, type Refusal, type Result, refuse } from '../../core/shared/result';
import type { FileState, StagedFile } from '../../ports/isolation';
import { type BlobStore, mostKeptBytes } from '../files/blobStore';
import { isNotRead } from '../files/boundedRead';
import { exchange } from '../files/exchange';
import { atSpot, type FileSpot } from '../files/fileSpot';
import { type Look, lookAtPlace } from '../files/lookAt';
import { type NamedByGit, powerNamedByGit } from '../files/namedByGit';
import { powerByPlace } from '../files/powerByPlace';

export interface Ground {
  /** The workspace's real path: absolute, without links. */
  readonly root: string;
  readonly kept: BlobStore;
  readonly namedByGit: NamedByGit;
  readonly alsoProtected: readonly string[];
  /** Does the disk of the workspace keep modes? Where it does not, they tell nothing. */
  readonly keepsModes: boolean;
}

export type Found =
  /** With the outermost folder that has to be made for the file. */
  | { readonly state: 'before'; readonly createdFolder?: string }
  | { readonly state: 'after' }
  /** Neither, or not to be touched. */
  | { readonly state: 'other'; readonly why: Refusal };

/**
 * @param standsAside what of the same publication goes before this file comes, or came when it went: a file that becomes
 *   a folder, another spelling of the name
 */
export async function lookAtFile(
  ground: Ground,
  file: StagedFile,
  standsAside: (inTheWay: string) => boolean,
): Promise<Found> {
  const looked = await at<Found>(
    ground,
    file.path,
    async (place) => {
      const now = await lookAtPlace(place, mostKeptBytes);
      if (isNotRead(now) && now.notRead !== 'missing') return changedOnDisk(file.path);
      const look = isNotRead(now) ? null : now;
      if (isState(ground, file.after, look)) return ok({ state: 'after' });
      if (!isState(ground, file.before, look)) return changedOnDisk(file.path);
      if (!(await keepsContent(ground.kept, file.before, place))) return changedOnDisk(file.path);
      const createdFolder = outermostMissing(place);
      return ok({ state: 'before', ...(createdFolder === undefined ? {} : { createdFolder }) });
    },
    standsAside,
  );
  return looked.ok ? looked.value : { state: 'other', why: looked.error };
}

/**
 * From `before` to `after`; the folder is synced by the caller.
 * @param staged the content of `after`, gone afterwards; null: no file
 */
export function changeFile(ground: Ground, file: StagedFile, staged: string | null): Promise<Result<object>> {
  return at(ground, file.path, async (place) => {
    const isStill = (now: Look | null) => isState(ground, file.before, now);
    const exchanged = await exchange(place, isStill, staged, 'later');
    if (exchanged === 'done') return ok({});
    if (exchanged === 'changed') return changedOnDisk(file.path);
    return refuse(
      'pathDenied',
      `"${file.path}" lies on another disk than the workspace; agents do not write there.`,
    );
  });
}

function at<T>(
  { root, namedByGit, alsoProtected }: Ground,
  file: string,
  work: (place: FileSpot) => Promise<Result<T>>,
  standsAside?: (inTheWay: string) => boolean,
): Promise<Result<T>> {
  const protection = (name: string) => {
    const power = powerOf(name);
    if (power?.may === 'never') return power.why;
    if (alsoProtected.some((other) => lockKey(other) === lockKey(name))) return 'is the backlog';
    return powerNamedByGit(name, namedByGit) ?? powerByPlace(root, name);
  };
  // New names have been judged where the change was found (`nameTwins`); others are what they were.
  const parse = process.platform === 'win32' ? parseWorkspacePath : parseFoundPath;
  return atSpot(root, file, protection, work, standsAside, parse);
}

function isState({ keepsModes }: Ground, state: FileState, now: Look | null): boolean {
  if (state.hash === null || now === null) return state.hash === now;
  const isMode = !keepsModes || state.mode === null || state.mode === now.mode;
  return isMode && state.hash === now.hash;
}

/** What is replaced can be put back: its content is kept, or can still be had from where it stands. */
async function keepsContent(kept: BlobStore, { hash }: FileState, place: FileSpot): Promise<boolean> {
  if (hash === null || (await kept.has(hash))) return true;
  const taken = await kept.putFile(place.folder.at(place.name));
  return !isNotRead(taken) && taken.hash === hash;
}

function outermostMissing({ path: file, missing }: FileSpot): string | undefined {
  if (missing.length === 0) return undefined;
  const names = file.split('/');
  return names.slice(0, names.length - missing.length).join('/');
}

function changedOnDisk(file: string) {
  return refuse('changedOnDisk', `"${file}" was changed on disk.`);
}
