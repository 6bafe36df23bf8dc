// Agents of other makers that people have: how each is found, started and kept in bounds. The only place where they are named.

export type AgentId = string;

/** A program that speaks the Agent Client Protocol on its input and output. */
export interface AgentProfile {
  /** For people. */
  readonly title: string;
  /** The program and its arguments; one without a path is looked for where the user's shell would. */
  readonly command: readonly string[];
  /** Further programs that it needs, by the variable that tells it where each lies. */
  readonly needs?: Readonly<Record<string, string>>;
  /** Variables of the user's environment that it gets beside those that commands get: what it reaches its model with. */
  readonly variables: readonly string[];
  /** Variables that are set for it. */
  readonly env?: Readonly<Record<string, string>>;
  /** The mode of a session in which it asks before it changes a file or runs a command; absent: it always does. */
  readonly mode?: string;
  /** What its sessions are begun with beside a folder, by its own protocol. */
  readonly meta?: Readonly<Record<string, unknown>>;
  /** What installs it, for people. */
  readonly install?: string;
  readonly login?: {
    /** Ends with 0 where somebody is logged in. */
    readonly check: readonly string[];
    /** What logs in, for people. */
    readonly command: string;
  };
}

export type Agents = Readonly<Record<AgentId, AgentProfile>>;

/** Tried with `@anthropic-ai/claude-code` 2.1.332 and `@agentclientprotocol/claude-agent-acp` 0.101.0, on 2026-11-27. */
export const knownAgents: Agents = {
  'claude-code': {
    title: 'Claude Code',
    command: ['claude-agent-acp'],
    needs: { CLAUDE_CODE_EXECUTABLE: 'claude' },
    variables: [
      ...['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_BASE_URL', 'ANTHROPIC_MODEL'],
      ...['CLAUDE_CONFIG_DIR', 'CLAUDE_CODE_OAUTH_TOKEN'],
    ],
    // What runs on behind its back would change files while they are checked.
    env: { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1' },
    mode: 'default',
    // Rules of settings that allow something would keep it from asking, the project's among them.
    meta: { claudeCode: { options: { settingSources: [], disallowedTools: ['WebFetch', 'WebSearch'] } } },
    install: 'npm install -g @anthropic-ai/claude-code @agentclientprotocol/claude-agent-acp@0.101.0',
    login: { check: ['claude', 'auth', 'status', '--json'], command: 'claude auth login' },
  },
};

/** What stands before the name of an agent where models are named. */
export const agentPrefix = 'agent';

/** The agent that is named there; undefined for a model. */
export function agentIn(name: string): AgentId | undefined {
  return name.startsWith(`${agentPrefix}/`) ? name.slice(agentPrefix.length + 1) : undefined;
}

export function agentOf(id: AgentId, agents: Agents): AgentProfile | undefined {
  return Object.hasOwn(agents, id) ? agents[id] : undefined;
}

/** For people, where settings name none of that name. */
export function unknownAgent(id: AgentId, agents: Agents): string {
  return `There is no agent "${id}"; parallelAgents.agents in your own settings names the command of one, and there are ${Object.keys(agents).join(', ')}.`;
}
