// What a file of a place says, and what its base said, for rules that go by it.
import type { FileTexts } from '../../ports/isolation';
import { isNotRead, type NotRead, readFileWithin } from '../files/boundedRead';
import { maxFileBytes } from '../files/lookAt';
import { readText } from '../files/textForm';
import type { SlotPlace } from './slotPlace';
import { foundOpened } from './survey';

export async function textsInPlace(place: SlotPlace, at: string): Promise<FileTexts> {
  await place.keepBase(at);
  const base = place.manifest.get(at);
  const isFile = foundOpened(place.options.dir, at)?.kind === 'file';
  return {
    before: base?.kind === 'file' ? textOf((await place.baseBytes(base)) ?? { notRead: 'missing' }) : null,
    after: isFile ? textOf(await readFileWithin(place.ours(at), maxFileBytes)) : null,
  };
}

function textOf(bytes: Buffer | NotRead): string {
  if (isNotRead(bytes) || bytes.length > maxFileBytes) return '';
  return readText(bytes)?.text.replaceAll('\r\n', '\n') ?? '';
}
