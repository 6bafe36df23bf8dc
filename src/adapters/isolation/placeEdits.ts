// Changes that an agent's own tools make in a place: checked against what they saw, in the form that the file has.
import { rename } from 'node:fs/promises';

import { parseFoundPath, parseWorkspacePath, type WorkspacePath } from '../../core/locks/lockPath';
import { ok, type Result, refuse } from '../../core/shared/result';
import { shutMessage } from '../../core/shared/unread';
import type { PlaceMove, PlaceWrite } from '../../ports/isolation';
import { isNotRead, type NotRead, whyNotRead } from '../files/boundedRead';
import { hashOf } from '../files/contentHash';
import { hasCode } from '../files/fileFailure';
import { atSpot, type FileSpot, inFolderOf } from '../files/fileSpot';
import { maxFileBytes, readPlace } from '../files/lookAt';
import { makeChangeable, removeTree } from '../files/removeTree';
import { encodeLike, noText, readText } from '../files/textForm';
import { putWhole } from './copyWhole';
import type { SlotPlace } from './slotPlace';
import { foundBelow } from './survey';

const newFileMode = 0o644;

/** @param root of the opened folder in the place @param protection as `atPlace` takes it */
export interface Edited {
  readonly place: SlotPlace;
  readonly root: string;
  readonly protection: (path: string) => string | undefined;
}

export function writeInPlace(
  { place, root, protection }: Edited,
  { path, baseHash, content }: PlaceWrite,
): Promise<Result<{ readonly hash: string | null }>> {
  const work = async (spot: FileSpot): Promise<Result<{ readonly hash: string | null }>> => {
    const old = await readSeen(spot, baseHash);
    if (!old.ok) return old;
    const at = place.options.inside + spot.path;
    if (content === null) {
      await place.keepBase(at);
      makeChangeable(spot.folder.at('.'));
      await removeTree(spot.folder.at(spot.name));
      await place.leaveEmptied(at);
      return ok({ hash: null });
    }
    if (old.value && !readText(old.value.bytes)) return refuse('notText', `"${spot.path}" ${noText}.`);
    const bytes = encodeLike(old.value?.bytes ?? null, content);
    if (!Buffer.isBuffer(bytes)) return refuse('badInput', `The text for "${spot.path}" ${bytes.why}.`);
    if (bytes.length > maxFileBytes)
      return refuse('badInput', `The text for "${spot.path}" is larger than ${maxFileBytes} bytes.`);
    await place.keepBase(at);
    const mode = old.value?.mode ?? newFileMode;
    makeChangeable(spot.folder.at('.'));
    await inFolderOf(spot, (folder) => putWhole(bytes, mode, folder.at(spot.name), place.options.staging));
    return ok({ hash: hashOf(bytes) });
  };
  const written = atSpot(root, path, protection, work, undefined, nameIn(place));
  return unlessShut(written, path);
}

export function moveInPlace(
  { place, root, protection }: Edited,
  { from, to, baseHash }: PlaceMove,
): Promise<Result<{ readonly hash: string }>> {
  const work = async (source: FileSpot): Promise<Result<{ readonly hash: string }>> => {
    const old = await readSeen(source, baseHash);
    if (!old.ok) return old;
    // It may be called the same but for letter case.
    const isSource = (inTheWay: string) => inTheWay === source.path;
    const move = async (target: FileSpot): Promise<Result<{ readonly hash: string }>> => {
      if (target.stat) return refuse('changedOnDisk', `There is a file "${target.path}" already.`);
      await place.keepBase(place.options.inside + source.path);
      await place.keepBase(place.options.inside + target.path);
      for (const { folder } of [source, target]) makeChangeable(folder.at('.'));
      await inFolderOf(target, (folder) => rename(source.folder.at(source.name), folder.at(target.name)));
      await place.leaveEmptied(place.options.inside + source.path);
      return ok({ hash: baseHash });
    };
    return unlessShut(atSpot(root, to, protection, move, isSource), to);
  };
  return unlessShut(atSpot(root, from, protection, work, undefined, nameIn(place)), from);
}

/** What is there keeps the name it has, and has to be named so. */
function nameIn({ options }: SlotPlace): (text: string) => Result<WorkspacePath> {
  return (text) => {
    const [named, found] = [parseWorkspacePath(text), parseFoundPath(text)];
    if (process.platform === 'win32' || !found.ok || (named.ok && named.value === text)) return named;
    return foundBelow(options.dir, options.inside + text)?.kind === 'file' ? found : named;
  };
}

/** A mode in the place is the attempt's own doing, or the workspace's: nothing that would meet any other attempt. */
async function unlessShut<T>(edit: Promise<Result<T>>, file: string): Promise<Result<T>> {
  try {
    return await edit;
  } catch (error) {
    if (hasCode(error, 'EACCES', 'EPERM')) return refuse('pathDenied', shutMessage(file));
    throw error;
  }
}

/** The file as it is, if that is what the writer saw. */
async function readSeen(
  spot: FileSpot,
  baseHash: string | null,
): Promise<Result<{ readonly bytes: Buffer; readonly mode: number } | null>> {
  const read = await readPlace(spot);
  if (isNotRead(read) && read.notRead !== 'missing') return refuseRead(spot.path, read);
  const now = isNotRead(read) ? null : read;
  if ((now && hashOf(now.bytes)) !== baseHash)
    return refuse('changedOnDisk', `"${spot.path}" has changed; read it again.`);
  return ok(now);
}

function refuseRead(file: string, reason: NotRead) {
  if (reason.notRead !== 'tooLarge')
    return refuse('pathDenied', `"${file}" ${whyNotRead(reason, maxFileBytes)}.`);
  return refuse(
    'notText',
    `"${file}" has ${reason.size} bytes; agents change files of at most ${maxFileBytes}.`,
  );
}
