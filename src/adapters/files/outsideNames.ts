// Finds what lies above the workspace, where checks in the user's terminal find it.
import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * Is there something of that name above `root` and outside of `top`? A path that begins with `../` counts from `root`, any
 * other name is a package's, hoisted to a folder above.
 *
 * @param top what is copied: `root`, or a folder above it
 */
export function isAbove(root: string, top: string, name: string): boolean {
  if (name.startsWith('../')) {
    const file = path.resolve(root, name);
    return !isWithin(top, file) && existsSync(file);
  }
  const folder = path.dirname(top);
  const parts = name.split('/').slice(0, name.startsWith('@') ? 2 : 1);
  const isHere = existsSync(path.join(folder, 'node_modules', ...parts));
  return isHere || (folder !== path.dirname(folder) && isAbove(root, folder, name));
}

/** Is the path the folder, or in it? By their names alone. */
export function isWithin(folder: string, file: string): boolean {
  return file === folder || file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}
