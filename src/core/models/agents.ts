// Agents of other makers that people have: how each is found, started and kept in bounds. The only place where they are named.

export type AgentId = string;

/** A program that speaks the Agent Client Protocol on its input and output. */
export interface AgentProfile {
  /** For people. */
  readonly title: string;
  /** The program and its arguments; one without a path is looked for where the user's shell would. */
  readonly command: readonly string[];
  /** Further programs that it needs, by the variable that tells it where each lies; an empty value tells it nothing. */
  readonly needs?: Readonly<Record<string, string>>;
  /** The oldest versions that are known to keep to all this, by program. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Variables of the user's environment that it gets beside those that commands get: what it reaches its model with. */
  readonly variables: readonly string[];
  /** Variables that are set for it. */
  readonly env?: Readonly<Record<string, string>>;
  readonly manners?: AgentManners;
  /** What installs it, for people. */
  readonly install?: string;
  readonly login?: {
    /** Ends with 0 where somebody is logged in; absent: opening a session tells; empty: only its first turn does. */
    readonly check?: readonly string[];
    /** What logs in, for people. */
    readonly command: string;
  };
}

/** How it is to be spoken to over its protocol, where that differs from one agent to the other. */
export interface AgentManners {
  /** The mode of a session that it is put into; absent: the one it begins in. */
  readonly mode?: string;
  /** What its sessions are begun with beside a folder, by its own protocol. */
  readonly meta?: Readonly<Record<string, unknown>>;
  /** Settings of its own, which it takes as JSON in a variable and above what its user has. */
  readonly settings?: { readonly variable: string; readonly value: Readonly<Record<string, unknown>> };
  /** As whose hooks it can have a program of ours run before each call of a tool; absent: its questions for permission are its gate. */
  readonly hook?: AgentHook;
  /** What comes to its gate first without exception, so that one which does not shows that the gate is gone. */
  readonly asksFirst?: 'changes' | 'changesAndCommands';
  /** It writes its files itself, though it would tell us to write them as well. */
  readonly writesItself?: true;
  /** It writes what it had made of a file before it asked, so that what came into the file while it waited would be lost. */
  readonly writesAsAsked?: true;
  /** A command goes on when its turn is ended, so that only ending it itself ends that. */
  readonly keepsCommands?: true;
  /** As whose last words it tells that its service failed, with its turn ended in good order. */
  readonly failsInText?: 'codex';
  /** A question for a command has it as its title alone. */
  readonly commandsIn?: 'title';
  /** Its tokens are those of the last question of a turn alone, which say nothing of the rest. */
  readonly tokensOf?: 'lastCall';
  /** Variables with the password of a door that it opens on this machine: a new one for each start. */
  readonly passwords?: readonly string[];
}

/** Whose way of naming hooks, and of telling them what is about to be done. */
export type AgentHook = 'claude' | 'codex';

export type Agents = Readonly<Record<AgentId, AgentProfile>>;

