// What a failed check may have looked for outside of the copy that it ran in.
import { inert } from '../shared/inert';
import type { FailedCheck } from './failedCheck';

/** Names asked after for one check: each is looked for on the disk. */
const mostAsked = 50;
const mostNamed = 3;

const aboveIt = /(?<![\w./-])(?:\.\.\/)+[\w@.-][\w@./-]*/g;
const notFound =
  /(?:Cannot find (?:module|package)|Can't resolve|ModuleNotFoundError: No module named|Failed to resolve (?:import|entry for package)|Could not resolve)\s+["'`]([@\w][\w@./-]*)["'`]/g;

/**
 * A sentence on what is there beside the folder, but not in the copy; undefined where the check names nothing of the kind.
 *
 * @param isOutside is there something of this name above the opened folder: a path that begins with `../`, from that folder,
 * or a package
 */
export function describeOutside(
  { command, output }: FailedCheck,
  isOutside: (name: string) => boolean,
): string | undefined {
  const text = `${command}\n${output}`;
  const paths = [...text.matchAll(aboveIt)].map(([path]) => path);
  const packages = [...text.matchAll(notFound)].map(([, name = '']) => name);
  const names = [...new Set([...paths, ...packages])].slice(0, mostAsked).filter(isOutside);
  if (names.length === 0) return undefined;
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
  const named = names.slice(0, mostNamed).map((name) => `"${inert(name)}"`);
  return `${named.join(', ')}${more} ${names.length === 1 ? 'lies' : 'lie'} above the folder that is open, and agents' copies hold only that folder, for it is in no Git repository; open the folder that has all of it, or make that a repository (git init).`;
}
