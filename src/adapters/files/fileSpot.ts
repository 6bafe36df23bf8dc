// Finds the spot in the workspace that a path names, and refuses every way of meaning a spot elsewhere.
import type { Stats } from 'node:fs';
import { lstat, mkdir, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { lockKey, parseWorkspacePath, unfitForWindows, type WorkspacePath } from '../../core/locks/lockPath';
import { ok, type Result, refuse } from '../../core/shared/result';
import { hasCode, orNull } from './fileFailure';
import { type Folder, openBelow, openFolder } from './openFolder';

/** A file's spot: the deepest folder that exists, held open, and what has to be made below it. */
export interface FileSpot {
  /** Canonical. */
  readonly path: string;
  readonly name: string;
  readonly folder: Folder;
  /** Names of the folders to be made between `folder` and the file. */
  readonly missing: readonly string[];
  /** Null: there is no such file. */
  readonly stat: Stats | null;
}

/**
 * Runs `work` with the place of `text`, then lets go of it. Refused with `pathDenied`: a protected path, any link on the
 * way (its real name is told when that is in the workspace), a folder or device in the file's stead, and a name that
 * differs from an existing one only in case or Unicode form.
 *
 * A second hard link to the file is no danger: files are replaced by rename, which leaves the other name's content be.
 *
 * @param parse how `text` is read: as somebody wrote it, or as what is there is called
 * @param standsAside whether what is in the way, a file or a folder, counts as not being there: `work` then only looks
 */
export async function atSpot<T>(
  root: string,
  text: string,
  protection: (path: string) => string | undefined,
  work: (place: FileSpot) => Promise<Result<T>>,
  standsAside: (inTheWay: string) => boolean = () => false,
  parse: (text: string) => Result<WorkspacePath> = parseWorkspacePath,
): Promise<Result<T>> {
  const parsed = parse(text);
  if (!parsed.ok) return parsed;
  const unfit = process.platform === 'win32' ? unfitForWindows(parsed.value) : undefined;
  if (unfit !== undefined) return denied(parsed.value, unfit);
  const why = protection(parsed.value);
  if (why !== undefined) return refuse('pathDenied', `"${parsed.value}" ${why}; agents do not write it.`);
  const walk = { root, path: parsed.value, protection, standsAside, folder: await openFolder(root) };
  try {
    const place = await find(walk);
    return place.ok ? await work(place.value) : place;
  } catch (error) {
    throw walk.folder.named(error);
  } finally {
    await walk.folder.close();
  }
}

/** Makes the missing folders and runs `work` in the one the file belongs in. */
export async function inFolderOf<T>(place: FileSpot, work: (folder: Folder) => Promise<T>): Promise<T> {
  let folder = place.folder;
  try {
    for (const name of place.missing) {
      const made = await makeFolder(folder, name);
      if (folder !== place.folder) await folder.close();
      folder = made;
    }
    return await work(folder);
  } catch (error) {
    throw folder.named(error);
  } finally {
    if (folder !== place.folder) await folder.close();
  }
}

interface Walk {
  readonly root: string;
  readonly path: string;
  readonly protection: (path: string) => string | undefined;
  readonly standsAside: (inTheWay: string) => boolean;
  /** Where the walk stands; closed by its owner. */
  folder: Folder;
}

async function find(walk: Walk): Promise<Result<FileSpot>> {
  const parts = walk.path.split('/');
  const name = parts.at(-1) ?? '';
  for (const [at, part] of parts.entries()) {
    const absent = () =>
      ok({ path: walk.path, name, folder: walk.folder, missing: parts.slice(at, -1), stat: null });
    const stat = await orNull(lstat(walk.folder.at(part)));
    if (!stat) {
      const isInTheWay = (twin: string) => !walk.standsAside([...parts.slice(0, at), twin].join('/'));
      const twin = (await twinsOf(walk.folder, part)).find(isInTheWay);
      if (twin !== undefined)
        return denied(walk.path, `differs from the existing "${twin}" only in case or Unicode form`);
      return absent();
    }
    if (stat.isSymbolicLink()) return denyLink(walk, path.join(walk.folder.path, part));
    const asNamed = parts.slice(0, at + 1).join('/');
    const real = await realpath(path.join(walk.folder.path, part)).catch(() => undefined);
    if (real === undefined) return replaced(asNamed);
    const inside = path.relative(walk.root, real).replaceAll(path.sep, '/');
    // There are disks that give every name back in NFD.
    if (inside.normalize('NFC') !== asNamed.normalize('NFC')) {
      if (walk.standsAside(inside)) return absent();
      return denied(walk.path, `is really "${inside}"; use that name`);
    }
    if (at === parts.length - 1) {
      if (stat.isDirectory() && walk.standsAside(asNamed)) return absent();
      if (!stat.isFile())
        return denied(walk.path, stat.isDirectory() ? 'is a folder' : 'is not a regular file');
      return ok({ path: walk.path, name, folder: walk.folder, missing: [], stat });
    }
    if (!stat.isDirectory()) {
      if (stat.isFile() && walk.standsAside(asNamed)) return absent();
      return denied(walk.path, `lies below "${asNamed}", which is not a folder`);
    }
    const below = await openUnlinked(walk.folder, part);
    if (!below) return replaced(asNamed);
    await walk.folder.close();
    walk.folder = below;
  }
  return denied(walk.path, 'names the workspace itself');
}

function replaced(name: string) {
  return refuse('changedOnDisk', `"${name}" was replaced while it was looked at.`);
}

function denied(named: string, why: string) {
  return refuse('pathDenied', `"${named}" ${why}.`);
}

async function denyLink(walk: Walk, link: string) {
  const target = await realpath(link).catch(() => undefined);
  const shown = path.relative(walk.root, link);
  if (target === undefined) return denied(walk.path, `goes through the link "${shown}", which leads nowhere`);
  const inside = path.relative(walk.root, target).replaceAll(path.sep, '/');
  if (inside === '..' || inside.startsWith('../') || path.isAbsolute(inside)) {
    return denied(walk.path, `goes through the link "${shown}", which leads out of the workspace`);
  }
  const why = walk.protection(inside);
  if (why !== undefined)
    return denied(walk.path, `goes through the link "${shown}" to "${inside}", which ${why}`);
  return denied(walk.path, `goes through the link "${shown}"; its real name is "${inside}", use that`);
}

/** Undefined when a link or a file has taken the folder's place since it was looked at. */
async function openUnlinked(folder: Folder, name: string): Promise<Folder | undefined> {
  try {
    return await openBelow(folder, name);
  } catch (error) {
    if (hasCode(error, 'ELOOP', 'ENOTDIR', 'ENOENT')) return undefined;
    throw error;
  }
}

/** Existing names that common file systems, or the lock table, take for the same. */
async function twinsOf(folder: Folder, name: string): Promise<readonly string[]> {
  const key = lockKey(name);
  return (await readdir(folder.at('.'))).filter((other) => other !== name && lockKey(other) === key);
}

async function makeFolder(folder: Folder, name: string): Promise<Folder> {
  try {
    await mkdir(folder.at(name));
    await folder.sync();
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  return openBelow(folder, name);
}
