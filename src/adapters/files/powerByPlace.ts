// Files that have power by what lies beside them, or by what the repository's settings name: their own names say nothing.
import { lstatSync } from 'node:fs';
import path from 'node:path';
import { lockKey } from '../../core/locks/lockPath';
import { lenientName } from '../../core/shared/lenientName';
import { askGit } from './askGit';
import { hasCode } from './fileFailure';

/** What Git takes a folder for its own by is a `HEAD` with two of these. */
const besideHead = ['objects', 'refs', 'config', 'commondir', 'hooks'];

/** Why no agent may write `file`, as the end of a sentence that begins with it; undefined when nothing here speaks against it. */
export function powerByPlace(root: string, file: string): string | undefined {
  return powerByPlaces(root)(file);
}

/** The same for many files at one moment: what lies in a folder is looked at once. */
export function powerByPlaces(root: string): (file: string) => string | undefined {
  const known = new Map<string, Seen>();
  return (file) => {
    const names = file.split('/');
    return powerOfNames(names, (at, name) => {
      const absolute = path.join(root, ...names.slice(0, at), name);
      const found = known.get(absolute) ?? look(absolute);
      known.set(absolute, found);
      return found;
    });
  };
}

/** @param seenAt is there something of this name in the folder of so many of the names? */
function powerOfNames(
  names: readonly string[],
  seenAt: (at: number, name: string) => Seen,
): string | undefined {
  for (const [at, written] of names.entries()) {
    const has = (name: string) => seenAt(at, name) === 'there';
    const environment = seenAt(at, 'pyvenv.cfg');
    if (environment === 'unknown')
      return `lies in "${folderOf(names, at)}", which may not be looked into, so that nobody knows what beside it would run or obey it`;
    const name = lenientName(written);
    const isLast = at === names.length - 1;
    if (isLast && name === 'head' && besideHead.some(has))
      return `would make "${folderOf(names, at)}" a Git directory, whose settings Git obeys`;
    if (besideHead.includes(name) && has('HEAD'))
      return `lies beside a "HEAD", so that Git takes "${folderOf(names, at)}" for a Git directory and runs what is set there`;
    if (environment === 'there')
      return 'belongs to a Python environment, which runs unseen; list packages in the manifest instead';
  }
  return undefined;
}

/** Files and folders in the workspace that Git's settings name, as keys of paths. */
export interface NamedByGit {
  readonly files: ReadonlySet<string>;
  readonly hooks: readonly string[];
  /** The files that these settings stand in, or would if they were there; absolute. */
  readonly origins: readonly string[];
}

const includes = /^include(?:if\..*)?\.path$/is;
/** Settings whose values name no file, whatever there is of that name. */
const words =
  /^(?:(?:user|author|committer)\.(?:name|email)|branch\..+\.(?:remote|merge|rebase)|init\.defaultbranch|(?:color|pull|push)\..+|merge\.conflictstyle|diff\.algorithm|core\.(?:repositoryformatversion|filemode|bare|logallrefupdates|ignorecase|precomposeunicode|symlinks|autocrlf|eol|safecrlf|quotepath|abbrev))$/i;

/**
 * Asks Git what its settings for the workspace name: hooks, programs, and settings that it reads from elsewhere. Rejects as
 * `askGit`: what they name is unknown then, and any file may be.
 */
export async function namedByGit(root: string): Promise<NamedByGit> {
  const [settings, top] = await Promise.all([
    askGit(root, ['config', '-z', '--list', '--show-origin', '--includes']),
    askGit(root, ['rev-parse', '--show-toplevel']),
  ]);
  // Before Git has a repository there, its relative paths are those of the folder.
  const bases = [root, ...(top === undefined ? [] : [top.trim()])];
  const files = new Set<string>();
  const hooks: string[] = [];
  const origins = new Set<string>();
  const fields = settings?.split('\0') ?? [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [key = '', ...lines] = (fields[at + 1] ?? '').split('\n');
    const value = lines.join('\n');
    const origin = fields[at]?.replace(/^file:/, '') ?? '';
    for (const stood of bases.map((base) => path.resolve(base, origin))) {
      origins.add(stood);
      // One that is included need not be there yet.
      if (includes.test(key)) origins.add(path.resolve(path.dirname(stood), value));
    }
    // Included settings are named from where they are named.
    for (const base of [...bases, ...bases.map((one) => path.dirname(path.resolve(one, origin)))]) {
      const named = words.test(key) ? [] : [value, ...value.split(/[\s"'`;&|()<>=!]+/)];
      for (const word of [origin, ...named]) {
        const inside = insideOf(root, path.resolve(base, word));
        if (inside !== undefined) files.add(inside);
      }
      if (key.toLowerCase() !== 'core.hookspath') continue;
      const inside = insideOf(root, path.resolve(base, value));
      if (inside !== undefined) hooks.push(inside);
    }
  }
  return { files, hooks, origins: [...origins] };
}

/** As `powerByPlace`, for what Git's settings name. */
export function powerNamedByGit(
  file: string,
  { files, hooks }: Pick<NamedByGit, 'files' | 'hooks'>,
): string | undefined {
  const key = lockKey(file);
  if (hooks.some((folder) => key === folder || key.startsWith(`${folder}/`)))
    return 'holds hooks that Git runs (core.hooksPath)';
  return files.has(key) ? 'is named by the settings of Git, which runs or obeys it' : undefined;
}

function insideOf(root: string, absolute: string): string | undefined {
  const inside = path.relative(root, absolute);
  if (inside === '' || inside === '..' || inside.startsWith(`..${path.sep}`) || path.isAbsolute(inside))
    return undefined;
  return lockKey(inside.replaceAll(path.sep, '/'));
}

function folderOf(names: readonly string[], at: number): string {
  return names.slice(0, at).join('/') || '.';
}

type Seen = 'there' | 'missing' | 'unknown';

function look(absolute: string): Seen {
  try {
    return lstatSync(absolute, { throwIfNoEntry: false }) ? 'there' : 'missing';
  } catch (error) {
    return hasCode(error, 'ENOTDIR', 'ENAMETOOLONG') ? 'missing' : 'unknown';
  }
}
