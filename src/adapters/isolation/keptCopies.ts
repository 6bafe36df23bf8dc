// The copies that lie in the folders for them, of whatever workspace: which are ours to remove, and removing them.
import { randomUUID } from 'node:crypto';
import { readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { isNotRead, readFileWithin } from '../files/boundedRead';
import { orNull } from '../files/fileFailure';
import { removeTree } from '../files/removeTree';
import { allHomes, markFile, placesName } from './placesFolder';

/** The copies of one workspace. */
export interface KeptCopies {
  readonly dir: string;
  /** The workspace's real path. */
  readonly root: string;
  /** Milliseconds since 1970. */
  readonly usedAt: number;
  /** Nobody has use for them: the workspace is gone, or they were about to be removed. */
  readonly isLeft: boolean;
}

/** A copy that is about to be removed has this after its name, and is used by nobody. */
const asideName = /^([0-9a-f]{16})\.[0-9a-f-]{36}$/;
const longestPathBytes = 64 * 1024;

/**
 * What bears our mark: the path of a workspace, after which the folder is called. Nothing else in these folders is listed,
 * so that nothing else is ever removed.
 *
 * @param named the setting `copies.folder`
 */
export async function listCopies(named?: string): Promise<readonly KeptCopies[]> {
  const found: KeptCopies[] = [];
  for (const home of await allHomes(named)) {
    for (const name of (await readdir(home)).sort()) {
      const copies = await copiesIn(path.join(home, name));
      if (copies) found.push(copies);
    }
  }
  return found;
}

async function copiesIn(dir: string): Promise<KeptCopies | undefined> {
  const name = path.basename(dir);
  const aside = asideName.exec(name)?.[1];
  const mark = path.join(dir, markFile);
  const read = await readFileWithin(mark, longestPathBytes).catch(() => undefined);
  if (read === undefined || isNotRead(read)) return undefined;
  const root = read.toString();
  if (placesName(root) !== (aside ?? name)) return undefined;
  const marked = await orNull(stat(mark));
  if (!marked) return undefined;
  const isGone = orNull(stat(root)).then(
    (there) => there === null,
    () => false,
  );
  const isLeft = aside !== undefined || (await isGone);
  return { dir, root, usedAt: marked.mtimeMs, isLeft };
}

/**
 * Takes copies from where they are used, in one step. To be called only while nobody has, or takes, their workspace. Null
 * where they are gone: another may have been at the same.
 */
export async function putAside(dir: string): Promise<string | null> {
  if (asideName.test(path.basename(dir))) return dir;
  const aside = `${dir}.${randomUUID()}`;
  return orNull(rename(dir, aside).then(() => aside));
}

/** The mark goes last: what a crash leaves is known as ours, and removed by the next who looks. */
export async function removeAside(aside: string): Promise<void> {
  for (const name of await readdir(aside)) if (name !== markFile) await removeTree(path.join(aside, name));
  await rm(path.join(aside, markFile), { force: true });
  await rmdir(aside);
}
