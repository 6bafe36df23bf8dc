// Which changed ignore files would no longer keep the user's secret files out of Git, once they are published.
import path from 'node:path';
import type { PlaceChange } from '../../ports/isolation';
import type { FolderRules } from '../files/ignoreRules';
import { ignoreFileName } from '../files/ruleMemory';
import { ignoredBy } from './ignoredBy';

/** Named with one change; there may be more. */
const mostNamed = 5;

/**
 * The changes, each of such an ignore file with what it lets go of: Git would show it as new, and the next `git add` take it.
 *
 * @param secrets paths of secret files in the workspace, in any order; asked only where an ignore file was changed
 * @param rules the user's own, and those that Git would go by in the workspace afterwards
 */
export async function withShownSecrets(
  changes: readonly PlaceChange[],
  secrets: () => readonly string[],
  rules: () => Promise<{ readonly user: FolderRules; readonly after: FolderRules }>,
): Promise<readonly PlaceChange[]> {
  const isOfRules = ({ path: file, why }: PlaceChange) =>
    why === undefined && path.posix.basename(file) === ignoreFileName;
  if (!changes.some(isOfRules)) return changes;
  const { user, after } = await rules();
  const [wasIgnored, isIgnored] = [ignoredBy(user), ignoredBy(after)];
  const shown = secrets()
    .filter((file) => wasIgnored(file) && !isIgnored(file))
    .sort();
  return changes.map((change) => {
    const below = change.path.slice(0, -ignoreFileName.length);
    const shows = shown.filter((file) => file.startsWith(below)).slice(0, mostNamed);
    return isOfRules(change) && shows.length > 0 ? { ...change, shows } : change;
  });
}
