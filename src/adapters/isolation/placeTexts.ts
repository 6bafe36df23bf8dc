// What a file of a place says, for rules that go by it.
import { isNotRead, readFileWithin } from '../files/boundedRead';
import { readText } from '../files/textForm';
import { foundOpened } from './survey';

/** What says what is run is short; the rest is data. */
const mostBytes = 1024 * 1024;

/** In `\n` lines; null where there is no such text. @param dir of the place @param at from there */
export async function textInPlace(dir: string, at: string): Promise<string | null> {
  if (foundOpened(dir, at)?.kind !== 'file') return null;
  const bytes = await readFileWithin(`${dir}/${at}`, mostBytes);
  return isNotRead(bytes) ? null : (readText(bytes)?.text.replaceAll('\r\n', '\n') ?? null);
}