/** Each was tried with the versions that it names, on 2026-11-27. */
export const knownAgents: Agents = {
  'claude-code': {
    title: 'Claude Code',
    command: ['claude-agent-acp'],
    needs: { CLAUDE_CODE_EXECUTABLE: 'claude' },
    versions: { claude: '2.1.332', 'claude-agent-acp': '0.101.0' },
    variables: [
      'ANTHROPIC_API_KEY',
      'ANTHROPIC_AUTH_TOKEN',
      'ANTHROPIC_BASE_URL',
      'ANTHROPIC_MODEL',
      'CLAUDE_CONFIG_DIR',
      'CLAUDE_CODE_OAUTH_TOKEN',
    ],
    // What runs on behind its back would change files while they are checked.
    env: { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1' },
    manners: {
      mode: 'default',
      // Rules of settings that allow something would keep it from asking, the project's among them.
      meta: { claudeCode: { options: { settingSources: [], disallowedTools: ['WebFetch', 'WebSearch'] } } },
      hook: 'claude',
      asksFirst: 'changesAndCommands',
    },
    install: 'npm install -g @anthropic-ai/claude-code @agentclientprotocol/claude-agent-acp@0.101.0',
    login: { check: ['claude', 'auth', 'status', '--json'], command: 'claude auth login' },
  },
  codex: {
    title: 'Codex',
    command: ['codex-acp'],
    needs: { CODEX_PATH: 'codex' },
    versions: { codex: '0.169.0', 'codex-acp': '2.6.0' },
    variables: ['CODEX_HOME', 'CODEX_API_KEY', 'OPENAI_API_KEY', 'OPENAI_BASE_URL'],
    env: { NO_BROWSER: '1', INITIAL_AGENT_MODE: 'agent-full-access' },
    manners: {
      // Its own sandbox does not work within ours; the hook is its gate in every mode.
      mode: 'agent-full-access',
      settings: {
        variable: 'CODEX_CONFIG',
        value: {
          bypass_hook_trust: true,
          check_for_update_on_startup: false,
          analytics: { enabled: false },
          web_search: 'disabled',
          // Commands that run on behind its back would change files while they are checked.
          features: { unified_exec: false, multi_agent: false, apps: false },
          // Its commands have no use for its key.
          shell_environment_policy: { exclude: ['*KEY*', '*TOKEN*', '*SECRET*'] },
        },
      },
      hook: 'codex',
      asksFirst: 'changesAndCommands',
      keepsCommands: true,
      failsInText: 'codex',
    },
    install: 'npm install -g @openai/codex @agentclientprotocol/codex-acp@2.6.0',
    login: { command: 'codex login' },
  },
  opencode: {
    title: 'opencode',
    command: ['opencode', 'acp'],
    versions: { opencode: '1.18.33' },
    variables: [
      'ANTHROPIC_API_KEY',
      'OPENAI_API_KEY',
      'OPENROUTER_API_KEY',
      'OPENCODE_API_KEY',
      'GEMINI_API_KEY',
      'GOOGLE_GENERATIVE_AI_API_KEY',
      'XAI_API_KEY',
      'OPENCODE_CONFIG',
    ],
    env: { OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_LSP_DOWNLOAD: '1' },
    manners: {
      settings: {
        variable: 'OPENCODE_CONFIG_CONTENT',
        value: {
          autoupdate: false,
          share: 'disabled',
          // Who works for it would ask us nothing.
          permission: {
            edit: 'ask',
            bash: 'ask',
            webfetch: 'deny',
            websearch: 'deny',
            task: 'deny',
            external_directory: 'deny',
          },
          experimental: { continue_loop_on_deny: true },
        },
      },
      asksFirst: 'changesAndCommands',
      writesItself: true,
      writesAsAsked: true,
      tokensOf: 'lastCall',
      passwords: ['OPENCODE_SERVER_PASSWORD'],
    },
    install: 'npm install -g opencode-ai@1.18.33',
    login: { check: [], command: 'opencode auth login' },
  },
  gemini: {
    title: 'Gemini CLI',
    command: ['gemini', '--acp', '--skip-trust'],
    versions: { gemini: '0.61.0' },
    variables: [
      'GEMINI_API_KEY',
      'GEMINI_MODEL',
      'GOOGLE_GEMINI_BASE_URL',
      'GOOGLE_API_KEY',
      'GOOGLE_CLOUD_PROJECT',
      'GOOGLE_CLOUD_LOCATION',
      'GOOGLE_GENAI_USE_VERTEXAI',
      'GOOGLE_APPLICATION_CREDENTIALS',
    ],
    env: { NO_BROWSER: 'true' },
    // Commands that it knows to change nothing it runs unasked.
    manners: { mode: 'default', asksFirst: 'changes', writesAsAsked: true, commandsIn: 'title' },
    install: 'npm install -g @google/gemini-cli@0.61.0',
    login: { command: 'gemini' },
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
