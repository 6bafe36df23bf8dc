// Picks who works on an assignment: our own loop with a model, or an agent of another maker.
import path from 'node:path';
import { createCommandRunner } from '../adapters/process/commandRunner';
import { createProgramRunner } from '../adapters/process/programRunner';
import { createModelAgent } from '../agent/agentLoop';
import type { AgentRunner } from '../agent/agentRunner';
import { createExternalAgent, type ExternalAgentPorts } from '../agent/external/externalAgent';
import { agentIn } from '../core/models/agents';
import type { RunTurn } from '../hub/modelTurns';
import type { Assignment } from '../ports/coordinator';
import { chooseProvider } from './chooseProvider';

interface RunnerParts extends Omit<ExternalAgentPorts, 'agents'> {
  /** The bundled command guard; what agents of other makers run before their calls lies beside it. */
  readonly guardPath: string;
  readonly askHub: RunTurn;
}

export async function chooseRunner(
  assignment: Assignment,
  { guardPath, askHub, ...ports }: RunnerParts,
): Promise<AgentRunner> {
  const { execPath } = process;
  if (agentIn(assignment.model) === undefined) {
    const provider = await chooseProvider(assignment, ports.clock, askHub);
    return createModelAgent({ ...ports, provider, commands: createCommandRunner({ guardPath, execPath }) });
  }
  // Loaded by those alone who speak the protocol.
  const { createAcpAgents } = await import('../adapters/agents/acpAgents');
  const agents = createAcpAgents(createProgramRunner({ guardPath, execPath }), {
    execPath,
    hookPath: path.join(path.dirname(guardPath), 'hook.js'),
  });
  return createExternalAgent({ ...ports, agents });
}
