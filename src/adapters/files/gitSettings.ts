// What Git's settings for a workspace name, known anew as soon as one of the files that they stand in is another.
import { lstatSync } from 'node:fs';
import path from 'node:path';
import { gitDirectoryAround, sharedDirectory } from './gitDirectory';
import { baseFolder, homeFolder } from './homeFolder';
import { type NamedByGit, namedByGit } from './powerByPlace';

interface Known {
  readonly named: NamedByGit;
  /** That were read, or would be if they were there. */
  readonly files: readonly string[];
  /** Of these, just before Git was asked. */
  readonly print: string;
}

/** Each call answers for the moment it is made in: an install may set `core.hooksPath`. @returns rejects as `namedByGit` */
export function gitSettingsOf(root: string): () => Promise<NamedByGit> {
  let known: Known | undefined;
  let asking: Promise<Known> | undefined;
  return async () => {
    if (known && printOf(known.files) === known.print) return known.named;
    asking ??= ask(root).finally(() => {
      asking = undefined;
    });
    known = await asking;
    return known.named;
  };
}

async function ask(root: string): Promise<Known> {
  const usual = usualFiles(root);
  const before = printOf(usual);
  const named = await namedByGit(root);
  const files = [...usual, ...named.origins];
  // What changed while Git was asked is asked for once more.
  return { named, files, print: printOf(usual) === before ? printOf(files) : '' };
}

/** Where Git looks first; what these include is told with its answer. */
function usualFiles(root: string): readonly string[] {
  const own = gitDirectoryAround(root) ?? path.join(root, '.git');
  const home = homeFolder();
  const configHome = baseFolder(process.env.XDG_CONFIG_HOME) ?? path.join(home, '.config');
  return [
    path.join(root, '.git'),
    path.join(own, 'config'),
    path.join(own, 'config.worktree'),
    path.join(sharedDirectory(own), 'config'),
    path.join(home, '.gitconfig'),
    path.join(configHome, 'git', 'config'),
  ];
}

function printOf(files: readonly string[]): string {
  return files.map(stampOf).join('\n');
}

function stampOf(file: string): string {
  try {
    const stat = lstatSync(file, { throwIfNoEntry: false });
    if (!stat) return '';
    // Of a folder only that it is one: what is in it changes all the time.
    return stat.isDirectory() ? 'folder' : [stat.ino, stat.size, stat.mtimeMs, stat.ctimeMs].join(' ');
  } catch {
    return '';
  }
}
