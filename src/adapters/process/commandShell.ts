// Finds the shell that the user's settings name.
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { usualShell } from '../../core/guardrails/commandShell';
import { Failure } from '../../ports/failure';
import type { Environment } from './childEnvironment';

/** What commands run in unless the user names another. */
export const systemShell = process.platform === 'win32' ? 'cmd.exe' : usualShell;

/**
 * The absolute path of the shell. One without a path is looked for in `PATH`, but for what lies in the workspace, which an
 * agent may write. Throws `Failure` (`spawn`), fit for people, where there is none.
 *
 * @param name as `wrongShell` lets it be; absent: the system's own
 */
export function findShell(name: string | undefined, workspace: string, environment: Environment): string {
  if (name === undefined) return systemShell;
  const found = (path.isAbsolute(name) ? [name] : named(name, workspace, environment)).find(isProgram);
  if (found !== undefined) return found;
  throw new Failure('spawn', `There is no shell "${name}" here, as parallelAgents.verify.shell names it.`);
}

function named(name: string, workspace: string, environment: Environment): readonly string[] {
  const folders = (environment.PATH ?? environment.Path ?? '').split(path.delimiter);
  const endings = process.platform === 'win32' && path.extname(name) === '' ? ['.exe'] : [''];
  return folders
    .filter((folder) => path.isAbsolute(folder) && !isWithin(folder, workspace))
    .flatMap((folder) => endings.map((ending) => path.join(folder, name + ending)));
}

function isWithin(folder: string, workspace: string): boolean {
  const way = path.relative(workspace, folder);
  return !way.startsWith('..') && !path.isAbsolute(way);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
