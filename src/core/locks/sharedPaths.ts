// Which files the user lets several attempts change by turns: globs, read as people write them in ignore files.
import { lockKey, type WorkspacePath } from './lockPath';

/** What is shared unless the user says otherwise: files that nearly every change adds a line to. */
export const usualSharedLocks: readonly string[] = [
  'package-lock.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'CHANGELOG.md',
];

/**
 * Does one of `globs` name the path? `*` and `?` stay within a name, `**` does not, `{a,b}` is either; without a slash
 * a glob is a name in any folder, with one at its end everything below. Letter case does not count, as with locks.
 */
export function pathMatcher(globs: readonly string[]): (path: WorkspacePath) => boolean {
  const patterns = globs.filter((glob) => glob.trim() !== '').map(patternOf);
  return (path) => {
    const key = lockKey(path);
    return patterns.some((pattern) => pattern.test(key));
  };
}

function patternOf(glob: string): RegExp {
  const plain = lockKey(
    glob
      .trim()
      .replaceAll('\\', '/')
      .replace(/^(\.\/)+/, ''),
  );
  const anywhere = /\/./.test(plain) || plain === '/' ? plain.replace(/^\//, '') : `**/${plain}`;
  const whole = anywhere.replace(/\/$/, '/**').replace(/\*{3,}/g, '**');
  let depth = 0;
  const source = whole.replace(/\*\*\/|\*\*|[*?{},]|[\\^$.|+()[\]]/g, (token) => {
    switch (token) {
      case '**/':
        return '(?:.*/)?';
      case '**':
        return '.*';
      case '*':
        return '[^/]*';
      case '?':
        return '[^/]';
      case '{':
        depth++;
        return '(?:';
      case '}':
        if (depth === 0) return '\\}';
        depth--;
        return ')';
      case ',':
        return depth > 0 ? '|' : ',';
      default:
        return `\\${token}`;
    }
  });
  return new RegExp(`^${source}${')'.repeat(depth)}$`, 'u');
}
