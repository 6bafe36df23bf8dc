// Tries states of a project with its own check, as a user without agents would.
import path from 'node:path';
import { isSameEntry, type Tree } from './steps';
import { type Timed, timedCommand } from './timedCommand';
import { putEntries } from './userFolder';

const lockfiles = new Set(['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml']);
const limitMs = 10 * 60_000;

export interface ProbeCommands {
  readonly check: string;
  /** Run before the check where a lockfile is another than it was. */
  readonly setUp?: string;
}

export class Probe {
  #tree: Tree;

  constructor(
    private readonly dir: string,
    private readonly commands: ProbeCommands,
    /** All that may be another; what is in no tree is not there. */
    private readonly paths: readonly string[],
    start: Tree,
  ) {
    this.#tree = start;
  }

  /** The check's end on this. */
  async run(tree: Tree): Promise<Timed> {
    const { dir, commands } = this;
    const other = this.paths.filter((file) => !isSameEntry(this.#tree.get(file), tree.get(file)));
    await putEntries(dir, new Map(other.map((file) => [file, tree.get(file) ?? null])));
    this.#tree = new Map(tree);
    if (commands.setUp !== undefined && other.some((file) => lockfiles.has(path.basename(file))))
      await timedCommand({ argv: ['sh', '-c', commands.setUp], cwd: dir, limitMs });
    return timedCommand({ argv: ['sh', '-c', commands.check], cwd: dir, limitMs });
  }
}
