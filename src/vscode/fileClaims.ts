// Which files agents hold, as a function of the snapshot: what badges and editor lines are drawn from.
import { oneLine } from '../core/events/describe';
import type { Snapshot } from '../core/events/snapshot';
import { lockKey } from '../core/locks/lockPath';
import type { LockTable } from '../core/locks/lockTable';
import type { FeatureId, Slot } from '../core/shared/ids';

/** An agent's hold on a file, or on all below a folder. */
export interface FileClaim {
  /** Relative to the workspace; '' is the whole of it. */
  readonly path: string;
  readonly kind: 'file' | 'folder';
  readonly slot: Slot;
  readonly featureId: FeatureId;
  readonly featureName: string;
}

/** Finds the claim on a path; made once for a lock table, asked for every file on screen. */
export class FileClaims {
  private readonly files = new Map<string, FileClaim>();
  private readonly folders: { readonly key: string; readonly claim: FileClaim }[] = [];
  /** What the claims were made from; the same table means the same claims. */
  readonly table: LockTable;

  constructor(snapshot: Snapshot) {
    this.table = snapshot.locks;
    for (const { scope, slot, featureId } of snapshot.locks.holds) {
      if (scope.kind === 'resource') continue; // no file has it, and none is named like it
      const featureName = oneLine(snapshot.features[featureId]?.spec.name ?? '');
      const claim = { path: scope.path, kind: scope.kind, slot, featureId, featureName };
      if (scope.kind === 'file') this.files.set(lockKey(scope.path), claim);
      else this.folders.push({ key: lockKey(scope.path), claim });
    }
  }

  /** @param path of a file, relative to the workspace with `/` between its parts */
  on(path: string): FileClaim | undefined {
    const key = lockKey(path);
    const folder = () => this.folders.find(({ key: own }) => own === '' || key.startsWith(`${own}/`))?.claim;
    return this.files.get(key) ?? folder();
  }

  /**
   * The files whose claim differs from `before`, as paths; undefined when a folder's claim changed, since then any
   * file may be concerned.
   */
  changedSince(before: FileClaims): readonly string[] | undefined {
    const foldersOf = (claims: FileClaims) =>
      claims.folders.map(({ key, claim }) => `${claim.slot} ${claim.featureId} ${key}`).join('\n');
    if (foldersOf(this) !== foldersOf(before)) return undefined;
    const keys = new Set([...this.files.keys(), ...before.files.keys()]);
    return [...keys].flatMap((key) => {
      const now = this.files.get(key);
      const then = before.files.get(key);
      if (now?.slot === then?.slot && now?.featureId === then?.featureId) return [];
      return [(now ?? then)?.path ?? key];
    });
  }
}

/** At most two characters, which is all that VS Code shows: `A2`; an agent beyond the ninth is its number alone. */
export function claimBadge({ slot }: FileClaim): string {
  if (slot > 99) return 'A+';
  return slot > 9 ? `${slot}` : `A${slot}`;
}

export function claimTooltip({ slot, featureName, kind }: FileClaim): string {
  return `Agent ${slot} holds this ${kind === 'folder' ? 'folder' : 'file'} for "${featureName}"`;
}

/** The line in the editor. */
export function claimLine({ slot, featureName }: FileClaim): string {
  return `Agent ${slot} is working on this file: ${featureName}`;
}
