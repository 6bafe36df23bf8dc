// What was changed in a place, against what it started from.
import { sizeText } from '../../core/shared/size';
import type { FileState, PlaceChange } from '../../ports/isolation';
import { isUnreadable } from '../files/fileFailure';
import type { FolderRules } from '../files/ignoreRules';
import { inParallel } from '../files/inParallel';
import { isTooLong } from '../files/pathRoom';
import { makeChangeable } from '../files/removeTree';
import { walkTree } from '../files/walkTree';
import { mostBroughtBytes } from './fileNow';
import { ignoredBy } from './ignoredBy';
import type { LeftOut } from './leftOut';
import { isOfPackages, lostHash } from './manifest';
import { NameTwins } from './nameTwins';
import { NewFolders } from './newFolders';
import type { SlotPlace } from './slotPlace';
import { type Found, foundAt, foundBelow, isKeptApart } from './survey';

export interface Rules {
  /** The user's own. */
  readonly user: FolderRules;
  /** What the place's own files say: for what is new. */
  readonly own: FolderRules;
  /** A sentence that says why the file is not to be published; undefined where nothing speaks against it. */
  readonly why: (path: string) => string | undefined;
  /** Of what the user does not want copied: it is no change, whatever is there. Paths are from the top. */
  readonly leftOut: LeftOut['of'];
}

