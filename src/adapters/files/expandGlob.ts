// The files that a glob in a backlog names today.
import picomatch from 'picomatch';
import { parseWorkspacePath } from '../../core/locks/lockPath';
import { IgnoreRules } from './ignoreRules';
import { protection } from './protectedPaths';
import { walkTree } from './walkTree';

/**
 * Canonical paths, sorted. Ignored and protected files are left out, and links are not followed.
 * A glob ending in `/` means everything below.
 */
export async function expandGlob(root: string, glob: string): Promise<readonly string[]> {
  const pattern = glob
    .replaceAll('\\', '/')
    .replace(/^(\.\/)+/, '')
    .replace(/\/$/, '/**');
  const matches = picomatch(pattern, { dot: true });
  const found: string[] = [];
  await walkTree(root, new IgnoreRules(root).top(), (entry, rules) => {
    if (entry.kind === 'folder') {
      const skip =
        entry.name === 'node_modules' ||
        protection(entry.path) !== undefined ||
        rules.ignores(entry.name, 'folder');
      return skip ? undefined : rules.below(entry.name);
    }
    if (entry.kind !== 'file' || !matches(entry.path) || protection(entry.path) !== undefined)
      return undefined;
    const canonical = parseWorkspacePath(entry.path);
    if (canonical.ok && canonical.value === entry.path && !rules.ignores(entry.name, 'file'))
      found.push(entry.path);
    return undefined;
  });
  return found.sort();
}
