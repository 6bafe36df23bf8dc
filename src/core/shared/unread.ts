// What of the workspace is missing in an agent's copy (not to be read, too large) or older there (still being written):
// counted, and named as far as it helps.
import { inert } from './inert';

export interface Unread {
  readonly count: number;
  /** The first of them; a folder ends in `/`, and what is too large in its size. */
  readonly paths: readonly string[];
}

/** Paths that are named before the rest is only counted. */
const mostNamed = 20;
/** Of one of them: whatever is longer is known by its beginning. */
const mostChars = 200;

/** Undefined where all could be read. */
export function unreadOf(paths: readonly string[]): Unread | undefined {
  return paths.length === 0
    ? undefined
    : { count: paths.length, paths: paths.slice(0, mostNamed).map(shortened) };
}

function shortened(path: string): string {
  return path.length > mostChars
    ? `${path.slice(0, mostChars)}… (a path of ${path.length} characters)`
    : path;
}

export function describeUnread({ count, paths }: Unread): string {
  const rest = count > paths.length ? ` and ${count - paths.length} more` : '';
  const what = count === 1 ? '1 file or folder' : `${count} files or folders`;
  const are = count === 1 ? 'is' : 'are';
  const isLarge = paths.some((path) => /\([\d.]+ [KMGTP]B\)$/.test(path));
  const help = isLarge
    ? '; what is too large can be linked for reading by parallelAgents.copies.readOnlyLinks'
    : '';
  return `${what} could not be read, ${are} too large or still being written, and so ${are} not in the copy or older there: ${paths.map(inert).join(', ')}${rest}${help}`;
}

/** For agents, of a path that modes keep from them. */
export function shutMessage(file: string): string {
  return `"${file}" can neither be read nor written: its mode, or that of a folder above it, does not let you. Open it with chmod first, or leave it.`;
}
