// What package managers put into the workspace while an attempt works: seen by the stamps of files, and taken over when asked.
import { isInstalled, packageOf } from '../../core/guardrails/packageFolders';
import { inSlices } from '../files/inSlices';
import { isOfPackages } from './manifest';
import type { SlotPlace } from './slotPlace';
import { isSameFile } from './stamp';
import type { Found, Survey } from './survey';

/** Packages that are named. */
const mostNamed = 20;

/** By paths from the top: did a package manager put it there? */
export type InstalledRule = (at: string) => boolean;

/** @param isIgnored by paths from the opened folder */
export function installedRule(inside: string, isIgnored: (path: string) => boolean): InstalledRule {
  const isIgnoredAt = (at: string) => at.startsWith(inside) && isIgnored(at.slice(inside.length));
  return (at) => isInstalled(at, (path) => isOfPackages(path) || isIgnoredAt(path));
}

/** The packages of the workspace that are otherwise than the place was given them, sorted; folders alone are none. */
export async function installedSince(
  { manifest }: SlotPlace,
  theirs: Survey,
  isOf: InstalledRule,
): Promise<readonly string[]> {
  const packages = new Set<string>();
  await inSlices(theirs, ([at, found]) => {
    const base = manifest.get(at);
    if (found.kind === 'file' && (base?.kind !== 'file' || !isSameFile(base.theirs, found.stamp))) add(at);
    if (found.kind === 'link' && (base?.kind !== 'link' || base.to !== found.to)) add(at);
  });
  await inSlices(manifest, ([at, base]) => {
    if (base.kind !== 'folder' && !theirs.has(at)) add(at);
  });
  return [...packages].sort().slice(0, mostNamed);

  function add(at: string): void {
    if (isOf(at)) packages.add(packageOf(at));
  }
}

/** Has the place packages that no workspace gave it? */
export function hasOwnInstalled(place: SlotPlace, ours: Survey, isOf: InstalledRule): boolean {
  const isOwn = (at: string, found: Found | undefined) =>
    found?.kind !== 'folder' && isOf(at) && !(found && place.stands(at, found));
  for (const [at, found] of ours) if (isOwn(at, found)) return true;
  for (const [at, base] of place.manifest)
    if (base.kind !== 'folder' && !ours.has(at) && isOwn(at, undefined)) return true;
  return false;
}
