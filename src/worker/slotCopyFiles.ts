// Looks into an agent's private copy on disk, and never through a link out of it.
import { createHash } from 'node:crypto';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { isNotRead, type NotRead, readFileWithin, whyNotRead } from '../adapters/files/boundedRead';
import { hasCode, reasonOf } from '../adapters/files/fileFailure';
import { isTooLong, roomBelow } from '../adapters/files/pathRoom';
import { noText, readText } from '../adapters/files/textForm';
import { secretMessage } from '../core/features/judgeChange';
import type { SecretFiles } from '../core/features/namedSecrets';
import { isPackageFolder } from '../core/guardrails/packageFolders';
import { parseFoundPath, type WorkspacePath } from '../core/locks/lockPath';
import { ok, type Result, refuse } from '../core/shared/result';
import { shutMessage } from '../core/shared/unread';
import type { CopyFile, CopyFiles, CopyListing, CopyMatch } from '../ports/copyFiles';
import { Failure } from '../ports/failure';
import { createLineMatcher } from './lineMatcher';

/** Larger files are none that an agent edits as text. */
const maxFileBytes = 4 * 1024 * 1024;
const maxSearchedBytes = 1024 * 1024;
const maxFiles = 20_000;
const maxLineLength = 300;
const leftOut = new Set(['.git', '.parallel-agents']);

/** @param copyDir absolute; must exist once a method is called */
export function createSlotCopyFiles(copyDir: string, isSecret: SecretFiles): CopyFiles {
  /** No file of an attempt's own: without it there is no work for anybody. */
  async function realCopy(): Promise<string> {
    try {
      return await realpath(copyDir);
    } catch (cause) {
      throw new Failure('noCopy', `The copy of the workspace is gone: ${asFailure(cause).message}`, {
        cause,
      });
    }
  }

  async function locate(at: WorkspacePath | ''): Promise<Result<string | null>> {
    const root = await realCopy();
    const real = await unlessShut(() => orNull(realpath(path.join(root, at))));
    if (real === shut) return refuse('pathDenied', shutMessage(at));
    if (real !== null && real !== root && !real.startsWith(root + path.sep))
      return refuse('pathDenied', `"${at}" leads out of the workspace through a link.`);
    return ok(real);
  }

  /** As `locate`, but for files that are withheld by name, also where a link of another name leads to one. */
  async function locateOpen(at: WorkspacePath): Promise<Result<string | null>> {
    if (isSecret(at)) return refuse('pathDenied', secretMessage(at));
    const real = await locate(at);
    if (!real.ok || real.value === null) return real;
    return isSecret(await insideOf(real.value)) ? refuse('pathDenied', secretMessage(at)) : real;
  }

  async function insideOf(real: string): Promise<string> {
    return path.relative(await realCopy(), real).replaceAll(path.sep, '/');
  }

  /** Of a file whose name does not tell whether it is one to be withheld. */
  async function isWithheld(at: WorkspacePath, real: string, text: string): Promise<boolean> {
    return isSecret(at, text) || isSecret(await insideOf(real), text);
  }

  async function read(at: WorkspacePath): Promise<Result<CopyFile | null>> {
    const real = await locateOpen(at);
    if (!real.ok || real.value === null) return real.ok ? ok(null) : real;
    const bytes = await readBytes(real.value, maxFileBytes);
    if (bytes === shut) return refuse('pathDenied', shutMessage(at));
    if (isNotRead(bytes)) return refuseRead(at, bytes);
    const text = readText(bytes)?.text.replaceAll('\r\n', '\n');
    if (text === undefined) return refuse('notText', `"${at}" ${noText}.`);
    if (await isWithheld(at, real.value, text)) return refuse('pathDenied', secretMessage(at));
    return ok({ text, hash: createHash('sha256').update(bytes).digest('hex') });
  }

  async function list(folder: WorkspacePath | ''): Promise<Result<CopyListing>> {
    const real = await locate(folder);
    if (!real.ok) return real;
    if (real.value === null) return refuse('badInput', `There is no folder "${folder}".`);
    if (!(await stat(real.value)).isDirectory())
      return refuse('badInput', `"${folder}" is a file; read it instead.`);
    const found: Found = { paths: [], shut: [] };
    const partial = !(await walk(real.value, folder === '' ? '' : `${folder}/`, found));
    const [first] = found.shut;
    if (first === `${folder}/`) return refuse('pathDenied', shutMessage(folder));
    return ok({ ...found, partial });
  }

  return {
    found: (asked) =>
      unlessShut(() => nameFound(copyDir, asked)).then((at) => (at === shut ? undefined : at)),
    read,
    list,
    async search({ text, isRegex, folder, maxMatches }, signal) {
      const matcher = createLineMatcher(text, isRegex);
      if (!matcher.ok) return matcher;
      const listing = await list(folder);
      if (!listing.ok) return listing;
      const matches: CopyMatch[] = [];
      const tooLarge: WorkspacePath[] = [];
      const unread = [...listing.value.shut];
      for (const file of listing.value.paths) {
        if (signal.aborted) throw new Failure('aborted', 'stopped');
        const lines = await searchable(file);
        if (lines === shut) unread.push(file);
        else if (!lines) tooLarge.push(file);
        if (!lines || lines === shut) continue;
        const found = matcher.value(lines);
        if (!found.ok) return found;
        for (const at of found.value) {
          if (matches.length === maxMatches) return ok({ matches, partial: true, tooLarge, shut: unread });
          matches.push({ path: file, line: at + 1, text: (lines[at] ?? '').slice(0, maxLineLength) });
        }
      }
      return ok({ matches, partial: listing.value.partial, tooLarge, shut: unread });
    },
  };

  /** The lines of a file, none for what is no text, withheld, or a link out; undefined for one that is too large. */
  async function searchable(file: WorkspacePath): Promise<readonly string[] | typeof shut | undefined> {
    const real = await locateOpen(file);
    if (!real.ok || real.value === null) return [];
    const bytes = await readBytes(real.value, maxSearchedBytes);
    if (bytes === shut) return shut;
    if (isNotRead(bytes)) return bytes.notRead === 'tooLarge' ? undefined : [];
    const text = readText(bytes)?.text ?? '';
    return (await isWithheld(file, real.value, text)) ? [] : text.split(/\r?\n/);
  }
}

