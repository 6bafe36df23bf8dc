// What Git's settings for a workspace name, known anew as soon as one of the files that they stand in is another.
import { type BigIntStats, lstatSync, statSync } from 'node:fs';
import path from 'node:path';
import { gitDirectoryAround, sharedDirectory } from './gitDirectory';
import { baseFolder, homeFolder } from './homeFolder';
import { type NamedByGit, namedByGit } from './namedByGit';

/**
 * Each call answers for the moment it is made in: an install may set `core.hooksPath`.
 *
 * @param within repositories in the workspace whose settings count too, such as submodules; paths from there
 * @returns rejects as `namedByGit`
 */
export type GitSettings = (within?: Iterable<string>) => Promise<NamedByGit>;

interface Known {
  readonly named: NamedByGit;
  /** That were read, or would be if they were there. */
  readonly files: readonly string[];
  /** Of these, just before Git was asked. */
  readonly print: string;
}

export function gitSettingsOf(root: string): GitSettings {
  const trees = new Map<string, () => Promise<NamedByGit>>();
  return async (within = []) => {
    const all = await Promise.all(
      [...new Set(['', ...within])].map((folder) => {
        const settings = trees.get(folder) ?? settingsOfTree(root, path.join(root, folder));
        trees.set(folder, settings);
        return settings();
      }),
    );
    return {
      files: new Set(all.flatMap(({ files }) => [...files])),
      hooks: all.flatMap(({ hooks }) => hooks),
      origins: all.flatMap(({ origins }) => origins),
    };
  };
}

/** The repositories in the workspace that some of its files lie in. */
export function repositoriesAround(root: string, files: Iterable<string>): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const file of files)
    for (let at = path.posix.dirname(file); at !== '.' && !folders.has(at); at = path.posix.dirname(at))
      folders.add(at);
  return new Set([...folders].filter((folder) => stampOf(path.join(root, folder, '.git'), lstatSync) !== ''));
}

function settingsOfTree(root: string, tree: string): () => Promise<NamedByGit> {
  let known: Known | undefined;
  let asking: Promise<Known> | undefined;
  return async () => {
    if (known && printOf(known.files) === known.print) return known.named;
    asking ??= ask(root, tree).finally(() => {
      asking = undefined;
    });
    known = await asking;
    return known.named;
  };
}

async function ask(root: string, tree: string): Promise<Known> {
  const usual = usualFiles(tree);
  const before = printOf(usual);
  const named = await namedByGit(root, tree);
  const files = [...usual, ...named.origins];
  // What changed while Git was asked is asked for once more.
  return { named, files, print: printOf(usual) === before ? printOf(files) : '' };
}

/** Where Git looks first; what these include is told with its answer. */
function usualFiles(tree: string): readonly string[] {
  const own = gitDirectoryAround(tree) ?? path.join(tree, '.git');
  const home = homeFolder();
  const configHome = baseFolder(process.env.XDG_CONFIG_HOME) ?? path.join(home, '.config');
  return [
    path.join(tree, '.git'),
    path.join(own, 'HEAD'), // the branch decides on what some include (`includeIf.onbranch:`)
    path.join(own, 'config'),
    path.join(own, 'config.worktree'),
    path.join(sharedDirectory(own), 'config'),
    path.join(home, '.gitconfig'),
    path.join(configHome, 'git', 'config'),
    ...[process.env.GIT_CONFIG_GLOBAL, process.env.GIT_CONFIG_SYSTEM].flatMap((named) => named || []),
  ];
}

/** Of a link also what it leads to: many keep their settings elsewhere, and link them to where Git looks. */
function printOf(files: readonly string[]): string {
  return files.map((file) => `${stampOf(file, lstatSync)} ${stampOf(file, statSync)}`).join('\n');
}

type Look = (file: string, how: { bigint: true; throwIfNoEntry: false }) => BigIntStats | undefined;

function stampOf(file: string, look: Look): string {
  try {
    const stat = look(file, { bigint: true, throwIfNoEntry: false });
    if (!stat) return '';
    // Of a folder only that it is one: what is in it changes all the time.
    return stat.isDirectory() ? 'folder' : [stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(' ');
  } catch {
    return '';
  }
}
