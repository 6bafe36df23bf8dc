// Finds files of a place in which the workspace's own path is written, where tools keep such paths and follow them.
import path from 'node:path';
import { isNotRead, readFileWithin } from '../files/boundedRead';
import { isUnreadable } from '../files/fileFailure';

/** From what is followed without being asked for to what is only now and then. */
const kinds: readonly RegExp[] = [
  /(^|\/)(site|dist)-packages\/[^/]*(\.pth|\.egg-link|__editable__[^/]*\.py)$|(^|\/)__editable__[^/]*$/,
  /(^|\/)(node_modules\/\.bin|vendor\/bin|\.?venv[^/]*\/(bin|Scripts)|\.tox\/[^/]+\/bin)\/[^/]+$/,
  /(^|\/)(CMakeCache\.txt|build\.ninja|config\.status|compile_commands\.json|meson-info\/[^/]+\.json)$/,
  /(^|\/)(pyvenv\.cfg|direct_url\.json|\.eslintcache|\.stylelintcache|\.modules\.yaml|\.package-map\.json)$/,
  /(^|\/)(Makefile|[^/]+\.cmake|[^/]+\.tsbuildinfo|jest-transform-cache[^/]*|[^/]+\.(d|dep))$/,
];
const mostFiles = 3_000;
/** A path is written at the head of those, or they are short. */
const mostBytes = 512 * 1024;
const mostFound = 20;

/**
 * Paths from the top, those first that are followed the most.
 *
 * @param names all files of the place, from the top
 */
export async function waysBack(
  { top, dir }: { readonly top: string; readonly dir: string },
  names: Iterable<string>,
): Promise<readonly string[]> {
  const byKind = kinds.map((): string[] => []);
  for (const name of names) byKind[kinds.findIndex((kind) => kind.test(name))]?.push(name);
  const found: string[] = [];
  for (const name of byKind.flatMap((names) => names.sort()).slice(0, mostFiles)) {
    if (found.length >= mostFound) break;
    if (await holds(path.join(dir, name), top)) found.push(name);
  }
  return found;
}

async function holds(file: string, text: string): Promise<boolean> {
  try {
    const bytes = await readFileWithin(file, mostBytes);
    return !isNotRead(bytes) && namesPath(bytes.toString('latin1'), Buffer.from(text).toString('latin1'));
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return false;
  }
}

/** Not of a folder that only begins with the same letters. */
function namesPath(text: string, wanted: string): boolean {
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1))
    if (!/[\w.-]/.test(text[at + wanted.length] ?? '')) return true;
  return false;
}
