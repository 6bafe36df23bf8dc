// Copies that nobody works in: told from those of a living host, and removed while no host can come.

import { orNull } from '../adapters/files/fileFailure';
import { type KeptCopies, listCopies, putAside, removeAside } from '../adapters/isolation/keptCopies';
import { findOwner } from '../hub/discovery';
import { existingFolders } from '../hub/runtimeFolder';
import { claimOwnership } from './ownership';

/** Copies of a workspace that nobody has worked in for so long are given up: 30 days. */
const keptMs = 30 * 24 * 3_600_000;

/** Is there a host of that workspace? One that cannot be asked counts as there. */
export async function areInUse({ root, isLeft }: KeptCopies): Promise<boolean> {
  if (isLeft) return false;
  try {
    for (const folder of await existingFolders(root)) if (await findOwner(folder)) return true;
    return false;
  } catch {
    return true;
  }
}

/**
 * Takes copies from their workspace, for `removeAside`; undefined where it has a host. Nobody else owns the workspace at that
 * moment, so that no copy goes under an agent: its files would be taken for deleted ones.
 */
export async function takeAway(copies: KeptCopies): Promise<string | undefined> {
  if (copies.isLeft) return putAside(copies.dir);
  const claimed = await claimOwnership(copies.root);
  if (claimed.kind === 'mirror') return undefined;
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
    const aside = await orNull(takeAway(copies)); // another host may be at the same
    if (aside) await orNull(removeAside(aside));
  }
}
