// Asks Git about a workspace: it only answers, and starts, fetches and writes nothing that a repository's settings name.
import { execFile } from 'node:child_process';
import { canBeAsked, gitDirectoryAround } from './gitDirectory';

/** Names and hashes of a million files. */
const mostBytes = 256 * 1024 * 1024;
const mostMs = 30_000;

/**
 * Git's answer; undefined where there is no Git, no repository, or it refuses. So is a repository with something in it that
 * Git would wait at.
 */
export function askGit(root: string, question: readonly string[]): Promise<string | undefined> {
  const own = gitDirectoryAround(root);
  if (own !== undefined && !canBeAsked(own)) return Promise.resolve(undefined);
  const options = {
    ...({
      cwd: root,
      maxBuffer: mostBytes,
      timeout: mostMs,
      killSignal: 'SIGKILL',
      windowsHide: true,
    } as const),
    env: gitEnvironment(),
  };
  return new Promise((resolve) => {
    const end = () => void asked.kill('SIGKILL'); // one that waits would outlive us
    process.once('exit', end);
    const asked = execFile('git', [...question], options, (error, stdout) => {
      process.off('exit', end);
      resolve(error ? undefined : stdout);
    });
  });
}

/** In which Git answers for the folder it is asked in, and only answers. */
export function gitEnvironment(): NodeJS.ProcessEnv {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  return { ...env, GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
}
