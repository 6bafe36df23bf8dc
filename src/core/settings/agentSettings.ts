// The setting that names agents of other makers, and what is told of an entry that cannot be used.
import { z } from 'zod';
import { wrongAgentVariable } from '../guardrails/commandVariables';
import { type AgentProfile, type Agents, agentOf, knownAgents } from '../models/agents';
import type { Form } from './setting';
import { readEntries } from './settingEntries';

const entry = z.strictObject({
  command: z
    .array(z.string())
    .min(1)
    .describe('The program and its arguments. It speaks the Agent Client Protocol on its input and output.')
    .optional(),
  variables: z
    .array(z.string())
    .describe(
      'Names of environment variables that it is given beside those that commands get, for instance one that holds its key. Values are never written into settings.',
    )
    .optional(),
});
const mostText = 100;

export const agentsByName: Form<z.ZodType<Agents>> = {
  written: z.record(z.string(), entry),
  value: z.custom<Agents>(),
  read: (given, { say }) => readAgents(given, say),
};

/** @param given `{ID: {command: [PROGRAM, ARGUMENT, ...], variables: [NAME, ...]}}` */
export function readAgents(given: unknown, say: (sentence: string) => void): Agents {
  const example = '{"command": ["my-agent", "--acp"]}';
  const fields = Object.keys(entry.shape);
  return readEntries(
    { key: 'agents', noun: 'agent', known: knownAgents, example, fields, read: readAgent },
    given,
    say,
  );
}

/** The agent, or what is wrong with it. */
function readAgent(id: string, given: Readonly<Record<string, unknown>>): AgentProfile | string {
  const known = agentOf(id, knownAgents);
  const { command = known?.command, variables = known?.variables ?? [] } = given;
  if (!isText(command) || command.length === 0 || command[0] === '')
    return 'needs a command, a list of the program and its arguments, as in ["my-agent", "--acp"]';
  if (!isText(variables)) return 'has variables that are no list of names of environment variables';
  const wrong = variables.map(wrongAgentVariable).find((why) => why !== undefined);
  if (wrong !== undefined) return `has a variable that cannot be given: ${wrong}`;
  return { ...(known ?? { title: id }), command, variables };
}

function isText(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.length <= mostText &&
    value.every((word) => typeof word === 'string' && word.length <= 10_000 && !word.includes('\0'))
  );
}
