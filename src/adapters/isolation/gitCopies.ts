// The Git directories of a place: that of the tree, and those of submodules and repositories within.
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { GitProgram } from '../../core/guardrails/placeText';
import type { Mount } from '../../ports/workers';
import { removeTree } from '../files/removeTree';
import { copyGit, printOfCopy, printOfSource, programsLeftOut } from './gitCopy';
import { gitSource } from './gitSource';
import { foundBelow } from './survey';

interface Places {
  readonly top: string;
  readonly dir: string;
  readonly staging: string;
  /** A folder for folders in which commands find the user's objects, where those are not seen at their own place. */
  readonly borrowed: string;
}

interface Made {
  readonly source: string;
  readonly copy: string;
  readonly objects: Mount;
}

/** Folders are paths from the top, which itself is the empty one. */
export class GitCopies {
  /** By folder, how the user's and the copy were when the copy was made. */
  readonly #made = new Map<string, Made>();

  /** Do commands see the copies in the workspace's place? Then what is there is not the user's to them. */
  isInView = false;

  constructor(private readonly options: Places) {}

  /** @param theirs folders with a `.git` in the workspace @param ours those in the place now */
  async prepare(theirs: readonly string[], ours: readonly string[]): Promise<void> {
    for (const folder of ours) if (!theirs.includes(folder)) await this.#remove(folder);
    for (const folder of theirs) await this.#bring(folder, true);
  }

  /** Takes in what the user committed, staged or switched to; what the place's own Git did stays. */
  async bringUpToDate(): Promise<void> {
    for (const folder of [...this.#made.keys()]) await this.#bring(folder, false);
  }

  /** Those with a Git directory of the user's that the place has a copy of. */
  get folders(): readonly string[] {
    return [...this.#made.keys()];
  }

  /** The user's objects, which commands read through the copies. */
  get objects(): readonly Mount[] {
    return [...this.#made.values()].map(({ objects }) => objects);
  }

  /** What the user's Git runs programs for, and that of the copies does not; files are from the top. */
  async programsLeftOut(): Promise<readonly GitProgram[]> {
    const left: GitProgram[] = [];
    for (const folder of this.#made.keys()) {
      const tree = path.join(this.options.top, folder);
      const source = gitSource(tree);
      for (const { setting, file } of source ? await programsLeftOut(source, tree) : [])
        left.push({ setting, file: path.posix.join(folder, file) });
    }
    return left;
  }

  async #bring(folder: string, isAnew: boolean): Promise<void> {
    const { top, dir, staging, borrowed } = this.options;
    const source = gitSource(path.join(top, folder));
    const isFolder = folder === '' || foundBelow(dir, folder)?.kind === 'folder';
    if (!source || !isFolder) return isAnew ? this.#remove(folder) : undefined;
    const copy = path.join(dir, folder, '.git');
    const known = this.#made.get(folder);
    const isIntact = known !== undefined && (await printOfCopy(copy)) === known.copy;
    if (!isAnew && !isIntact) return;
    const print = `${this.isInView} ${await printOfSource(source)}`;
    if (isIntact && known.source === print) return;
    const objects = {
      from: path.join(source.common, 'objects'),
      at: path.join(borrowed, nameOf(source.common)),
    };
    for (const made of [staging, objects.at]) mkdirSync(made, { recursive: true });
    await copyGit(source, copy, { staging, objects: this.isInView ? objects.at : objects.from });
    this.#made.set(folder, {
      source: print,
      copy: await printOfCopy(copy),
      objects: { ...objects, isReadOnly: true },
    });
  }

  async #remove(folder: string): Promise<void> {
    this.#made.delete(folder);
    if (folder === '' || foundBelow(this.options.dir, folder)?.kind === 'folder')
      await removeTree(path.join(this.options.dir, folder, '.git'));
  }
}

function nameOf(repository: string): string {
  return createHash('sha256').update(repository).digest('hex').slice(0, 16);
}
