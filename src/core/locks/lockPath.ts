// The canonical form of a path, so that every way of writing a file's name meets at one lock.
import { inert } from '../shared/inert';
import { ok, type Result, refuse } from '../shared/result';

/** What of the workspace a lock covers: one file, or everything under a folder. */
export type PathScope =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string };

/**
 * A path inside the workspace: `/` between parts, NFC, no `.` or `..`, never empty, relative. What is there already keeps the
 * name it has (`parseFoundPath`).
 */
export type WorkspacePath = string;

const maxPathLength = 4096;
const windowsNames = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;

/**
 * The canonical path, or `pathDenied` naming what is wrong with it. Purely by text: links, and names that a system cannot
 * have (`unfitForWindows`), are the adapter's business.
 */
export function parseWorkspacePath(text: string): Result<WorkspacePath> {
  const denied = (why: string) => refuse('pathDenied', `"${printable(text)}" ${why}.`);
  if (text.length > maxPathLength) return denied(`is longer than ${maxPathLength} characters`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(text)) return denied('has control characters');
  // Every half of a surrogate pair reaches the disk as the same character, so two names would be one file.
  if (/\p{Surrogate}/u.test(text)) return denied('has half of a character');
  const unified = text.replaceAll('\\', '/').normalize('NFC');
  const absolute = () => denied('is absolute; name it relative to the workspace');
  if (unified.startsWith('/')) return absolute();
  const parts: string[] = [];
  for (const part of unified.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (parts.pop() === undefined) return denied('leads out of the workspace');
      continue;
    }
    parts.push(part);
  }
  if (/^[a-z]:$/i.test(parts[0] ?? '')) return absolute();
  if (parts.length === 0) return denied('names the workspace itself');
  return ok(parts.join('/'));
}

/**
 * The path of an entry by the name that it was found under, which agents would not be let give: not in NFC, with a `\\`, with
 * control characters. Refused is only what leads elsewhere, or is the same on the disk as something else.
 */
export function parseFoundPath(text: string): Result<WorkspacePath> {
  const denied = (why: string) => refuse('pathDenied', `"${printable(text)}" ${why}.`);
  if (text.length > maxPathLength) return denied(`is longer than ${maxPathLength} characters`);
  if (text.includes('\0') || /\p{Surrogate}/u.test(text)) return denied('is no name on a disk');
  const isPlain = text.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  return isPlain ? ok(text) : denied('leads out of the workspace, or is written as if it did');
}

/**
 * What keeps a canonical path from being a file's on Windows, as the end of a sentence that begins with it; undefined for
 * most. Elsewhere these are names like others: `aux.c` is found in many a library.
 */
export function unfitForWindows(path: WorkspacePath): string | undefined {
  if (path.includes(':')) return 'has a ":", which names a drive or a stream on Windows';
  const odd = path.split('/').find((part) => /[. ]$/.test(part) || windowsNames.test(part));
  return odd === undefined ? undefined : `has the part "${odd}", which Windows reads as another name`;
}

/**
 * What a declared entry locks: a plain path its file, a path ending in `/` or `/**` its folder,
 * any other glob its literal prefix (adapters may expand it to files first).
 */
export function parseLockScope(declared: string): Result<PathScope> {
  const whole = parseWorkspacePath(declared);
  if (!whole.ok) return whole;
  if (/[*?[{].*[\\/]\.\.([\\/]|$)/.test(declared))
    return refuse('pathDenied', `"${printable(declared)}" has ".." behind a wildcard.`);
  const wild = whole.value.search(/[*?[{]/);
  if (wild < 0) return ok({ kind: /[\\/]$/.test(declared) ? 'folder' : 'file', path: whole.value });
  const end = whole.value.lastIndexOf('/', wild);
  return ok({ kind: 'folder', path: end < 0 ? '' : whole.value.slice(0, end) });
}

/**
 * The key two scopes are compared by: paths that differ only in case are one file on common file systems. Both ways of
 * folding, for some letters have two small forms (σ ς) or meet only when large (ß, SS).
 */
export function lockKey(path: WorkspacePath): string {
  // Nearly all paths, a tenth of the time: a command may change thousands of files, each compared with the others.
  if (/^[ -~]*$/.test(path)) return path.toUpperCase();
  return path.normalize('NFC').toLowerCase().toUpperCase().normalize('NFC');
}

/** Are both lists the same scopes in the same order, written the same? */
export function sameScopes(a: readonly PathScope[], b: readonly PathScope[]): boolean {
  return a.length === b.length && a.every(({ kind, path }, k) => kind === b[k]?.kind && path === b[k].path);
}

/** Does `scope` cover the file or folder at `path`? */
export function covers(scope: PathScope, path: WorkspacePath): boolean {
  const key = lockKey(path);
  const own = lockKey(scope.path);
  return key === own || (scope.kind === 'folder' && (own === '' || key.startsWith(`${own}/`)));
}

function printable(text: string): string {
  return inert(JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text).slice(1, -1));
}
