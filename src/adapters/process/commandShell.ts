// Finds the shell that the user's settings name.
import path from 'node:path';
import { usualShell } from '../../core/guardrails/commandShell';
import { Failure } from '../../ports/failure';
import type { Environment } from './childEnvironment';
import { findProgram, isProgram } from './findProgram';

/** What commands run in unless the user names another. */
export const systemShell = process.platform === 'win32' ? 'cmd.exe' : usualShell;

/**
 * The absolute path of the shell, as `findProgram` has it. Throws `Failure` (`spawn`), fit for people, where there is none.
 *
 * @param name as `wrongShell` lets it be; absent: the system's own
 */
export function findShell(name: string | undefined, workspace: string, environment: Environment): string {
  if (name === undefined) return systemShell;
  const named = path.isAbsolute(name) ? name : findProgram(name, workspace, environment);
  if (named !== undefined && isProgram(named)) return named;
  throw new Failure('spawn', `There is no shell "${name}" here, as parallelAgents.verify.shell names it.`);
}
