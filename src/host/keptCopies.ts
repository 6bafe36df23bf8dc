// Copies that nobody works in: told from those of a living host, and removed while no host can come.

import { orNull } from '../adapters/files/fileFailure';
import { type KeptCopies, listCopies, putAside, removeAside } from '../adapters/isolation/keptCopies';
import { treeSize } from '../adapters/process/treeSize';
import { findOwner } from '../hub/discovery';
import { existingFolders } from '../hub/runtimeFolder';
import { claimOwnership } from './ownership';

/** Copies of a workspace that nobody has worked in for so long are given up: 30 days. */
const keptMs = 30 * 24 * 3_600_000;

/** The copies of one workspace, and who has them. */
export interface FoundCopies extends KeptCopies {
  /** Somebody may work in them. */
  readonly isInUse: boolean;
  /** The process number of the host, where it is known. */
  readonly pid?: number;
}

/** The copies of all workspaces of this user. @param named the setting `copies.folder` */
export async function findCopies(named?: string): Promise<readonly FoundCopies[]> {
  const found: FoundCopies[] = [];
  for (const copies of await listCopies(named)) found.push({ ...copies, ...(await userOf(copies)) });
  return found;
}

/** The bytes of a workspace's copies; undefined where that was not to be had until `signal` fired. */
export function sizeOfCopies({ dir, root }: KeptCopies, signal: AbortSignal): Promise<number | undefined> {
  return treeSize(dir, root, signal);
}

/**
 * False where somebody works in them; then all of them are left.
 * @param apart has the folder without a host of this process's own while it does what it is given
 */
export async function removeCopies(
  copies: KeptCopies,
  apart = <T>(work: () => Promise<T>): Promise<T> => work(),
): Promise<boolean> {
  const aside = await apart(() => takeAway(copies));
  if (typeof aside === 'string') await orNull(removeAside(aside)); // another host may be at the same
  return aside !== undefined;
}

/** A host that cannot be asked counts as there. */
async function userOf({ root, isLeft }: KeptCopies): Promise<Pick<FoundCopies, 'isInUse' | 'pid'>> {
  if (isLeft) return { isInUse: false };
  try {
    for (const folder of await existingFolders(root)) {
      const owner = await findOwner(folder);
      if (owner) return { isInUse: true, ...(owner.process && { pid: owner.process.pid }) };
    }
    return { isInUse: false };
  } catch {
    return { isInUse: true };
  }
}

/**
 * Takes copies from their workspace; undefined where it has a host, null where they are gone. Nobody else owns the workspace at that
 * moment, so that no copy goes under an agent: its files would be taken for deleted ones.
 */
async function takeAway(copies: KeptCopies): Promise<string | null | undefined> {
  if (copies.isLeft) return putAside(copies.dir);
  const claimed = await claimOwnership(copies.root);
  if (claimed.kind === 'follower') return undefined;
  try {
    return await putAside(copies.dir);
  } finally {
    await claimed.withdraw();
  }
}

/** Removes copies of workspaces that are gone, or that nobody has worked in for long. */
export async function sweepCopies(named: string | undefined, now: number): Promise<void> {
  for (const copies of await listCopies(named)) {
    if (!copies.isLeft && now - copies.usedAt <= keptMs) continue;
    await removeCopies(copies);
  }
}
