// What of the disk an agent of another maker works on: its copy without the secrets in it, and paths as it names them.
import type { SecretFiles } from '../../core/features/namedSecrets';
import { parseWorkspacePath, type WorkspacePath } from '../../core/locks/lockPath';
import { type Result, refuse } from '../../core/shared/result';
import type { CopyFiles } from '../../ports/copyFiles';
import type { CommandPlace } from '../../ports/isolation';

/**
 * Where its place is shown to it, secret files are not: whatever it reads goes to a service of its own choice. Its commands miss
 * them as well, for it runs them itself; the check has them.
 */
export async function withoutSecrets(
  place: CommandPlace,
  files: CopyFiles,
  isSecret: SecretFiles,
): Promise<CommandPlace> {
  const { view, cwd } = place;
  const listing = view && (await files.list(''));
  if (!view || !listing?.ok) return place;
  const hidden = listing.value.paths.filter(isSecret).map((path) => ({
    ...{ from: '/dev/null', at: `${cwd}/${path}` },
    isReadOnly: true,
  }));
  return { ...place, view: { ...view, mounts: [...view.mounts, ...hidden] } };
}

/** @param roots absolute: what stands for the workspace, as the agent sees it and as it is on the disk */
export function insideOf(roots: readonly string[], seen: string): Result<WorkspacePath> {
  const plain = (text: string) => text.replaceAll('\\', '/').replace(/\/+$/, '');
  const path = plain(seen);
  const root = roots.map(plain).find((one) => path.startsWith(`${one}/`));
  if (root !== undefined) return parseWorkspacePath(path.slice(root.length + 1));
  const isAbsolute = path.startsWith('/') || /^[A-Za-z]:/.test(path);
  return isAbsolute
    ? refuse('pathDenied', `"${seen}" is outside of your copy of the project; work on nothing else.`)
    : parseWorkspacePath(path);
}
