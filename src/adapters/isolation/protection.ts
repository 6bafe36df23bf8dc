// Which files are never an agent's, in whatever place: by their names, by what lies beside them, or because Git's settings name them.
import { powerOf } from '../../core/guardrails/powerFiles';
import { lockKey } from '../../core/locks/lockPath';
import { gitSettingsOf } from '../files/gitSettings';
import { powerNamedByGit } from '../files/namedByGit';
import { powerByPlaces } from '../files/powerByPlace';

/** Why not, as the end of a sentence that begins with the path; undefined: free. */
export type Protection = (file: string) => string | undefined;

/**
 * @param root the workspace's real path, whose Git settings count
 * @param alsoProtected canonical paths besides, such as a backlog of another name
 * @returns rejects as `GitSettings`; the protection of a tree at `folder` as it is now: the workspace's, or a place's, with
 *   `repositories` of the workspace within it, whose settings count too
 */
export function createProtection(
  root: string,
  alsoProtected: () => readonly string[],
): (folder: string, repositories?: Iterable<string>) => Promise<Protection> {
  const gitSettings = gitSettingsOf(root);
  return async (folder, repositories) => {
    const byGit = await gitSettings(repositories);
    const others = new Set(alsoProtected().map(lockKey));
    const byPlace = powerByPlaces(folder);
    return (file) => {
      const power = powerOf(file);
      if (power?.may === 'never') return power.why;
      if (others.has(lockKey(file))) return 'is the backlog';
      return powerNamedByGit(file, byGit) ?? byPlace(file);
    };
  };
}
