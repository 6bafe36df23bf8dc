// What of the disk an agent of another maker works on: its copy without the secrets in it, and paths as it names them.
import type { SecretFiles } from '../../core/features/namedSecrets';
import { mayHoldSecrets } from '../../core/guardrails/secretBearers';
import { parseWorkspacePath, type WorkspacePath } from '../../core/locks/lockPath';
import { type Result, refuse } from '../../core/shared/result';
import type { CopyFiles } from '../../ports/copyFiles';
import type { CommandPlace } from '../../ports/isolation';

/** The secret files in its copy: by name, by what the user says of them, and by what they hold. */
export async function secretsIn(
  files: CopyFiles,
  isSecret: SecretFiles,
): Promise<ReadonlySet<WorkspacePath>> {
  const listing = await files.list('');
  const found = new Set<WorkspacePath>();
  for (const path of listing.ok ? listing.value.paths : []) {
    // What may hold one and cannot be looked at is not shown either.
    const isOne = isSecret(path) || (mayHoldSecrets(path) && !(await files.read(path)).ok);
    if (isOne) found.add(path);
  }
  return found;
}

/**
 * Where its place is shown to it, secret files are not: whatever it reads goes to a service of its own choice. Its commands miss
 * them as well, for it runs them itself; the check has them.
 */
export function withoutSecrets(place: CommandPlace, secrets: ReadonlySet<WorkspacePath>): CommandPlace {
  const { view, cwd } = place;
  if (!view) return place;
  const hidden = [...secrets].map((path) => ({
    from: '/dev/null',
    at: `${cwd}/${path}`,
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
