// What the settings of Git in the workspace name: hooks, programs, and settings that it reads from elsewhere.
import { lstatSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { lockKey } from '../../core/locks/lockPath';
import { askGit } from './askGit';
import { homeFolder } from './homeFolder';

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
 * Asks Git what its settings for a work tree name. Rejects as `askGit`: what they name is unknown then, and any file may be.
 *
 * @param root the workspace's real path; keys of paths are from there
 * @param tree a folder of the work tree, absolute: the workspace, or a repository in it
 */
export async function namedByGit(root: string, tree = root): Promise<NamedByGit> {
  const [settings, top] = await Promise.all([
    askGit(tree, ['config', '-z', '--list', '--show-origin', '--includes']),
    askGit(tree, ['rev-parse', '--show-toplevel']),
  ]);
  // Before Git has a repository there, its relative paths are those of the folder.
  const bases = [tree, ...(top === undefined ? [] : [top.trim()])];
  const files = new Set<string>();
  const hooks = new Set<string>();
  const origins = new Set<string>();
  const fields = settings?.split('\0') ?? [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [key = '', ...lines] = (fields[at + 1] ?? '').split('\n');
    const value = lines.join('\n');
    const origin = fields[at]?.replace(/^file:/, '') ?? '';
    const stood = bases.map((base) => path.resolve(base, origin));
    for (const file of stood) {
      origins.add(file);
      // One that is included need not be there yet.
      if (includes.test(key)) origins.add(path.resolve(path.dirname(file), atHome(value)));
    }
    // Included settings are named from where they are named.
    const from = [...bases, ...stood.map((file) => path.dirname(file))];
    for (const name of [origin, ...(words.test(key) ? [] : namesIn(value))])
      for (const inside of insideOf(root, from, name)) files.add(inside);
    if (key.toLowerCase() === 'core.hookspath')
      for (const inside of insideOf(root, from, value)) hooks.add(inside);
  }
  return { files, hooks: [...hooks], origins: [...origins] };
}

/** Why no agent may write `file`, as the end of a sentence that begins with it; undefined when nothing here speaks against it. */
export function powerNamedByGit(
  file: string,
  { files, hooks }: Pick<NamedByGit, 'files' | 'hooks'>,
): string | undefined {
  const key = lockKey(file);
  if (hooks.some((folder) => key === folder || key.startsWith(`${folder}/`)))
    return 'holds hooks that Git runs (core.hooksPath)';
  return files.has(key) ? 'is named by the settings of Git, which runs or obeys it' : undefined;
}

/** A value may be a path, or a command in which paths stand, in quotes too. */
function namesIn(value: string): readonly string[] {
  const quoted = [...value.matchAll(/"([^"]+)"|'([^']+)'/g)].flatMap(([, a, b]) => a ?? b ?? []);
  return [value, ...quoted, ...value.split(/[\s"'`;&|()<>=!]+/)];
}

/** `name` as paths from `root`, as far as it means something in there: also where a link on the way leads to. */
function insideOf(root: string, bases: readonly string[], name: string): readonly string[] {
  const expanded = atHome(name);
  // Behind `$(git rev-parse --show-toplevel)` a path begins with `/`.
  const meant = bases.flatMap((base) => [path.resolve(base, expanded), path.resolve(base, `./${expanded}`)]);
  return [...new Set(meant)].flatMap((absolute) => {
    const found = [absolute, realPath(absolute)].flatMap((one) => keyFrom(root, one) ?? []);
    return [...new Set(found)];
  });
}

function atHome(name: string): string {
  return name === '~' || name.startsWith('~/') ? path.join(homeFolder(), name.slice(1)) : name;
}

function keyFrom(root: string, absolute: string): string | undefined {
  const inside = path.relative(root, absolute);
  if (inside === '' || inside === '..' || inside.startsWith(`..${path.sep}`) || path.isAbsolute(inside))
    return undefined;
  return lockKey(inside.replaceAll(path.sep, '/'));
}

/** With all links followed, as far as there is anything of it. */
function realPath(absolute: string): string {
  const rest: string[] = [];
  for (let at = absolute; ; at = path.dirname(at)) {
    if (isThere(at)) return path.join(followed(at), ...rest);
    if (at === path.dirname(at)) return absolute;
    rest.unshift(path.basename(at));
  }
}

function isThere(absolute: string): boolean {
  try {
    return lstatSync(absolute, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // too long to be a path, or below a file: a value need not be one
  }
}

function followed(absolute: string): string {
  try {
    return realpathSync(absolute);
  } catch {
    return absolute; // a link to what is not there
  }
}
