// Changes that are kept apart from the workspace, as one unified diff for people to read.
import type { FileState, FileTexts, StagedFile } from '../../ports/isolation';
import { hashOf } from '../files/contentHash';
import { cleanHunk, headOf, hunksOf, type Run, runsOf } from './fileHunks';

/** Beyond them files are named without their changes, and at last only counted. */
export interface DiffBounds {
  /** Of one file's changes. */
  readonly fileChars: number;
  readonly totalChars: number;
  readonly totalMs: number;
  readonly named: number;
}

/** Far more than anybody reads, and 4 s of a host that has others to answer: a client waits 5 s before it calls it silent. */
const usualBounds: DiffBounds = {
  fileChars: 256 * 1024,
  totalChars: 2 * 1024 * 1024,
  totalMs: 4_000,
  named: 1_000,
};

export interface ChangesAsked {
  readonly files: readonly StagedFile[];
  readonly textsOf: (file: StagedFile) => Promise<FileTexts>;
  /** Takes out what nobody may see. */
  readonly redact: (text: string) => string;
}

/**
 * In Git's form, sorted by path, and what that has no word for in lines that begin with `# `, which Git's readers pass
 * over. Control characters and marks that turn the direction of writing stand as visible signs. Lines end in `\n`
 * whatever the file's end in; that those changed is said.
 */
export async function changesText(
  { files, textsOf, redact }: ChangesAsked,
  bounds: DiffBounds = usualBounds,
): Promise<string> {
  const sorted = files.toSorted((one, other) => (one.path < other.path ? -1 : 1));
  const endMs = performance.now() + bounds.totalMs;
  const parts: string[] = [];
  let chars = 0;
  for (const file of sorted.slice(0, bounds.named)) {
    const isOver = chars >= bounds.totalChars || performance.now() >= endMs;
    const most = Math.min(bounds.fileChars, bounds.totalChars - chars);
    const part = isOver
      ? [`# ${quoted(file.path)} is ${kindOf(file)}; not shown, since this is long enough already.`]
      : fileLines(file, await textsOf(file), redact, most);
    const text = visible(`${part.join('\n')}\n`);
    chars += text.length;
    parts.push(text);
  }
  const rest = sorted.length - bounds.named;
  if (rest > 0) parts.push(`# And ${rest} more ${rest === 1 ? 'file' : 'files'}, not shown.\n`);
  return parts.join('');
}

function fileLines(
  file: StagedFile,
  { before, after }: FileTexts,
  redact: (text: string) => string,
  mostChars: number,
): readonly string[] {
  const { path } = file;
  const [from, to] = [quoted(`a/${path}`), quoted(`b/${path}`)];
  const head = [`diff --git ${from} ${to}`, ...modeLines(file)];
  if (file.before.hash === file.after.hash) return head;
  if (isUnreadable(before, file.before) || isUnreadable(after, file.after))
    return [
      `# ${quoted(path)} is no text, is above 8 MiB, or cannot be read any more.`,
      ...head,
      `Binary files ${before === null ? '/dev/null' : from} and ${after === null ? '/dev/null' : to} differ`,
    ];
  const words = formText(file, before, after);
  const runs = before === after ? [] : runsOf(before, after);
  const isTooLong = lengthOf(runs) > mostChars;
  if (isTooLong)
    words.push(`# ${quoted(path)} is ${kindOf(file)}; ${countText(runs)}, too many to be shown.`);
  // Without a change of its own a header says nothing, and Git refuses it.
  if (runs.length === 0 || isTooLong) return head.length === 1 ? words : [...words, ...head];
  return [
    ...words,
    ...head,
    `--- ${before === null ? '/dev/null' : ended(from)}`,
    `+++ ${after === null ? '/dev/null' : ended(to)}`,
    ...hunksOf(runs).flatMap((hunk) => {
      const clean = cleanHunk(hunk, redact);
      return [headOf(clean), ...clean.lines];
    }),
  ];
}

function modeLines({ before, after }: StagedFile): readonly string[] {
  const octal = ({ mode }: FileState) => `100${(mode ?? 0o644).toString(8).padStart(3, '0')}`;
  if (before.hash === null) return [`new file mode ${octal(after)}`];
  if (after.hash === null) return [`deleted file mode ${octal(before)}`];
  if (before.mode === null || after.mode === null || before.mode === after.mode) return [];
  return [`old mode ${octal(before)}`, `new mode ${octal(after)}`];
}

function kindOf({ before, after }: StagedFile): string {
  return before.hash === null ? 'new' : after.hash === null ? 'deleted' : 'changed';
}

const emptyHash = hashOf(Buffer.alloc(0));

function isUnreadable(text: string | null, { hash }: FileState): boolean {
  return text === '' && hash !== emptyHash;
}

/** What the two texts do not tell: how their lines end. */
function formText({ path, before, after }: StagedFile, old: string | null, now: string | null): string[] {
  if (old === null || now === null) return [];
  const [was, is] = [formOf(old, before), formOf(now, after)];
  if (was !== is) return [`# ${quoted(path)}: before, it had ${was}; now it has ${is}.`];
  return old === now ? [`# ${quoted(path)} differs in line ends or encoding only.`] : [];
}

function formOf(text: string, { hash }: FileState): string {
  if (hashOf(Buffer.from(text)) === hash) return '\\n line ends';
  if (hashOf(Buffer.from(text.replaceAll('\n', '\r\n'))) === hash) return '\\r\\n line ends';
  return 'mixed line ends or another encoding';
}

/** Of the lines that differ, in characters. */
function lengthOf(runs: readonly Run[]): number {
  let chars = 0;
  for (const { sign, lines } of runs) if (sign !== ' ') for (const line of lines) chars += line.length;
  return chars;
}

function countText(runs: readonly Run[]): string {
  const count = (wanted: Run['sign']) =>
    runs.reduce((sum, { sign, lines }) => sum + (sign === wanted ? lines.length : 0), 0);
  return `${count('+')} lines come and ${count('-')} go`;
}

/** As Git writes names that would not read back. */
function quoted(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is quoted
  if (!/[\u0000-\u001f\u007f"\\]/.test(name)) return name;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is quoted
  return `"${name.replace(/["\\]/g, '\\$&').replace(/[\u0000-\u001f\u007f]/g, octalOf)}"`;
}

function octalOf(character: string): string {
  return `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
}

/** A name with spaces would otherwise end at the first. */
function ended(name: string): string {
  return name.includes(' ') ? `${name}\t` : name;
}

/** Control characters as their pictures (␛), what turns writing around or breaks lines by its number. */
function visible(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is made visible
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, (one) => pictureOf(one))
      .replace(/[\u0080-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (one) => {
        return `<U+${one.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}>`;
      })
  );
}

function pictureOf(control: string): string {
  return control === '\u007f' ? '␡' : String.fromCharCode(0x2400 + control.charCodeAt(0));
}
