// Which files the user lets several attempts change at once: globs, read as people write them in ignore files.
import { lockKey, type WorkspacePath } from './lockPath';

/** What is shared unless the user says otherwise: files that nearly every change adds a line to. */
export const usualSharedLocks: readonly string[] = [
  'package-lock.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'CHANGELOG.md',
];

/** Alternatives that one glob's braces may come to. */
const mostAlternatives = 100;

/**
 * Does one of `globs` name the path? `*` and `?` stay within a name, `**` is any number of folders, `{a,b}` is either;
 * without a slash a glob is a name in any folder, with one at its end everything below. Letter case does not count, as
 * with locks. Takes no longer than the lengths of glob and path multiplied, whatever the glob.
 */
export function pathMatcher(globs: readonly string[]): (path: WorkspacePath) => boolean {
  const patterns = globs.filter((glob) => glob.trim() !== '').flatMap(partsOf);
  return (path) => {
    const names = lockKey(path).split('/');
    return patterns.some((parts) => fits(parts, names, (part) => part === '**', isNamedBy));
  };
}

function partsOf(glob: string): readonly (readonly string[])[] {
  const plain = lockKey(
    glob
      .trim()
      .replaceAll('\\', '/')
      .replace(/^(\.\/)+/, ''),
  );
  const whole = plain.endsWith('/') ? `${plain}**` : plain;
  const rooted = /\/[^/]/.test(plain) ? whole.replace(/^\//, '') : `**/${whole}`;
  return alternatives([rooted]).map((one) => one.split('/'));
}

/** Every choice of the braces, innermost first. */
function alternatives(globs: readonly string[]): readonly string[] {
  const next = globs.flatMap((glob) => {
    const braces = /\{([^{}]*)\}/.exec(glob);
    if (!braces) return [glob];
    const [before, after] = [glob.slice(0, braces.index), glob.slice(braces.index + braces[0].length)];
    return (braces[1] ?? '').split(',').map((one) => before + one + after);
  });
  if (next.every((one) => globs.includes(one)) || next.length > mostAlternatives) return globs;
  return alternatives(next);
}

function isNamedBy(pattern: string, name: string): boolean {
  return fits(
    [...pattern],
    [...name],
    (c) => c === '*',
    (c, n) => c === '?' || c === n,
  );
}

/** A pattern with parts that stand for any number of items; only the last such part ever needs a second try. */
function fits<T>(
  pattern: readonly T[],
  items: readonly T[],
  isAny: (part: T) => boolean,
  isOne: (part: T, item: T) => boolean,
): boolean {
  let [at, item] = [0, 0];
  let retry: { readonly at: number; item: number } | undefined;
  while (item < items.length) {
    const part = pattern[at];
    if (part !== undefined && isAny(part)) retry = { at: ++at, item };
    else if (part !== undefined && isOne(part, items[item] as T)) {
      at++;
      item++;
    } else if (retry) {
      at = retry.at;
      item = ++retry.item;
    } else return false;
  }
  return pattern.slice(at).every(isAny);
}
