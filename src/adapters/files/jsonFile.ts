// Reads a JSON file that a person wrote, whatever may be wrong with it.
import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import { asFailures, hasCode } from './fileFailure';
import { type PlacedProblem, placeOf } from './jsonPlaces';
import { parseJsonText } from './jsonText';

export type JsonFile =
  | { readonly kind: 'read'; readonly text: string; readonly value: unknown }
  | { readonly kind: 'none'; readonly file: string }
  | { readonly kind: 'bad'; readonly problems: readonly PlacedProblem[] };

/** 50 MiB: a backlog of 100,000 features with a paragraph each. */
const mostBytes = 50 * 1024 * 1024;
const mark = '\ufeff';

/** @param whenEmpty what to write into an empty file, as a sentence */
export async function readJsonFile(file: string, whenEmpty: string): Promise<JsonFile> {
  const bad = (message: string, place = { line: 1, column: 1 }): JsonFile => ({
    kind: 'bad',
    problems: [{ file, ...place, message }],
  });
  const bytes = await asFailures(`read ${file}`, () => readAtMost(file, mostBytes));
  if (bytes === 'missing') return { kind: 'none', file };
  if (bytes === 'notFile') return bad('This is not a file.');
  if (bytes === 'tooLarge') return bad(`The file is larger than ${mostBytes / 1024 / 1024} MiB.`);
  if (/^(\xff\xfe|\xfe\xff)/.test(bytes.toString('latin1', 0, 2)))
    return bad('The file is UTF-16; save it as UTF-8.');
  const decoded = bytes.toString();
  const text = decoded.startsWith(mark) ? decoded.slice(1) : decoded;
  // The first replacement character is where decoding failed, unless the author wrote one: close enough for a place.
  if (!isUtf8(bytes))
    return bad(
      'From here on the file is not UTF-8; save it as UTF-8.',
      placeOf(text, text.indexOf('\ufffd')),
    );
  if (text.trim() === '') return bad(`The file is empty. ${whenEmpty}`);
  const parsed = parseJsonText(file, text);
  return parsed.kind === 'bad' ? parsed : { kind: 'read', text, value: parsed.value };
}

async function readAtMost(file: string, most: number): Promise<Buffer | 'missing' | 'notFile' | 'tooLarge'> {
  try {
    const handle = await open(file, 'r');
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) return 'notFile';
      return stat.size > most ? 'tooLarge' : await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 'missing';
    if (hasCode(error, 'ENOTDIR', 'EISDIR')) return 'notFile';
    throw error;
  }
}
