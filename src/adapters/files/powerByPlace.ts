// Files that have power by what lies beside them: their own names say nothing.
import { lstatSync } from 'node:fs';
import path from 'node:path';
import { lenientName } from '../../core/shared/lenientName';
import { hasCode } from './fileFailure';

/** What Git takes a folder for its own by is a `HEAD` with two of these. */
const besideHead = ['objects', 'refs', 'config', 'commondir', 'hooks'];

/** Why no agent may write `file`, as the end of a sentence that begins with it; undefined when nothing here speaks against it. */
export function powerByPlace(root: string, file: string): string | undefined {
  return powerByPlaces(root)(file);
}

/** The same for many files at one moment: what lies in a folder is looked at once. */
export function powerByPlaces(root: string): (file: string) => string | undefined {
  const known = new Map<string, Seen>();
  return (file) => {
    const names = file.split('/');
    return powerOfNames(names, (at, name) => {
      const absolute = path.join(root, ...names.slice(0, at), name);
      const found = known.get(absolute) ?? look(absolute);
      known.set(absolute, found);
      return found;
    });
  };
}

/** @param seenAt is there something of this name in the folder of so many of the names? */
function powerOfNames(
  names: readonly string[],
  seenAt: (at: number, name: string) => Seen,
): string | undefined {
  for (const [at, written] of names.entries()) {
    const has = (name: string) => seenAt(at, name) === 'there';
    const environment = seenAt(at, 'pyvenv.cfg');
    if (environment === 'unknown')
      return `lies in "${folderOf(names, at)}", which may not be looked into, so that nobody knows what beside it would run or obey it`;
    const name = lenientName(written);
    const isLast = at === names.length - 1;
    if (isLast && name === 'head' && besideHead.some(has))
      return `would make "${folderOf(names, at)}" a Git directory, whose settings Git obeys`;
    if (besideHead.includes(name) && has('HEAD'))
      return `lies beside a "HEAD", so that Git takes "${folderOf(names, at)}" for a Git directory and runs what is set there`;
    if (environment === 'there')
      return 'belongs to a Python environment, which runs unseen; list packages in the manifest instead';
  }
  return undefined;
}

function folderOf(names: readonly string[], at: number): string {
  return names.slice(0, at).join('/') || '.';
}

type Seen = 'there' | 'missing' | 'unknown';

function look(absolute: string): Seen {
  try {
    return lstatSync(absolute, { throwIfNoEntry: false }) ? 'there' : 'missing';
  } catch (error) {
    return hasCode(error, 'ENOTDIR', 'ENAMETOOLONG') ? 'missing' : 'unknown';
  }
}
