// Which real changes need which others before them, found by trying.
import { pathsOf, type RealChange } from './gitRepository';
import { applySteps, isSameEntry, type Step, type Tree } from './steps';

/**
 * What of the same file is taken for a need: `files`: every earlier change of it. `lines`: only those that cannot be made in
 * the other order, as when both change the same lines.
 */
export type OrderRule = 'files' | 'lines';

export interface SteppedChange {
  readonly change: RealChange;
  readonly steps: readonly Step[];
}

export interface OrderOptions {
  readonly rule: OrderRule;
  /** All that the changes touch, as it is before the first. */
  readonly start: Tree;
  /** Is the project's check green on this? */
  readonly isGreen: (tree: Tree) => Promise<boolean>;
}

/**
 * Of each change the earlier ones it needs, all of them, as indices in order: those of the same file by the rule, and, where
 * its check is red on nothing but these, what else makes it green.
 */
export async function findNeeds(
  changes: readonly SteppedChange[],
  { rule, start, isGreen }: OrderOptions,
): Promise<readonly (readonly number[])[]> {
  const needs: number[][] = [];
  const withAll = (found: ReadonlySet<number>) =>
    new Set([...found].flatMap((k) => [k, ...(needs[k] ?? [])]));
  const treeOf = (order: readonly number[]) => {
    const tree: Tree = new Map(start);
    for (const k of order) applySteps(tree, changes[k]?.steps ?? []);
    return tree;
  };
  const inOrder = (done: ReadonlySet<number>) => [...done].sort((a, b) => a - b);
  for (let at = 0; at < changes.length; at++) {
    let found = new Set<number>();
    for (let earlier = at - 1; earlier >= 0; earlier--) {
      if (found.has(earlier) || !sharesFile(changes[earlier]?.change, changes[at]?.change)) continue;
      if (rule === 'lines' && canComeFirst(at, earlier, needs, treeOf)) continue;
      found = withAll(new Set([...found, earlier]));
    }
    if (found.size < at && !(await isGreen(treeOf([...inOrder(found), at])))) {
      let enough = new Set(Array.from({ length: at }, (_, k) => k));
      for (let without = at - 1; without >= 0; without--) {
        if (found.has(without)) continue;
        const fewer = new Set([...enough].filter((k) => k !== without && !needs[k]?.includes(without)));
        if (fewer.size < enough.size && (await isGreen(treeOf([...inOrder(fewer), at])))) enough = fewer;
      }
      found = enough;
    }
    needs.push(inOrder(found));
  }
  return needs;
}

/** Can change `at` be made before `earlier`, with the same result after both? */
function canComeFirst(
  at: number,
  earlier: number,
  needs: readonly (readonly number[])[],
  treeOf: (order: readonly number[]) => Tree,
): boolean {
  const all = Array.from({ length: at + 1 }, (_, k) => k);
  const isLater = (k: number) => k !== at && (k === earlier || needs[k]?.includes(earlier));
  try {
    const swapped = [...all.filter((k) => !isLater(k)), ...all.filter(isLater)];
    return isSame(treeOf(all), treeOf(swapped));
  } catch {
    return false;
  }
}

function isSame(one: Tree, other: Tree): boolean {
  return one.size === other.size && [...one].every(([file, entry]) => isSameEntry(entry, other.get(file)));
}

/** Or a file of the one lies where the other has a folder. */
function sharesFile(one: RealChange | undefined, other: RealChange | undefined): boolean {
  const [ones, others] = [one, other].map((change) => (change ? pathsOf(change) : []));
  const isOn = (a: string, b: string) => a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
  return (ones ?? []).some((a) => (others ?? []).some((b) => isOn(a, b)));
}
