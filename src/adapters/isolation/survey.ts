// What a tree holds at one moment, entry by entry, without reading a file.
import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { hasCode, isUnreadable } from '../files/fileFailure';
import { isGarbled } from '../files/garbledNames';
import { isTooLong, roomBelow } from '../files/pathRoom';
import { makeChangeable } from '../files/removeTree';
import { type Entry, kindOf, walkTree } from '../files/walkTree';
import { type Stamp, stampOf } from './stamp';

export type Found = (
  | { readonly kind: 'folder'; readonly mode: number }
  | { readonly kind: 'file'; readonly stamp: Stamp }
  /** `to` is its text, and that of the link in a place too where it `staysSo`. */
  | { readonly kind: 'link'; readonly to: string; readonly staysSo?: boolean }
  /** A socket, a pipe or a device; a link whose text is no UTF-8. */
  | { readonly kind: 'other' }
  /** Never in a place as it is in the workspace, and not entered. */
  | { readonly kind: 'apart' }
) & {
  /** How another program told of it; the same words mean the same. */
  readonly words?: string;
};

/** By path from the top, `/` between names; a folder comes before what is in it. */
export type Survey = ReadonlyMap<string, Found>;

export interface SurveyOptions {
  /** Of an entry and all that is in it. May be asked twice. */
  readonly isLeftOut: (entry: Entry) => boolean;
  /** Learns what cannot be looked at; folders end in `/`. */
  readonly unread: (path: string) => void;
  /** Learns the outermost entries whose path is too long to be used; neither they nor what is in them is in the survey. */
  readonly tooLong?: (path: string) => void;
  /** Learns what has a name that is no UTF-8, or is a link whose text is none; neither is in the survey. */
  readonly garbled?: (path: string) => void;
  /** How long paths may be, in bytes; left out: as long as the system takes them from there. */
  readonly room?: number;
  /** Folders that are closed to their owner are opened. */
  readonly opens?: boolean;
  /** How many entries there may be; left out: many. */
  readonly about?: number;
  /** Of what is left out, what a program need not enter: paths, and names wherever they are. */
  readonly prunes?: { readonly paths: readonly string[]; readonly names: readonly string[] };
  /** An earlier survey of the same tree, which makes this one faster. */
  readonly known?: Survey;
}

/** What belongs to Git and to us, whatever the letter case: there are systems that have none. */
export function isKeptApart(name: string): boolean {
  return /^\.(git|parallel-agents)$/i.test(name);
}

/** In slices, so that others get their turn: 10,000 entries take about 0.1 s. */
export async function walkSurvey(
  top: string,
  { isLeftOut, unread, opens, tooLong, garbled, room = roomBelow(top) }: SurveyOptions,
): Promise<Survey> {
  const found = new Map<string, Found>();
  await walkTree(
    top,
    true,
    (entry) => {
      if (isLeftOut(entry)) return undefined;
      if (entry.kind === 'garbled') {
        garbled?.(entry.path);
        return undefined;
      }
      if (isTooLong(entry.path, room)) {
        tooLong?.(entry.path);
        return undefined;
      }
      try {
        if (opens && entry.kind === 'folder') makeChangeable(`${top}/${entry.path}`);
        const one = isKeptApart(entry.name) ? { kind: 'apart' as const } : foundAt(`${top}/${entry.path}`);
        if (entry.kind === 'link' && one?.kind === 'other') garbled?.(entry.path);
        else if (one) found.set(entry.path, one);
        return one?.kind === 'folder' || undefined;
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        unread(entry.path);
        return undefined;
      }
    },
    (folder) => unread(`${folder}/`),
  );
  return found;
}

/** Undefined where there is nothing. */
export function foundAt(absolute: string): Found | undefined {
  try {
    const stat = lstatSync(absolute, { throwIfNoEntry: false });
    return stat && foundBy(stat, absolute);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

function foundBy(stat: Stats, absolute: string): Found {
  const kind = kindOf(stat);
  if (kind === 'file') return { kind, stamp: stampOf(stat, Date.now()) };
  if (kind === 'folder') return { kind, mode: stat.mode & 0o777 };
  if (kind !== 'link') return { kind };
  const to = readlinkSync(absolute, 'buffer');
  return isGarbled(to) ? { kind: 'other' } : { kind, to: to.toString() };
}

/** As `foundAt`, and nothing where a link or a file stands in the stead of a folder on the way. */
export function foundBelow(top: string, at: string): Found | undefined {
  const names = at.split('/');
  for (const k of names.keys()) {
    const found = foundAt(`${top}/${names.slice(0, k + 1).join('/')}`);
    if (k === names.length - 1 || found?.kind !== 'folder') return k === names.length - 1 ? found : undefined;
  }
  return undefined;
}

/** As `foundBelow`, in a tree of ours: folders on the way that a command closed are opened. */
export function foundOpened(dir: string, at: string): Found | undefined {
  const names = at.split('/');
  for (const k of names.keys()) {
    const folder = [dir, ...names.slice(0, k)].join('/');
    if (foundAt(folder)?.kind !== 'folder') return undefined; // nor is what a link leads to opened
    makeChangeable(folder);
  }
  return foundAt(`${dir}/${at}`);
}
