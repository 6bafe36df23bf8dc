// Which links a slot copy has, and what is in none.
import { readlinkSync, realpathSync } from 'node:fs';
import path from 'node:path';

/**
 * The text of a link for the same place in the copy; undefined for a link that leads nowhere, out of the workspace, or to
 * what the copy does not have.
 */
export function linkInside(root: string, link: string): string | undefined {
  const absolute = path.join(root, link);
  try {
    const target = path.relative(root, path.resolve(path.dirname(absolute), readlinkSync(absolute)));
    const real = path.relative(root, realpathSync(absolute));
    if (!isCopied(target) || !isCopied(real)) return undefined;
    return path.relative(path.dirname(link), target) || '.';
  } catch {
    return undefined;
  }
}

function isCopied(relative: string): boolean {
  const names = relative.split(path.sep);
  return names[0] !== '..' && !path.isAbsolute(relative) && !names.some(isLeftOut);
}

/** Never in a copy, under any rules. */
export function isLeftOut(name: string): boolean {
  return /^\.(git|parallel-agents)$/i.test(name);
}
