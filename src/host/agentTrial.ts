// Tries an agent of another maker before a run: in a file of its own, for it brings the library of their protocol.
import { whyNotReady } from '../adapters/agents/tryAgent';
import { createProgramRunner } from '../adapters/process/programRunner';
import type { AgentProfile } from '../core/models/agents';

/** As `whyNotReady`. @param guardPath the bundled guard of commands */
export function tryAgent(
  profile: AgentProfile,
  root: string,
  guardPath: string,
): Promise<string | undefined> {
  const programs = createProgramRunner({ guardPath, execPath: process.execPath });
  return whyNotReady(profile, root, process.env, programs);
}
