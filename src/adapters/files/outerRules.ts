// What the user ignores by other ways than the workspace's own ignore files: for one repository, or for all of theirs.
import { statSync } from 'node:fs';
import path from 'node:path';
import { askGit } from './askGit';
import { homeFolder } from './homeFolder';

/** An ignore file outside of the tree, with rules over it. */
export interface OuterFile {
  readonly file: string;
  /** How the workspace is called from where the rules hold: empty, or names that end in `/`. */
  readonly prefix: string;
}

/** Asks Git where they lie, anew only when something was written into its folder since. */
export class OuterRules {
  #known: { readonly stamp: string; readonly files: Promise<readonly OuterFile[]> } | undefined;

  constructor(private readonly root: string) {}

  /** Rejects as `askGit`. The weakest first, as Git has it: the user's for all repositories, this one's own, and those of folders above. */
  files(): Promise<readonly OuterFile[]> {
    const stamp = gitStamp(this.root);
    if (this.#known?.stamp === stamp) return this.#known.files;
    const known = { stamp, files: find(this.root, stamp !== '') };
    this.#known = known;
    known.files.catch(() => {
      if (this.#known === known) this.#known = undefined;
    });
    return known.files;
  }
}

async function find(root: string, isInRepository: boolean): Promise<readonly OuterFile[]> {
  const [named, places] = await Promise.all([
    askGit(root, ['config', '--type=path', '--get', 'core.excludesFile']),
    isInRepository ? askGit(root, ['rev-parse', '--show-toplevel', '--git-path', 'info/exclude']) : undefined,
  ]);
  const [top, exclude] = places?.split(/\r?\n/) ?? [];
  const base = path.resolve(root, top ?? '.');
  const names = path
    .relative(base, root)
    .split(path.sep)
    .filter((name) => name !== '');
  const whole = names[0] === '..' ? [] : names; // a work tree that lies elsewhere
  const prefixFrom = (at: number) =>
    whole
      .slice(at)
      .map((name) => `${name}/`)
      .join('');
  return [
    { file: path.resolve(base, named?.replace(/\r?\n$/, '') || defaultFile()), prefix: prefixFrom(0) },
    // Where Git refuses to answer, another's folder for instance, the usual place counts.
    { file: path.resolve(root, exclude ?? '.git/info/exclude'), prefix: prefixFrom(0) },
    ...whole.map((_, at) => ({
      file: path.join(base, ...whole.slice(0, at), '.gitignore'),
      prefix: prefixFrom(at),
    })),
  ];
}

function defaultFile(): string {
  return path.join(process.env.XDG_CONFIG_HOME || path.join(homeFolder(), '.config'), 'git', 'ignore');
}

function gitStamp(root: string): string {
  for (let folder = root; ; folder = path.dirname(folder)) {
    const stat = statSync(path.join(folder, '.git'), { throwIfNoEntry: false });
    if (stat) return `${stat.ino} ${stat.mtimeMs}`;
    if (folder === path.dirname(folder)) return '';
  }
}
