// Finds an agent of another maker on this machine, and whether somebody is logged in with it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { AgentProfile } from '../../core/models/agents';
import type { FoundAgent } from '../../ports/coordinator';
import { isWithin } from '../files/outsideNames';
import { agentEnvironment, type Environment } from '../process/childEnvironment';
import { findProgram, isProgram } from '../process/findProgram';

/** A program that says whether somebody is logged in starts a runtime of its own. */
const longestCheckMs = 30_000;

/**
 * How it is started. Programs are looked for where no agent can have put another of that name.
 * @param workspace absolute @param environment the user's
 */
export function findAgent(profile: AgentProfile, workspace: string, environment: Environment): FoundAgent {
  const { title, command, needs = {}, variables, env = {}, manners = {}, install, login } = profile;
  const [name = '', ...args] = command;
  const mend =
    install === undefined ? 'parallelAgents.agents names its command.' : `\`${install}\` installs it.`;
  const missing = (what: string): FoundAgent => ({
    ok: false,
    message: `${title} cannot be started: there is no program ${what}. ${mend}`,
  });
  const program = programAt(name, workspace, environment);
  if (program === undefined) return missing(name);
  const further: Record<string, string> = {};
  for (const [variable, needed] of Object.entries(needs)) {
    const file = programAt(needed, workspace, environment);
    if (file === undefined) return missing(needed);
    further[variable] = file;
  }
  const own = variables.flatMap((variable) => {
    const value = environment[variable];
    return value === undefined ? [] : [[variable, value] as const];
  });
  return {
    ok: true,
    start: {
      ...{ title, argv: [program, ...args], env: { ...Object.fromEntries(own), ...further, ...env } },
      manners,
      ...(login && { login: login.command }),
    },
  };
}

/** Why nothing can be built with it now, in sentences with the mend; undefined where it can, as far as it tells. */
export async function whyNotReady(
  profile: AgentProfile,
  workspace: string,
  environment: Environment,
): Promise<string | undefined> {
  const found = findAgent(profile, workspace, environment);
  if (!found.ok) return found.message;
  const { title, login } = profile;
  const [name = '', ...args] = login?.check ?? [];
  const program = login && programAt(name, workspace, environment);
  if (!login || program === undefined) return undefined;
  const child = spawn(program, args, {
    cwd: path.parse(workspace).root,
    env: agentEnvironment(environment, '', found.start.env),
    stdio: 'ignore',
    timeout: longestCheckMs,
    killSignal: 'SIGKILL',
    windowsHide: true,
  });
  const [code] = await once(child, 'exit').catch(() => [null]);
  // One that cannot say it, or was too slow, may be logged in all the same: its first turn shows it.
  return code === null || code === 0
    ? undefined
    : `${title} is not logged in. Log in with \`${login.command}\` in a terminal.`;
}

function programAt(name: string, workspace: string, environment: Environment): string | undefined {
  if (!/[\\/]/.test(name)) return findProgram(name, workspace, environment);
  return path.isAbsolute(name) && !isWithin(workspace, name) && isProgram(name) ? name : undefined;
}
