// Makes a place what the workspace is now.
import { chmodSync, readdirSync } from 'node:fs';
import { tooLargeToCopy } from '../../core/guardrails/copySize';
import { sizeText } from '../../core/shared/size';
import { Failure } from '../../ports/failure';
import { hasCode, isUnreadable } from '../files/fileFailure';
import { garbledText } from '../files/garbledNames';
import { inParallel } from '../files/inParallel';
import { inSlices } from '../files/inSlices';
import { ArrivalList } from './arrivals';
import { bringUpToDate } from './bringUpToDate';
import { copyParts, noneCame } from './copyParts';
import { mostCopiedBytes } from './copyWhole';
import type { LeftOut } from './leftOut';
import { isOfPackages } from './manifest';
import { planPlace, straysOf } from './planPlace';
import type { SetUp } from './setUp';
import type { SlotPlace } from './slotPlace';
import { foundAt, type Survey } from './survey';
import { surveyTree } from './surveyTree';
import { aboveOf } from './wholeParts';
import { isUnread, type Looked, type WorkspaceLook } from './workspaceLook';

/** Of what is left out, for people. */
const mostNamedExcluded = 20;

/** What a place is to be besides the workspace as it is. */
export interface Wanted {
  /** The workspace, looked at since it was asked for the place. */
  readonly looked: Promise<Looked>;
  readonly setUp: SetUp;
  readonly leftOut: LeftOut['of'];
  /** Of a workspace with more nothing is copied. */
  readonly limitBytes: number;
}

/**
 * Fails with `copyRefused`, before anything is copied, where the workspace has more than `limitBytes`.
 * @returns what the place does not have of the workspace, in words by path, sorted
 */
export async function prepare(
  place: SlotPlace,
  look: WorkspaceLook,
  { looked, setUp, leftOut: rules, limitBytes }: Wanted,
): Promise<readonly string[]> {
  requireReadable(place.theirs(place.options.inside));
  await place.remember();
  await place.clear();
  const garbled: string[] = [];
  const [seen, ours] = await Promise.all([looked, surveyPlace(place, (at) => garbled.push(at))]);
  const { theirs, unread, leftOut } = seen;
  requireFitting(theirs, limitBytes);
  for (const at of unread) place.unread.add(seen.garbled.has(at) ? `${at} (${garbledText})` : at);
  const isExcluded = (at: string) =>
    rules(at.replace(/\/$/, ''), at.endsWith('/') ? 'folder' : 'file') === 'excluded';
  place.excluded = [...leftOut].filter(isExcluded).sort().slice(0, mostNamedExcluded);
  const stays = await setUp.stands(ours, rules);
  const isKept = (at: string, kind: 'file' | 'folder') => stays && rules(at, kind) === 'excluded';
  const strays = straysOf(theirs, ours, isKept);
  await inParallel(strays, (at) => place.remove(at));
  for (const at of garbled) if (!isKept(at, 'file')) await place.removeFromDisk(at);
  await inSlices([...place.manifest.keys()], (at) => {
    if (!theirs.has(at)) place.forget(at);
  });
  const came = await copyParts(place, { theirs, ours, missing: [...unread, ...leftOut] });
  const plan = planPlace(theirs, ours, { manifest: place.manifest, came, now: Date.now() });
  for (const [at, size] of plan.tooLarge) place.unread.add(`${at} (${sizeText(size)})`);
  for (const at of plan.restless) place.unread.add(`${at} (still being written)`);
  for (const [at, wanted] of plan.others) await place.take(at, wanted);
  await inParallel(plan.files, ([at, wanted]) => place.take(at, wanted));
  await place.gits.prepare(gitsIn(theirs), gitsIn(ours));
  for (const [at, mode] of plan.modes) setMode(place.ours(at), mode);
  const top = foundAt(place.options.top);
  if (top?.kind === 'folder') setMode(place.options.dir, top.mode); // what keeps others out is the folder of all places
  if (came !== noneCame) await takeWhatChangedMeanwhile(place, look);
  if (stays) await setUp.goOn();
  place.isMemoryDue = true;
  return [...place.unread].sort();
}

/** @param garbled learns of names in it that no text stands for */
export async function surveyPlace(
  place: SlotPlace,
  garbled: (at: string) => void = () => {},
): Promise<Survey> {
  const { options, unread, manifest, lastSurvey } = place;
  const ours = await surveyTree(options.dir, {
    isLeftOut: () => false,
    unread: (at) => unread.add(at),
    opens: true,
    room: options.room,
    garbled,
    ...((manifest.size > 0 || readdirSync(options.dir).length === 0) && { about: manifest.size }),
    ...(lastSurvey && { known: lastSurvey }),
  });
  place.lastSurvey = ours;
  return ours;
}

/** A copy of many files takes long, and half a write may be in it. Packages are looked at for the next attempt. */
async function takeWhatChangedMeanwhile(place: SlotPlace, look: WorkspaceLook): Promise<void> {
  const { theirs, unread } = await look.withoutPackages();
  const told = new ArrivalList('', () => false);
  const isLooked = (at: string) => !isOfPackages(at) && !isUnread(unread, at);
  await bringUpToDate({ place, told, isShared: () => false, isIgnored: () => false }, theirs, isLooked);
}

/** The folders that have a Git directory, or are the work tree of one. */
function gitsIn(found: Survey): readonly string[] {
  const folders: string[] = [];
  for (const [at, { kind }] of found) if (kind === 'apart' && /\.git$/i.test(at)) folders.push(aboveOf(at));
  return folders;
}

/** A workspace that is gone or closed to us is not an empty one. */
function requireReadable(root: string): void {
  try {
    readdirSync(root);
  } catch (cause) {
    if (!isUnreadable(cause)) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Failure('noCopy', `The workspace cannot be read: ${why}`, { cause });
  }
}

function requireFitting(theirs: Survey, limitBytes: number): void {
  const sizes: [string, number][] = [];
  for (const [at, found] of theirs) {
    const isCopied = found.kind === 'file' && found.stamp.size <= mostCopiedBytes;
    if (isCopied) sizes.push([at, found.stamp.size]);
  }
  const why = tooLargeToCopy(sizes, limitBytes);
  if (why !== undefined) throw new Failure('copyRefused', why);
}

function setMode(folder: string, mode: number): void {
  try {
    chmodSync(folder, mode);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error; // it just went in the workspace, too
  }
}
