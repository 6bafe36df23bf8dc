// Carries out exact-text edits on a file's text, all or none, and says where it fails what stands there instead.
import { ok, type Result, refuse } from '../../core/shared/result';

/** An exact-text edit: `old` stands exactly once, or is replaced everywhere with `all`. */
export interface TextEdit {
  readonly old: string;
  readonly new: string;
  readonly all: boolean;
}

/** The text after all edits, each made on what the one before it left. Refuses `badInput`, naming the edit. */
export function applyEdits(text: string, edits: readonly TextEdit[]): Result<string> {
  let current = text;
  for (const [index, edit] of edits.entries()) {
    const name = edits.length === 1 ? 'The edit' : `Edit ${index + 1} of ${edits.length}`;
    const next = applyEdit(current, edit);
    if (!next.ok)
      return refuse('badInput', `${name} was not made, and nothing was changed: ${next.error.message}`);
    current = next.value;
  }
  return ok(current);
}

function applyEdit(text: string, edit: TextEdit): Result<string> {
  if (edit.old === '') return refuse('badInput', '"old" is empty. Use write_file to write a whole file.');
  if (edit.old === edit.new) return refuse('badInput', '"old" and "new" are the same.');
  const places = placesOf(text, edit.old);
  if (places.length === 0) return refuse('badInput', `"old" is not in the file. ${nearest(text, edit.old)}`);
  if (places.length > 1 && !edit.all) {
    const lines = places.slice(0, 10).map((at) => text.slice(0, at).split('\n').length);
    const where = `${places.length} times (lines ${lines.join(', ')}${places.length > 10 ? ', …' : ''})`;
    return refuse('badInput', `"old" is there ${where}. Take in more lines around it, or set "all".`);
  }
  return ok(text.split(edit.old).join(edit.new)); // not `replace`, to which `$&` in the new text would mean something
}

/** Where `wanted` begins, also where two of them overlap: then too it is not clear which one is meant. */
function placesOf(text: string, wanted: string): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) places.push(at);
  return places;
}

/** Shows the lines that look most like `wanted`, so that the next try can copy them. */
function nearest(text: string, wanted: string): string {
  if (text === '') return 'The file is empty.';
  const lines = text.split('\n');
  const wantedLines = wanted.split('\n').map(squeeze);
  const best = bestPlace(lines.map(squeeze), wantedLines);
  if (best === undefined) return 'No line of it is like a line of the file; read the file again.';
  const from = Math.max(0, best - 1);
  const shown = lines.slice(from, Math.min(lines.length, best + Math.min(wantedLines.length, 20) + 1));
  return `The lines most like it are, exactly:\n${shown.map((line, at) => `${from + at + 1}\t${line}`).join('\n')}`;
}

/** Where the most lines of `wanted` stand in order, white space aside; undefined when not one does, even roughly. */
function bestPlace(lines: readonly string[], wanted: readonly string[]): number | undefined {
  let best: { readonly at: number; readonly score: number } | undefined;
  for (let at = 0; at < lines.length; at++) {
    let score = 0;
    for (let n = 0; n < Math.min(wanted.length, 50); n++) score += likeness(lines[at + n], wanted[n]);
    if (score > (best?.score ?? 0)) best = { at, score };
  }
  return best?.at;
}

/** 2 for equal lines, below 1 for lines that share at least half of their words, else 0. Empty lines tell nothing. */
function likeness(line: string | undefined, wanted: string | undefined): number {
  if (!line || !wanted) return 0;
  if (line === wanted) return 2;
  const words = new Set(wanted.match(/\w+/g));
  const shared = new Set((line.match(/\w+/g) ?? []).filter((word) => words.has(word))).size;
  return shared * 2 >= words.size && shared > 0 ? shared / (words.size + 1) : 0;
}

function squeeze(line: string): string {
  return line.trim().replace(/\s+/g, ' ');
}
