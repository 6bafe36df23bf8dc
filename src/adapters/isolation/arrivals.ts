// Gathers what came into a place, to be told by path from the opened folder.
import type { Arrival, Arrivals, Overlap } from '../../ports/isolation';
import { readText } from '../files/textForm';

export class ArrivalList {
  readonly #taken: string[] = [];
  readonly #merged: Arrival[] = [];
  readonly #overlaps: Overlap[] = [];

  /** @param inside what the opened folder is called from the top @param isTold of paths from the opened folder */
  constructor(
    private readonly inside: string,
    private readonly isTold: (path: string) => boolean,
  ) {}

  taken(at: string): void {
    this.#tell(at, (path) => this.#taken.push(path));
  }

  merged(at: string, theirs: string | null): void {
    this.#tell(at, (path) => this.#merged.push({ path, theirs }));
  }

  /** @param ours what the place had */
  overlap(at: string, theirs: string | null, ours: Buffer | undefined): void {
    const text = ours && readText(ours)?.text.replaceAll('\r\n', '\n');
    this.#tell(at, (path) => this.#overlaps.push({ path, theirs, ours: text ?? null }));
  }

  sorted(): Arrivals {
    const byPath = (a: Arrival, b: Arrival) => (a.path < b.path ? -1 : 1);
    return {
      taken: this.#taken.sort(),
      merged: this.#merged.sort(byPath),
      overlaps: this.#overlaps.sort(byPath),
    };
  }

  #tell(at: string, add: (path: string) => void): void {
    if (!at.startsWith(this.inside)) return;
    const path = at.slice(this.inside.length);
    if (this.isTold(path)) add(path);
  }
}

/** The mode that has both sides' changes; ours where both changed it. */
export function mergedMode(base: number | null, ours: number, theirs: number): number {
  return ours === base ? theirs : ours;
}
