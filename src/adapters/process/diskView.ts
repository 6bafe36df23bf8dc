// Has commands see folders at other paths than where they are, each in a mount namespace of its own, by bubblewrap.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { NamespaceRules, ViewTrial } from '../../core/guardrails/viewTrial';
import type { DiskView } from '../../ports/workers';
import { isWithin } from '../files/outsideNames';
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

/** The program that shows the folder `from` at `at`, where `tryView` finds that it works. */
export async function findViewMaker(
  from: string,
  at: string,
  environment: Environment,
): Promise<string | undefined> {
  const trial = await tryView(from, at, environment);
  return trial.kind === 'works' ? trial.program : undefined;
}

/** Shows the folder `from` at `at` once: on Linux, with bubblewrap, where user namespaces are not forbidden. */
export async function tryView(from: string, at: string, environment: Environment): Promise<ViewTrial> {
  if (process.platform !== 'linux') return { kind: 'otherSystem' };
  if (isWithin(at, from)) return { kind: 'within' }; // it would hide what it is made from
  const program = findProgram('bwrap', at, environment);
  if (program === undefined) return { kind: 'notInstalled' };
  const args = ['--dev-bind', '/', '/', '--bind', from, at, '--chdir', at, '--', '/bin/sh', '-c', ':'];
  const env = { PATH: environment.PATH };
  return new Promise((resolve) => {
    execFile(program, args, { cwd: '/', env, timeout: longestTrialMs }, (error, _, said) =>
      resolve(error ? { kind: 'refused', program, said } : { kind: 'works', program }),
    );
  });
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
