// Has commands see folders at other paths than where they are, each in a mount namespace of its own, by bubblewrap.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { NamespaceRules, ViewTrial } from '../../core/guardrails/viewTrial';
import type { DiskView, ViewMaker } from '../../ports/workers';
import { isWithin } from '../files/outsideNames';
import type { Environment } from './childEnvironment';
import { findProgram } from './findProgram';

/** Where bubblewrap tells how the command ended; it tells nothing there when it could not make the view. */
export const statusFd = 3;
/** Where a shell that waits for the command tells what CPU time that took (`fromTimes`). */
export const timesFd = 4;
const longestTrialMs = 5_000;

/** What comes before the command's own words. @param cwd as the command sees it */
export function viewArguments({ mounts, ownProcesses }: DiskView, cwd: string): readonly string[] {
  return [
    '--json-status-fd',
    String(statusFd),
    '--dev-bind',
    '/',
    '/',
    ...(ownProcesses ? apart : []),
    ...mounts.flatMap(({ from, at, isReadOnly }) => [isReadOnly ? '--ro-bind' : '--bind', from, at]),
    '--chdir',
    cwd,
    '--',
  ];
}

/**
 * Processes in a namespace and a session of their own, and what `/proc` tells of them. When the command ends the first of them
 * lives on while others do, so that these can be asked to end like all that a command leaves.
 */
const apart = ['--unshare-pid', '--proc', '/proc', '--new-session'];

/** Did the command run, by what was told at `statusFd`? */
export function tellsEnd(status: string): boolean {
  return status.includes('"exit-code"');
}

/** The program that shows the folder `from` at `at`, where `tryView` finds that it works. */
export async function findViewMaker(
  from: string,
  at: string,
  environment: Environment,
): Promise<ViewMaker | undefined> {
  const trial = await tryView(from, at, environment);
  if (trial.kind !== 'works') return undefined;
  const { program, ownProcesses } = trial;
  return { program, ...(ownProcesses && { ownProcesses }) };
}

/** Shows the folder `from` at `at` once: on Linux, with bubblewrap, where user namespaces are not forbidden. */
export async function tryView(from: string, at: string, environment: Environment): Promise<ViewTrial> {
  if (process.platform !== 'linux') return { kind: 'otherSystem' };
  if (isWithin(at, from)) return { kind: 'within' }; // it would hide what it is made from
  const program = findProgram('bwrap', at, environment);
  if (program === undefined) return { kind: 'notInstalled' };
  const env = { PATH: environment.PATH };
  const attempt = (more: readonly string[]) =>
    new Promise<string | undefined>((resolve) => {
      const args = [
        '--dev-bind',
        '/',
        '/',
        ...more,
        '--bind',
        from,
        at,
        '--chdir',
        at,
        '--',
        '/bin/sh',
        '-c',
        ':',
      ];
      execFile(program, args, { cwd: '/', env, timeout: longestTrialMs }, (error, _, said) =>
        resolve(error ? said : undefined),
      );
    });
  if ((await attempt(apart)) === undefined) return { kind: 'works', program, ownProcesses: true };
  const said = await attempt([]); // many containers let nobody mount a `/proc`
  return said === undefined
    ? { kind: 'works', program, ownProcesses: false }
    : { kind: 'refused', program, said };
}

const ruleFiles = {
  clone: '/proc/sys/kernel/unprivileged_userns_clone',
  appArmor: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
  most: '/proc/sys/user/max_user_namespaces',
} as const;

/** What may keep `tryView` from it. */
export async function readNamespaceRules(): Promise<NamespaceRules> {
  const rules = Object.entries(ruleFiles).map(async ([name, file]) => {
    const text = await readFile(file, 'utf8').catch(() => ''); // a kernel without that rule
    return text.trim() === '' ? [] : [[name, Number(text)] as const];
  });
  return Object.fromEntries((await Promise.all(rules)).flat());
}
