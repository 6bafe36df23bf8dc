// What the workspace has and a place has not: to make it there would be to write over what nobody there has seen.
import { sizeText } from '../../core/shared/size';
import { isUnreadable } from '../files/fileFailure';
import { mostCopiedBytes } from './copyWhole';
import type { SlotPlace } from './slotPlace';
import { foundAt } from './survey';

/**
 * Why a file at `at` (from the top) can be none of the place's work, as the end of a sentence that begins with its path;
 * undefined where the workspace has nothing there that was passed over. The workspace is looked at as it is now.
 */
export function whyNotCopied(place: SlotPlace, at: string): string | undefined {
  const names = at.split('/');
  for (const k of names.keys()) {
    const one = names.slice(0, k + 1).join('/');
    if (place.unread.has(`${one}/`))
      return 'lies in a folder that cannot be read in the workspace, so that the copy has nothing of it';
    if (place.manifest.has(one)) continue;
    const why = ofEntry(place, one);
    if (why !== undefined) return k === names.length - 1 ? why : `lies below "${one}", which ${why}`;
  }
  return undefined;
}

function ofEntry(place: SlotPlace, at: string): string | undefined {
  try {
    const found = foundAt(place.theirs(at));
    if (found?.kind === 'other') return 'is a pipe, a socket or a device in the workspace, which no copy has';
    if (found?.kind !== 'file') return undefined;
    if (found.stamp.size > mostCopiedBytes)
      return `has ${sizeText(found.stamp.size)} in the workspace, too much for a copy`;
    return place.unread.has(at) ? notRead : undefined;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return notRead;
  }
}

const notRead = 'cannot be read in the workspace, so that the copy has none';
