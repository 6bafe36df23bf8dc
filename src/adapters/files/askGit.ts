// Asks Git about a workspace: it only answers, and starts, fetches and writes nothing that a repository's settings name.
import { execFile } from 'node:child_process';

/** Names and hashes of a million files. */
const mostBytes = 256 * 1024 * 1024;
const mostMs = 30_000;

/** Git's answer; undefined where there is no Git, no repository, or it refuses. */
export function askGit(root: string, question: readonly string[]): Promise<string | undefined> {
  const options = {
    ...{ cwd: root, maxBuffer: mostBytes, timeout: mostMs, windowsHide: true },
    env: gitEnvironment(),
  };
  return new Promise((resolve) => {
    execFile('git', [...question], options, (error, stdout) => resolve(error ? undefined : stdout));
  });
}

/** In which Git answers for the folder it is asked in, and only answers. */
export function gitEnvironment(): NodeJS.ProcessEnv {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  return { ...env, GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
}