/** Sorted by path, which is from the opened folder. */
export async function placeChanges(place: SlotPlace, rules: Rules): Promise<readonly PlaceChange[]> {
  const { inside } = place.options;
  const { suspects, seen, passedOver, folders, unfit, apart } = await lookThrough(place, rules);
  const isIgnored = ignoredBy(rules.user);
  for (const [at, base] of place.manifest) {
    if (base.kind === 'folder' || seen.has(at) || !at.startsWith(inside)) continue;
    const path = at.slice(inside.length);
    if (!isOfPackages(path) && !isBelow(passedOver, path) && !isIgnored(path)) suspects.set(at, undefined);
  }
  const isGone = (at: string) => suspects.has(at) && suspects.get(at) === undefined;
  const twins = new NameTwins(() => namesIn(place, isGone));
  const none = { hash: null, mode: null };
  const changes: PlaceChange[] = [...unfit].map(([path, why]) => ({ path, before: none, after: none, why }));
  const touched = new Map<string, Pick<PlaceChange, 'before' | 'after'>>();
  await inParallel([...suspects], async ([at, found]) => {
    if (await place.isUntouched(at, found)) return;
    touched.set(at, { before: await stateBefore(place, at), after: await stateAfter(place, at, found) });
  });
  // In their order: of new names that are twins the first is taken.
  for (const [at, found] of suspects) {
    const states = touched.get(at);
    if (!states) continue;
    const path = at.slice(inside.length);
    const why =
      whyNot(place, at, found) ??
      (found === undefined ? whyNotGone(place, at) : undefined) ??
      (states.after.hash === lostHash ? 'It may not be read.' : undefined) ??
      (place.manifest.has(at) ? undefined : twins.why(path)) ??
      rules.why(path);
    changes.push({ path, ...states, ...(why === undefined ? {} : { why }) });
  }
  for (const path of folders.empty())
    changes.push({ path, before: none, after: none, why: whyNoFolder, isFolder: true });
  for (const path of apart) changes.push({ path, before: none, after: none, why: whyApart, isApart: true });
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

const whyNoFolder =
  'It is an empty folder; folders are brought over with the files in them, and one that is to be there empty needs a file such as .gitkeep.';
const whyApart =
  'It is what Git, or we, keep records in, and the project has none there; the files beside it are brought over without it.';
const whyTooLong = 'Its path is too long; nothing that lies so deep is brought over.';
const whyGarbled =
  'Its name is no UTF-8, so that no text says which file it is, and it is not brought over; give it a name in UTF-8.';

/** Entries that may be changed, by path from the top; undefined: gone. */
async function lookThrough(place: SlotPlace, { user, own, leftOut }: Rules) {
  const { inside, dir, room } = place.options;
  /** What no path can be used for, with the reason. */
  const unfit = new Map<string, string>();
  const suspects = new Map<string, Found | undefined>();
  const seen = new Set<string>();
  const passedOver = new Set<string>();
  const apart: string[] = [];
  const folders = new NewFolders();
  const look = { user, own };
  await walkTree(
    `${dir}/${inside}`,
    look,
    (entry, above) => {
      const at = inside + entry.path;
      const kind = entry.kind === 'folder' ? 'folder' : 'file';
      const base = place.manifest.get(at);
      const isIgnored =
        above.user.ignores(entry.name, kind) || (!base && above.own.ignores(entry.name, kind));
      const isNone =
        isKeptApart(entry.name) || isOfPackages(entry.name) || leftOut(at, entry.kind) !== undefined;
      if (isKeptApart(entry.name) && !isIgnored && isMadeHere(place, at)) apart.push(entry.path);
      if (isNone || isIgnored) {
        passedOver.add(entry.path);
        folders.holds(entry.path);
        return undefined;
      }
      const isGarbled = entry.kind === 'garbled';
      if (isGarbled || isTooLong(at, room)) {
        unfit.set(entry.path, isGarbled ? whyGarbled : whyTooLong);
        passedOver.add(entry.path);
        folders.holds(entry.path);
        return undefined;
      }
      // One that is closed would look as if all in it were removed.
      if (kind === 'folder') makeChangeable(place.ours(at));
      if (kind === 'folder' && place.isNewFolder(at)) folders.add(entry.path);
      else folders.holds(entry.path);
      if (kind === 'folder') return { user: above.user.below(entry.name), own: above.own.below(entry.name) };
      seen.add(at);
      const found = foundAt(place.ours(at));
      if (found && !place.stands(at, found)) suspects.set(at, found);
      return undefined;
    },
    (folder) => {
      passedOver.add(folder);
      folders.holds(`${folder}/`);
    },
  );
  return { suspects, seen, passedOver, folders, unfit, apart };
}

/** Of what is kept apart: does neither the workspace nor the set-up have it? */
function isMadeHere({ madeBySetUp, options }: SlotPlace, at: string): boolean {
  try {
    return !madeBySetUp.has(at) && foundBelow(options.top, at) === undefined;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return false; // nobody can tell, and nothing is removed for it
  }
}

async function stateBefore(place: SlotPlace, at: string): Promise<FileState> {
  const base = place.manifest.get(at);
  if (base?.kind !== 'file') return { hash: null, mode: null };
  return { hash: (await place.keepBase(at)) ?? lostHash, mode: base.theirs.mode };
}

async function stateAfter(place: SlotPlace, at: string, found: Found | undefined): Promise<FileState> {
  if (found?.kind !== 'file') return { hash: null, mode: null };
  const hash = await place.hashNow(at, found.stamp);
  return { hash: hash ?? lostHash, mode: found.stamp.mode };
}

function whyNot(place: SlotPlace, at: string, found: Found | undefined): string | undefined {
  const base = place.manifest.get(at);
  if (base?.kind === 'link')
    return found
      ? 'It was a link to something else; links stay as they are.'
      : 'It was a link; only files are removed.';
  if (found?.kind === 'link') return 'It is a link; only the content of files is brought over.';
  if (found?.kind === 'other') return 'It is not a regular file; only the content of files is brought over.';
  if (found?.kind !== 'file') return undefined;
  const { size } = found.stamp;
  return size > mostBroughtBytes
    ? `It has ${sizeText(size)}; files of at most ${sizeText(mostBroughtBytes)} are brought over.`
    : undefined;
}

/** Without the link in its folder's place, its going would be half of what was done. */
function whyNotGone(place: SlotPlace, at: string): string | undefined {
  for (let end = at.lastIndexOf('/'); end > 0; end = at.lastIndexOf('/', end - 1))
    if (foundAt(place.ours(at.slice(0, end)))?.kind === 'link')
      return 'A folder that it lay in has become a link; links are not brought over, and so it stays.';
  return undefined;
}

function isBelow(folders: ReadonlySet<string>, path: string): boolean {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
    if (folders.has(path.slice(0, end))) return true;
  return folders.has('') || folders.has(path);
}

/** Names that stay: one that is given up may be taken in other letters. */
function namesIn({ manifest, options }: SlotPlace, isGone: (at: string) => boolean): readonly string[] {
  const { inside } = options;
  return [...manifest.keys()]
    .filter((at) => at.startsWith(inside) && !isGone(at))
    .map((at) => at.slice(inside.length));
}
