// Reads a Git repository that is somebody else's: nothing is ever written to it.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** `git`, in a folder. Git's own settings of the machine count, but no index is refreshed by looking. @throws what it said */
export async function git(dir: string, ...args: readonly string[]): Promise<string> {
  return (await gitBytes(dir, ...args)).toString('utf8');
}

async function gitBytes(dir: string, ...args: readonly string[]): Promise<Buffer> {
  const { stdout } = await exec('git', ['-C', dir, ...args], {
    encoding: 'buffer',
    maxBuffer: 256 * 1024 * 1024,
    env: { ...process.env, GIT_OPTIONAL_LOCKS: '0' },
  });
  return stdout;
}

/** What a path is in a commit. */
export interface Version {
  /** As Git writes it: 100644, 100755, 120000 a link, 160000 a repository of its own. */
  readonly mode: string;
  readonly sha: string;
}

/** What a change did to one path. */
export interface FileChange {
  readonly path: string;
  /** Where it was moved from. */
  readonly from?: string;
  /** What it was at `from`, else at `path`; null: nothing. */
  readonly before: Version | null;
  readonly after: Version | null;
}

/** A commit, or several in a row that count as one. */
export interface RealChange {
  /** The last of its commits. */
  readonly commit: string;
  /** Subjects of its commits, the oldest first. */
  readonly subjects: readonly string[];
  readonly files: readonly FileChange[];
}

/**
 * Consecutive changes as the first parents tell them, the oldest first; those that change no file are passed over.
 *
 * @param from the first of them; without it the last `count` are meant
 * @throws with words for people when there are fewer
 */
export async function readChanges(dir: string, count: number, from?: string): Promise<readonly RealChange[]> {
  const range = from === undefined ? ['HEAD'] : [`${from}^..HEAD`];
  const listed = await git(dir, 'rev-list', '--first-parent', ...range);
  const commits = listed.split('\n').filter((line) => line !== '');
  if (from !== undefined) commits.reverse();
  const changes: RealChange[] = [];
  for (const commit of commits) {
    if (changes.length === count) break;
    const parents = (await git(dir, 'rev-parse', `${commit}^@`)).split('\n');
    if (parents[0] === '') break;
    const files = await filesBetween(dir, `${commit}^`, commit);
    if (files.length === 0) continue;
    changes.push({ commit, subjects: [(await git(dir, 'log', '-1', '--format=%s', commit)).trim()], files });
  }
  if (changes.length < count)
    throw new Error(
      `There are only ${changes.length} changes with files in them there, and ${count} were asked for.`,
    );
  return from === undefined ? changes.toReversed() : changes;
}

/** Two neighbours as one change. */
export async function joined(dir: string, first: RealChange, second: RealChange): Promise<RealChange> {
  const before = `${first.commit}~${first.subjects.length}`;
  return {
    commit: second.commit,
    subjects: [...first.subjects, ...second.subjects],
    files: await filesBetween(dir, before, second.commit),
  };
}

async function filesBetween(dir: string, before: string, after: string): Promise<readonly FileChange[]> {
  const words = (await git(dir, 'diff-tree', '-r', '-z', '-M', '--no-abbrev', before, after)).split('\0');
  const files: FileChange[] = [];
  for (let at = 0; at + 1 < words.length; ) {
    const [oldMode = '', newMode = '', oldSha = '', newSha = '', status = ''] = (words[at] ?? '')
      .slice(1)
      .split(' ');
    const moved = status.startsWith('R');
    const version = (mode: string, sha: string) => (/^0+$/.test(sha) ? null : { mode, sha });
    files.push({
      path: words[at + (moved ? 2 : 1)] ?? '',
      ...(moved ? { from: words[at + 1] ?? '' } : {}),
      before: version(oldMode, oldSha),
      after: version(newMode, newSha),
    });
    at += moved ? 3 : 2;
  }
  return files;
}

/** Every path of a commit. */
export async function readTreeOf(dir: string, commit: string): Promise<ReadonlyMap<string, Version>> {
  const entries = (await git(dir, 'ls-tree', '-r', '-z', commit)).split('\0').filter((entry) => entry !== '');
  return new Map(
    entries.map((entry) => {
      const [about = '', file = ''] = entry.split('\t');
      const [mode = '', , sha = ''] = about.split(' ');
      return [file, { mode, sha }];
    }),
  );
}

/** Each content is read once. */
export function blobReader(dir: string): (sha: string) => Promise<Buffer> {
  const read = new Map<string, Promise<Buffer>>();
  return (sha) => {
    const known = read.get(sha) ?? gitBytes(dir, 'cat-file', 'blob', sha);
    read.set(sha, known);
    return known;
  };
}

export function pathsOf(change: RealChange): readonly string[] {
  return change.files.flatMap(({ path, from }) => (from === undefined ? [path] : [from, path]));
}