async function nameFound(copyDir: string, asked: string): Promise<WorkspacePath | undefined> {
  const path = parseFoundPath(asked);
  const names: string[] = [];
  for (const name of path.ok ? path.value.split('/') : []) {
    const entries = await orNull(readdir([copyDir, ...names].join('/')));
    const alike = entries?.filter((entry) => entry.normalize('NFC') === name.normalize('NFC')) ?? [];
    const [first] = alike;
    if (first === undefined) return undefined;
    names.push(alike.includes(name) ? name : first);
  }
  return names.length > 0 ? names.join('/') : undefined;
}

interface Found {
  readonly paths: WorkspacePath[];
  readonly shut: string[];
}

/** Adds the files below `folder` in order; false when there are more than `maxFiles`. Linked folders are not entered. */
async function walk(folder: string, prefix: string, found: Found): Promise<boolean> {
  if (isTooLong(folder, roomBelow())) return true; // nothing in there is brought over
  const entries = await unlessShut(() => orNull(readdir(folder, { withFileTypes: true })));
  if (entries === shut) found.shut.push(prefix || '/');
  if (!entries || entries === shut) return true; // it may just have gone
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (leftOut.has(entry.name) || isPackageFolder(entry.name)) continue;
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!(await walk(full, `${prefix}${entry.name}/`, found))) return false;
      continue;
    }
    const led = entry.isSymbolicLink() ? await unlessShut(() => orNull(stat(full))) : entry;
    if (!led || led === shut || !led.isFile()) continue;
    if (found.paths.length === maxFiles) return false;
    found.paths.push(`${prefix}${entry.name}`);
  }
  return true;
}

async function readBytes(real: string, mostBytes: number): Promise<Buffer | NotRead | typeof shut> {
  return unlessShut(async () => {
    try {
      return await readFileWithin(real, mostBytes);
    } catch (error) {
      throw asFailure(error);
    }
  });
}

/** In the place of what may not be read. */
const shut = Symbol('shut');

async function unlessShut<T>(look: () => Promise<T>): Promise<T | typeof shut> {
  try {
    return await look();
  } catch (error) {
    if (Failure.is(error, 'denied')) return shut;
    throw error;
  }
}

function refuseRead(at: WorkspacePath, reason: NotRead) {
  switch (reason.notRead) {
    case 'missing':
      return refuse('badInput', `"${at}" has just gone.`);
    case 'folder':
      return refuse('badInput', `"${at}" is a folder; list_files shows what is in it.`);
    case 'special':
    case 'tooLarge':
      return refuse('badInput', `"${at}" ${whyNotRead(reason, maxFileBytes)}.`);
    default:
      return reason satisfies never;
  }
}

/** Null where there is nothing by that name; other system errors become failures. */
async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return null;
    throw asFailure(error);
  }
}

function asFailure(error: unknown): Failure {
  const words = error instanceof Error ? error.message : String(error);
  return new Failure(reasonOf(error) ?? 'io', words, { cause: error });
}
