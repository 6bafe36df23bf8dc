// Has commands see folders at other paths than where they are, each in a mount namespace of its own, by bubblewrap.
import { execFile } from 'node:child_process';
import path from 'node:path';
import type { DiskView } from '../../ports/workers';
import type { Environment } from './childEnvironment';
import { findProgram } from './findProgram';

/** Where bubblewrap tells how the command ended; it tells nothing there when it could not make the view. */
export const statusFd = 3;
const longestTrialMs = 5_000;

/** What comes before the command's own words. @param cwd as the command sees it */
export function viewArguments({ mounts }: DiskView, cwd: string): readonly string[] {
  return [
    ...['--json-status-fd', String(statusFd), '--dev-bind', '/', '/'],
    ...mounts.flatMap(({ from, at, isReadOnly }) => [isReadOnly ? '--ro-bind' : '--bind', from, at]),
    ...['--chdir', cwd, '--'],
  ];
}

/** Did the command run, by what was told at `statusFd`? */
export function tellsEnd(status: string): boolean {
  return status.includes('"exit-code"');
}

/**
 * The program that shows the folder `from` at `at`, when this system lets it do so: on Linux, with bubblewrap, where user
 * namespaces are not forbidden. It is tried.
 */
export async function findViewMaker(
  from: string,
  at: string,
  environment: Environment,
): Promise<string | undefined> {
  if (process.platform !== 'linux' || isWithin(at, from)) return undefined;
  const program = findProgram('bwrap', at, environment);
  if (program === undefined) return undefined;
  const args = ['--dev-bind', '/', '/', '--bind', from, at, '--chdir', at, '--', '/bin/sh', '-c', ':'];
  const env = { PATH: environment.PATH };
  return new Promise((resolve) => {
    execFile(program, args, { cwd: '/', env, timeout: longestTrialMs }, (error) =>
      resolve(error ? undefined : program),
    );
  });
}

/** Then what is shown would hide what it is made from. */
function isWithin(folder: string, file: string): boolean {
  const way = path.relative(folder, file);
  return way === '' || (way !== '..' && !way.startsWith(`..${path.sep}`));
}
