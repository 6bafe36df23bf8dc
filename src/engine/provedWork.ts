// The work of an attempt as its own check left it, had back whatever the checks of other features make of it.
import type { Slot } from '../core/shared/ids';
import type { Isolation, Overlap, PlaceChange, StagedFile } from '../ports/isolation';
import { printOf } from './attemptChanges';

export class ProvedWork {
  /** What the workspace and the work have both changed, found when the work was put back. */
  readonly overlaps: Overlap[] = [];

  private constructor(
    private readonly isolation: Isolation,
    private readonly slot: Slot,
    private readonly isOver: () => boolean,
    readonly files: readonly StagedFile[],
  ) {}

  /**
   * Keeps these paths as they are, and puts back all else that was changed in the place. Undefined where one of them has
   * become something that cannot be published.
   *
   * @param isOver the place is another's from then on
   */
  static async keep(
    isolation: Isolation,
    slot: Slot,
    paths: readonly string[],
    isOver: () => boolean,
  ): Promise<ProvedWork | undefined> {
    const now = await isolation.changes(slot);
    if (now.some(({ path, why }) => why !== undefined && paths.includes(path))) return undefined;
    const work = new ProvedWork(isolation, slot, isOver, await isolation.stage(slot, paths));
    await work.restore();
    return work;
  }

  /**
   * Makes these of its files what they were before the work, until `restore`; new ones are taken away. Returns why one could
   * not be made so: then nothing that is found in the place tells anything of the work.
   * @param instead texts for those that are to be so only in part
   */
  async putBack(paths: readonly string[], instead: ReadonlyMap<string, string>): Promise<string | undefined> {
    const { isolation, slot } = this;
    const files = this.files.filter(({ path }) => paths.includes(path) && !instead.has(path));
    // Written anew, and so newer than what was built of the work's: tools that go by times build again.
    const asBefore = files.map(({ path, before }) => ({ path, before, after: before }));
    if (!this.isOver()) this.overlaps.push(...(await isolation.restore(slot, asBefore)));
    for (const { path, after } of this.files) {
      const content = paths.includes(path) ? instead.get(path) : undefined;
      if (content === undefined || this.isOver()) continue;
      const written = await isolation.write(slot, { path, baseHash: after.hash, content });
      if (!written.ok) return `Its tests could not be put back as they were: ${written.error.message}`;
    }
    return undefined;
  }

  /** Puts the place back to it. Was any of these files other than it had been? */
  async restore(): Promise<boolean> {
    const { isolation, slot } = this;
    const { altered, made } = await this.#look();
    if (made.length > 0 && !this.isOver()) await isolation.putBack(slot, made);
    if (altered.length > 0 && !this.isOver()) this.overlaps.push(...(await isolation.restore(slot, altered)));
    return altered.length > 0;
  }

  async #look(): Promise<{ readonly altered: readonly StagedFile[]; readonly made: readonly string[] }> {
    const now = new Map((await this.isolation.changes(this.slot)).map((change) => [change.path, change]));
    const altered = this.files.filter((file) => !isAs(file, now.get(file.path)));
    for (const { path } of this.files) now.delete(path);
    return { altered, made: [...now.keys()] };
  }
}

/** @param now undefined: as the workspace has it */
function isAs({ before, after }: StagedFile, now: PlaceChange | undefined): boolean {
  return printOf(now?.after ?? before) === printOf(after) && now?.why === undefined;
}
