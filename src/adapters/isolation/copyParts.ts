// Copies whole parts of the workspace into a place by the system's own `cp`: as fast as that is, with times, owners and links.
import { execFile } from 'node:child_process';
import { inSlices } from '../files/inSlices';
import type { SlotPlace } from './slotPlace';
import { type Found, foundAt, type Survey } from './survey';
import { aboveOf, type Trees, wholeParts } from './wholeParts';

/** Below this many entries a program would take longer to start. */
const leastInParts = 300;
/** Systems take at least 128 KiB of arguments. */
const mostNames = 200;
const flags: { readonly [P in NodeJS.Platform]?: readonly string[] } = {
  linux: ['-a', '--reflink=auto'],
  darwin: ['-a', '-c'],
};

/** What `copyParts` answers where it copied nothing. */
export const noneCame = () => false;

/** @returns whether an entry came in so: what did not is to be put in another way */
export async function copyParts(place: SlotPlace, trees: Trees): Promise<(at: string) => boolean> {
  const options = flags[process.platform];
  const { theirs, ours } = trees;
  if (!options || !isMuch(theirs, ours)) return noneCame;
  const parts = wholeParts(trees, place.options);
  if ([...parts.values()].reduce((sum, one) => sum + one, 0) < leastInParts) return noneCame;
  let isWhole = true;
  for (const [folder, names] of byFolder(parts.keys())) {
    if (folder !== '') await place.makeWay(`${folder}/${names[0]}`);
    for (let at = 0; at < names.length; at += mostNames) {
      const sources = names.slice(at, at + mostNames).map((name) => `./${name}`);
      const args = [...options, '--', ...sources, `${place.ours(folder)}/`];
      isWhole = (await run(args, place.theirs(folder))) && isWhole;
    }
  }
  return recordParts(place, parts, theirs, isWhole);
}

/** Is as much of the workspace not in the place? */
function isMuch(theirs: Survey, ours: Survey): boolean {
  let missing = 0;
  for (const at of theirs.keys()) if (!ours.has(at) && ++missing === leastInParts) return true;
  return false;
}

/** Each entry of the parts as it is in the workspace, where it is so now. */
async function recordParts(
  place: SlotPlace,
  parts: ReadonlyMap<string, number>,
  theirs: Survey,
  isWhole: boolean,
): Promise<(at: string) => boolean> {
  const until = { untilMs: Date.now() };
  const came = new Set<string>();
  const folders = new Set<string>();
  let isSure: boolean | undefined = isWhole ? undefined : false;
  await inSlices(theirs, ([at, wanted]) => {
    if (!parts.has(at) && !folders.has(aboveOf(at))) return;
    if (wanted.kind === 'folder') folders.add(at);
    // Where the disk keeps times less precisely, each is to be looked at.
    if (isSure === undefined && wanted.kind === 'file') isSure = isLike(wanted, foundAt(place.ours(at)));
    if (isSure === false && !isLike(wanted, foundAt(place.ours(at)))) return;
    place.putUntil(at, wanted, until);
    came.add(at);
  });
  return (at) => came.has(at);
}

function isLike(wanted: Found, now: Found | undefined): boolean {
  if (wanted.kind !== 'file' || now?.kind !== 'file') return wanted.kind === now?.kind;
  return wanted.stamp.size === now.stamp.size && wanted.stamp.mtimeMs === now.stamp.mtimeMs;
}

function byFolder(all: Iterable<string>): ReadonlyMap<string, readonly string[]> {
  const folders = new Map<string, string[]>();
  for (const at of all) {
    const names = folders.get(aboveOf(at)) ?? [];
    names.push(at.slice(at.lastIndexOf('/') + 1));
    folders.set(aboveOf(at), names);
  }
  return folders;
}

/** What it says of single files is found out by looking. */
function run(args: readonly string[], cwd: string): Promise<boolean> {
  const env = { PATH: process.env.PATH, LC_ALL: 'C' };
  return new Promise((resolve) => {
    execFile('cp', [...args], { cwd, env, maxBuffer: 64 * 1024 * 1024 }, (error) => resolve(!error));
  });
}
