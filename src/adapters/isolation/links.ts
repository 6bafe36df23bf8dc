// What a link of the workspace is in a place: it leads to the same spot, and to the place's own where that is in the workspace.
import { realpathSync } from 'node:fs';
import path from 'node:path';

/**
 * The link's text in the place. Within the tree, relative ones are right as they are; absolute ones into the tree lead to the
 * same spot of the place; what leads out leads where it did, by an absolute path.
 *
 * @param top of the workspace's tree: absolute, without links
 * @param dir of the place's
 * @param at path of the link from the top
 */
export function linkText(top: string, dir: string, at: string, to: string): string {
  const target = path.resolve(top, path.dirname(at), to);
  const inside = insideOf(top, target);
  // `x/../y` through a link `x` is not what it looks like.
  const isPlain = !/[^./\\][/\\]+\.\.([/\\]|$)/.test(to);
  if (!path.isAbsolute(to) && inside !== undefined && isPlain) return to;
  const real = insideOf(top, realOf(target));
  if (real !== undefined) return path.join(dir, inside !== undefined && isPlain ? inside : real);
  return inside !== undefined && isPlain ? path.join(dir, inside) : target;
}

function insideOf(top: string, absolute: string): string | undefined {
  const inside = path.relative(top, absolute);
  return inside === '..' || inside.startsWith(`..${path.sep}`) || path.isAbsolute(inside)
    ? undefined
    : inside;
}

/** Where a path leads in the end, as far as it exists. */
function realOf(absolute: string): string {
  const missing: string[] = [];
  for (let at = absolute; ; at = path.dirname(at)) {
    try {
      return path.join(realpathSync(at), ...missing);
    } catch {
      if (at === path.dirname(at)) return absolute;
      missing.unshift(path.basename(at));
    }
  }
}
