// What Clean Up Copies offers to remove, what it leaves and why, and what it says in the end.
import { sizeText } from '../core/shared/size';

/** The copies of one project, as far as it is asked about them. */
export interface OfferedCopies {
  readonly root: string;
  /** Milliseconds since 1970. */
  readonly usedAt: number;
  /** Undefined where it took too long to find out. */
  readonly bytes: number | undefined;
  /** `run`: of a run of this window; `elsewhere`: another window or command has the project open. */
  readonly usedBy?: 'run' | 'elsewhere';
}

export interface CopyChoice<T> {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  readonly picked: true;
  readonly copies: T;
}

/** A line for each that can go, the largest first, all of them chosen. */
export function copyChoices<T extends OfferedCopies>(all: readonly T[]): readonly CopyChoice<T>[] {
  return all
    .filter(({ usedBy }) => usedBy === undefined)
    .sort((one, other) => (other.bytes ?? 0) - (one.bytes ?? 0))
    .map((copies) => ({
      label: nameOf(copies),
      description: copies.bytes === undefined ? 'size not known' : sizeText(copies.bytes),
      detail: `${copies.root}, last used ${new Date(copies.usedAt).toLocaleDateString('sv')}`,
      picked: true,
      copies,
    }));
}

/** What is not offered, in a sentence; empty where all is. */
export function describeKept(all: readonly OfferedCopies[]): string {
  const run = all.filter(({ usedBy }) => usedBy === 'run');
  const elsewhere = all.filter(({ usedBy }) => usedBy === 'elsewhere');
  return [
    ...(run.length > 0 ? [`A run is at work in the copies of ${listed(run)}: stop it first.`] : []),
    ...(elsewhere.length > 0
      ? [`Another window or command has ${listed(elsewhere)} open; its copies are left.`]
      : []),
  ].join(' ');
}

/** Before anything is removed: how much of that there is. */
export function describeOffer(choices: readonly CopyChoice<OfferedCopies>[]): string {
  const sum = sumText(choices.map(({ copies }) => copies));
  return `${sum[0]?.toUpperCase()}${sum.slice(1)} can be freed; copies are made anew when needed`;
}

/** @param left that should have gone */
export function describeFreed(removed: readonly OfferedCopies[], left: readonly OfferedCopies[]): string {
  const freed =
    removed.length === 0
      ? 'Nothing was removed.'
      : `Freed ${sumText(removed)}: the copies of ${listed(removed)} are removed.`;
  return `${freed}${left.length === 0 ? '' : ` Those of ${listed(left)} are left: somebody works in them now.`}`;
}

function nameOf({ root }: OfferedCopies): string {
  return root.split(/[\\/]/).findLast((name) => name !== '') ?? root;
}

function listed(copies: readonly OfferedCopies[]): string {
  return copies.length <= 3 ? copies.map(nameOf).join(', ') : `${copies.length} projects`;
}

function sumText(copies: readonly OfferedCopies[]): string {
  const sum = copies.reduce((total, { bytes }) => total + (bytes ?? 0), 0);
  return `${copies.some(({ bytes }) => bytes === undefined) ? 'at least ' : ''}${sizeText(sum)}`;
}
