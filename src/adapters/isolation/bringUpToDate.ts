// Takes into a place what changed in the workspace: as it is where the place had not changed it, else merged by lines.
import { chmod, rmdir } from 'node:fs/promises';
import { hasCode } from '../files/fileFailure';
import { inParallel } from '../files/inParallel';
import { type ArrivalList, mergedMode } from './arrivals';
import { putWhole } from './copyWhole';
import { type FileNow, readNow } from './fileNow';
import { lostHash } from './manifest';
import { type Content, mergeFile } from './mergeFile';
import type { SlotPlace } from './slotPlace';
import { isSameFile } from './stamp';
import { type Found, foundBelow, foundOpened } from './survey';
import { surveyTree } from './surveyTree';

export interface Arriving {
  readonly place: SlotPlace;
  readonly told: ArrivalList;
  /** By paths from the top: is it a file whose lines are both taken where two sides add some at one spot? */
  readonly isShared: (at: string) => boolean;
  /** What the place made of these stays: they are no changes. */
  readonly isIgnored: (at: string) => boolean;
}

/** @param theirs what the workspace has now of the paths that are looked at @param looked is it one of those? */
export async function bringUpToDate(
  arriving: Arriving,
  theirs: ReadonlyMap<string, Found>,
  looked: (at: string) => boolean,
): Promise<void> {
  const { manifest } = arriving.place;
  const gone = [...manifest.keys()].filter((at) => looked(at) && !theirs.has(at));
  for (const at of gone.reverse()) await arrive(arriving, at, undefined);
  const files: [string, Found][] = [];
  for (const [at, wanted] of theirs) {
    if (wanted.kind === 'other' || wanted.kind === 'apart' || isAsTaken(arriving.place, at, wanted)) continue;
    if (wanted.kind === 'file') files.push([at, wanted]);
    else await arrive(arriving, at, wanted);
  }
  await inParallel(files, ([at, wanted]) => arrive(arriving, at, wanted));
}

/** What `bringUpToDate` would tell of but for what was anticipated, by paths from the top; nothing is taken in. */
export async function newsIn(
  place: SlotPlace,
  theirs: ReadonlyMap<string, Found>,
  looked: (at: string) => boolean,
): Promise<readonly string[]> {
  const isAsked = (at: string) => looked(at) && !place.anticipated.has(at);
  const gone = [...place.manifest].filter(
    ([at, { kind }]) => kind !== 'folder' && isAsked(at) && !theirs.has(at),
  );
  const news = gone.map(([at]) => at);
  for (const [at, wanted] of theirs) {
    if (wanted.kind !== 'file' && wanted.kind !== 'link') continue;
    if (!isAsked(at) || isAsTaken(place, at, wanted)) continue;
    if (wanted.kind === 'link' || !(await isBase(place, at, wanted.stamp.mode))) news.push(at);
  }
  return news;
}

/** Was the workspace's file only touched since the place took it? */
async function isBase(place: SlotPlace, at: string, mode: number): Promise<boolean> {
  const base = place.manifest.get(at);
  if (base?.kind !== 'file' || base.theirs.mode !== mode) return false;
  const known = await place.keepBase(at);
  return known !== lostHash && (await readNow(place.theirs(at)))?.hash === known;
}

function isAsTaken({ manifest }: SlotPlace, at: string, wanted: Found): boolean {
  const base = manifest.get(at);
  if (wanted.kind === 'folder') return base?.kind === 'folder';
  if (wanted.kind === 'link') return base?.kind === 'link' && base.to === wanted.to;
  return wanted.kind === 'file' && base?.kind === 'file' && isSameFile(base.theirs, wanted.stamp);
}

async function arrive(arriving: Arriving, at: string, wanted: Found | undefined): Promise<void> {
  const { place, told, isIgnored } = arriving;
  const base = place.manifest.get(at);
  const found = foundOpened(place.options.dir, at);
  if (wanted?.kind === 'folder' && found?.kind === 'folder') {
    place.manifest.set(at, { kind: 'folder', mode: wanted.mode });
  } else if (wanted === undefined && base?.kind === 'folder') {
    await leaveFolder(place, at);
  } else if (await place.isUntouched(at, found)) {
    if (wanted?.kind === 'file' && (await isSameContent(place, at))) return;
    if (found?.kind === 'folder') await loseAllIn(arriving, at);
    await place.take(at, wanted);
    const hasNone = !base && !place.manifest.has(at); // not to be read, or too large for a place, as before
    if (!hasNone && base?.kind !== 'folder' && wanted?.kind !== 'folder') told.taken(at);
  } else if (isIgnored(at)) {
    return;
  } else if (isFileOrNone(wanted) && isFileOrNone(found)) {
    await arriveInBoth(arriving, at, wanted);
  } else {
    if (found?.kind === 'folder') await loseAllIn(arriving, at);
    else told.overlap(at, await theirHash(place, at), (await readNow(place.ours(at)))?.bytes);
    await place.take(at, wanted);
  }
}

