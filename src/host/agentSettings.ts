// Turns `parallelAgents.agents` as people write it into agents of other makers, and names what cannot be used.
import { wrongAgentVariable } from '../core/guardrails/commandVariables';
import { type AgentId, type AgentProfile, type Agents, agentOf, knownAgents } from '../core/models/agents';

const setting = 'parallelAgents.agents';
const fields = ['command', 'variables'];
const goodId = /^[a-z0-9][a-z0-9_-]{0,49}$/;
const mostWords = 100;

/**
 * The known agents with what `value` says of them, and those that only it names. An entry that cannot be used is told by
 * itself, and the others count.
 *
 * @param value `{ID: {command: [PROGRAM, ARGUMENT, ...], variables: [NAME, ...]}}`
 */
export function readAgents(value: unknown, warnings: string[]): Agents {
  if (value === undefined || value === null) return knownAgents;
  if (!isObject(value)) {
    warnings.push(`${setting} must be an object with an entry for each agent; it is not used.`);
    return knownAgents;
  }
  const read = Object.entries(value).flatMap(([id, entry]): readonly (readonly [AgentId, AgentProfile])[] => {
    const profile = readAgent(id, entry);
    if (typeof profile !== 'string') return [[id, profile]];
    warnings.push(`${setting}.${id.slice(0, 60)} ${profile}; it is not used.`);
    return [];
  });
  return { ...knownAgents, ...Object.fromEntries(read) };
}

/** The agent, or what is wrong with it. */
function readAgent(id: string, entry: unknown): AgentProfile | string {
  if (!goodId.test(id)) return 'is no id of an agent: small letters, digits, - and _ make one up';
  if (!isObject(entry)) return 'must be an object, as in {"command": ["my-agent", "--acp"]}';
  const unknown = Object.keys(entry).find((field) => !fields.includes(field));
  if (unknown !== undefined) return `has no field "${unknown.slice(0, 60)}"; there are ${fields.join(', ')}`;
  const known = agentOf(id, knownAgents);
  const { command = known?.command, variables = known?.variables ?? [] } = entry;
  if (!isWords(command) || command.length === 0 || command[0] === '')
    return 'needs a command, a list of the program and its arguments, as in ["my-agent", "--acp"]';
  if (!isWords(variables)) return 'has variables that are no list of names of environment variables';
  const wrong = variables.map(wrongAgentVariable).find((why) => why !== undefined);
  if (wrong !== undefined) return `has a variable that cannot be given: ${wrong}`;
  return { ...(known ?? { title: id }), command, variables };
}

function isWords(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.length <= mostWords &&
    value.every((word) => typeof word === 'string' && word.length <= 10_000 && !word.includes('\0'))
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
