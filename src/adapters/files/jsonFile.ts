// Reads a JSON file that a person wrote, whatever may be wrong with it.
import { isUtf8 } from 'node:buffer';
import { isNotRead, readFileWithin, whyNotRead } from './boundedRead';
import { asFailures } from './fileFailure';
import { stepsInSlices } from './inSlices';
import { parseJsonList } from './jsonList';
import { type PlacedProblem, placeOf } from './jsonPositions';

export type JsonFile =
  | { readonly kind: 'read'; readonly text: string; readonly value: unknown }
  | { readonly kind: 'none'; readonly file: string }
  | { readonly kind: 'bad'; readonly problems: readonly PlacedProblem[] };

/** 50 MiB: a backlog of 100,000 features with a paragraph each. */
const mostBytes = 50 * 1024 * 1024;
const mark = '\ufeff';

/** @param whenEmpty what to write into an empty file, as a sentence */
export async function readJsonFile(file: string, whenEmpty: string): Promise<JsonFile> {
  const read = await readTextFile(file, whenEmpty);
  if (read.kind !== 'read') return read;
  const parsed = await stepsInSlices(parseJsonList(file, read.text));
  return parsed.kind === 'bad' ? parsed : { ...read, value: parsed.value };
}

type TextFile = Exclude<JsonFile, { kind: 'read' }> | { readonly kind: 'read'; readonly text: string };

/** Its text, without a byte order mark, and not looked into yet. */
export async function readTextFile(file: string, whenEmpty: string): Promise<TextFile> {
  const bad = (message: string, place = { line: 1, column: 1 }): TextFile => ({
    kind: 'bad',
    problems: [{ file, ...place, message }],
  });
  const bytes = await asFailures(`read ${file}`, () => readFileWithin(file, mostBytes, 'follow'));
  if (isNotRead(bytes)) {
    if (bytes.notRead === 'missing') return { kind: 'none', file };
    return bad(`This ${whyNotRead(bytes, mostBytes)}.`);
  }
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
  return { kind: 'read', text };
}