/** Both have changed the file since. */
async function arriveInBoth(arriving: Arriving, at: string, wanted: Found | undefined): Promise<void> {
  const { place, told, isShared } = arriving;
  await place.keepBase(at);
  const base = place.manifest.get(at);
  const known = base?.kind === 'file' ? base : undefined;
  const ours = await readNow(place.ours(at));
  const theirs = wanted ? await readNow(place.theirs(at)) : null;
  if (theirs === undefined || (wanted && !theirs)) return; // not to be read, or just gone: the next time tells
  const started: Content = known
    ? { hash: known.hash ?? lostHash, bytes: await place.baseBytes(known) }
    : null;
  const outcome = mergeFile(started, contentOf(ours), contentOf(theirs), isShared(at));
  const mode = ours && theirs ? mergedMode(known?.theirs.mode ?? null, ours.mode, theirs.mode) : undefined;
  switch (outcome.kind) {
    case 'ours':
      if (!theirs) return place.forget(at);
      await place.rebase(at, theirs);
      if (mode !== undefined && mode !== ours?.mode) await chmod(place.ours(at), mode);
      return;
    case 'theirs':
      await place.take(at, wanted);
      if (theirs && mode !== undefined && mode !== theirs.mode) {
        await chmod(place.ours(at), mode);
        await place.rebase(at, theirs);
      }
      return told.merged(at, theirs?.hash ?? null);
    case 'merged':
      await putWhole(outcome.bytes, mode ?? 0o644, place.ours(at), place.options.staging);
      if (theirs) await place.rebase(at, theirs);
      return told.merged(at, theirs?.hash ?? null);
    case 'overlap':
      told.overlap(at, theirs?.hash ?? null, ours?.bytes);
      return place.take(at, wanted);
    default:
      return outcome satisfies never;
  }
}

/** Was the workspace's file only touched? Then its new stamp is remembered, and the place need not change. */
async function isSameContent(place: SlotPlace, at: string): Promise<boolean> {
  const base = place.manifest.get(at);
  if (base?.kind !== 'file' || !base.ours) return false;
  const found = foundBelow(place.options.top, at);
  if (
    found?.kind !== 'file' ||
    found.stamp.size !== base.theirs.size ||
    found.stamp.mode !== base.theirs.mode
  )
    return false;
  const [ours, theirs] = [await readNow(place.ours(at)), await readNow(place.theirs(at))];
  if (!ours || !theirs || ours.hash !== theirs.hash) return false;
  place.retake(at, theirs, ours);
  return true;
}

/** A folder that the workspace has no more stays where the place has something of its own in it. */
async function leaveFolder(place: SlotPlace, at: string): Promise<void> {
  place.forget(at);
  try {
    if (foundOpened(place.options.dir, at)?.kind === 'folder') await rmdir(place.ours(at));
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST', 'EACCES')) throw error;
  }
}

/** Where the workspace has a file now, what the place has in a folder of that name cannot stay. */
async function loseAllIn({ place, told }: Arriving, at: string): Promise<void> {
  const lost = await surveyTree(place.ours(at), { isLeftOut: () => false, unread: () => {}, about: 0 });
  for (const [inside, { kind }] of lost) {
    if (kind !== 'file') continue;
    told.overlap(`${at}/${inside}`, null, (await readNow(place.ours(`${at}/${inside}`)))?.bytes);
  }
}

async function theirHash(place: SlotPlace, at: string): Promise<string | null> {
  return foundBelow(place.options.top, at)?.kind === 'file'
    ? ((await readNow(place.theirs(at)))?.hash ?? null)
    : null;
}

function isFileOrNone(found: Found | undefined): boolean {
  return found === undefined || found.kind === 'file';
}

/** Content above what is kept has no bytes, and is never merged. */
function contentOf(file: FileNow | null | undefined): Content {
  return file ? { hash: file.hash, bytes: file.bytes } : null;
}
