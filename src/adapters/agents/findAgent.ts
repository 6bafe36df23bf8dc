// Finds an agent of another maker on this machine.
import path from 'node:path';
import type { AgentProfile } from '../../core/models/agents';
import type { FoundAgent } from '../../ports/coordinator';
import { isWithin } from '../files/outsideNames';
import type { Environment } from '../process/childEnvironment';
import { findProgram, isProgram } from '../process/findProgram';

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
      title,
      argv: [program, ...args],
      env: { ...Object.fromEntries(own), ...further, ...env },
      manners,
      ...(login && { login: login.command }),
    },
  };
}

/** The program of that name, where no agent can have put another; undefined where there is none. */
export function programAt(name: string, workspace: string, environment: Environment): string | undefined {
  if (!/[\\/]/.test(name)) return findProgram(name, workspace, environment);
  return path.isAbsolute(name) && !isWithin(workspace, name) && isProgram(name) ? name : undefined;
}
