// Finds a program by its name, where no agent can have put another of that name.
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { isWithin } from '../files/outsideNames';
import type { Environment } from './childEnvironment';

/**
 * The absolute path of a program in `PATH`, but for what lies in the workspace, which an agent may write. Undefined where
 * there is none.
 */
export function findProgram(name: string, workspace: string, environment: Environment): string | undefined {
  const folders = (environment.PATH ?? environment.Path ?? '').split(path.delimiter);
  const endings = process.platform === 'win32' && path.extname(name) === '' ? ['.exe'] : [''];
  return folders
    .filter((folder) => path.isAbsolute(folder) && !isWithin(workspace, path.resolve(folder)))
    .flatMap((folder) => endings.map((ending) => path.join(folder, name + ending)))
    .find(isProgram);
}

export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
