// Asks Git about a workspace: it only answers, and starts, fetches and writes nothing that a repository's settings name.
import { execFile } from 'node:child_process';
import { Failure } from '../../ports/failure';
import { reasonOf } from './fileFailure';
import { canBeAsked, gitDirectoryAround } from './gitDirectory';

/** Names and hashes of a million files. */
const mostBytes = 256 * 1024 * 1024;
/** A busy machine starts a Git in that time, and whoever waits is told of it within 5 s. */
const patienceMs = 4_000;

/** Before a question about files: nothing that a repository's own settings name is started, fetched or written. */
export const quiet = [
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'core.untrackedCache=false',
];

/**
 * Git's answer; undefined where there is no Git, no repository, or it refuses. Rejects where nobody can know: with what the
 * machine lacks, and with `gitSilent` when none came in time, or none would, since Git would wait at what stands for a file.
 *
 * @param mostMs for long answers; who waits for one asks `inPatience`
 */
export function askGit(
  root: string,
  question: readonly string[],
  mostMs = patienceMs,
): Promise<string | undefined> {
  const own = gitDirectoryAround(root);
  if (own !== undefined && !canBeAsked(own)) return Promise.reject(notAskable(root, own));
  const options = {
    ...({ cwd: root, maxBuffer: mostBytes, windowsHide: true } as const),
    env: gitEnvironment(),
  };
  return new Promise((resolve, reject) => {
    const end = () => void asked.kill('SIGKILL'); // one that waits would outlive us
    // Not the child's own timeout: one that waits for a disk cannot be ended, either.
    const timer = setTimeout(() => {
      end();
      reject(gitSilent(root));
    }, mostMs);
    process.once('exit', end);
    const asked = execFile('git', [...question], options, (error, stdout) => {
      clearTimeout(timer);
      process.off('exit', end);
      if (error && !isAnswer(error)) reject(notAsked(error));
      else resolve(error ? undefined : stdout);
    });
  });
}

/** An answer that may take long, or `gitSilent` when it is not there soon; it may be asked for again meanwhile. */
export async function inPatience<T>(root: string, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(gitSilent(root)), patienceMs);
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}

function notAskable(root: string, own: string): Failure {
  return new Failure(
    'gitSilent',
    `Git cannot be asked about "${root}": it would wait in "${own}" at something that is no file, such as a pipe, or at a file of more than 1 GiB.`,
  );
}

function gitSilent(root: string): Failure {
  return new Failure(
    'gitSilent',
    `Git does not answer about "${root}"; it may wait at a pipe or a network folder that its settings name, as "git config --list" there would show.`,
  );
}

/** Did Git end by itself, or is there none? */
function isAnswer({ code }: { readonly code?: unknown }): boolean {
  return typeof code === 'number' || code === 'ENOENT';
}

function notAsked(error: Error): Failure {
  return new Failure(reasonOf(error) ?? 'spawn', `Git could not be asked: ${error.message}`, {
    cause: error,
  });
}

/** In which Git answers for the folder it is asked in, and only answers. */
function gitEnvironment(): NodeJS.ProcessEnv {
  // Where the user's own settings lie, or what they are, is said by some as well.
  const isKept = (name: string) => !name.startsWith('GIT_') || name.startsWith('GIT_CONFIG_');
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => isKept(name)));
  return { ...env, GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
}
