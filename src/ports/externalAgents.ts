// Agents of other makers: programs that work on files by themselves, and ask us before they do.
import type { AgentManners } from '../core/models/agents';
import type { Usage } from '../core/models/models';
import type { Result } from '../core/shared/result';
import type { CommandPlace } from './isolation';

/** How an agent is started on this machine; made by the host of its profile. */
export interface AgentStart {
  readonly title: string;
  /** The program's file, absolute, and its arguments. */
  readonly argv: readonly string[];
  /** What it gets of the user's environment for itself, keys too, and what is set for it. */
  readonly env: Readonly<Record<string, string>>;
  readonly manners: AgentManners;
  /** What logs the user in, for people. */
  readonly login?: string;
}

export interface ExternalAgents {
  /**
   * Starts the agent in its place and opens a session with it. Rejects with `Failure`: `noAgent` where it cannot be
   * had or does not speak the protocol, `spawn`, or `aborted`; nothing of it is left then.
   */
  open(start: AgentStart, where: AgentWhere, client: AgentClient, signal: AbortSignal): Promise<AgentSession>;
}

export interface AgentWhere {
  readonly place: CommandPlace;
  /** Marks all its processes. */
  readonly tag: string;
}

export interface AgentSession {
  /**
   * One turn of the agent. Rejects with `Failure`: `noAgent` when nobody is logged in, `noCredit`, `rateLimited`, `overloaded`,
   * `noConnection` and `unreachable` of its model's service, with `retryAfterMs` where that is told; `badResponse` for any other word of its own, and `agentGone` when its process ended.
   */
  prompt(text: string): Promise<AgentTurn>;
  /** Asks it to end its turn, whose prompt then resolves as `cancelled`, if it heeds it. */
  cancel(): void;
  /** Ends it and all it has started; resolves when none is left. May be called twice. */
  close(): Promise<void>;
}

export interface AgentTurn {
  /** `done`: it has nothing more to do. `cutShort`: it reached a limit of its own. */
  readonly stop: 'done' | 'cutShort' | 'refused' | 'cancelled';
  /** Of this turn, as far as it tells. */
  readonly usage?: Usage;
}

/** What an agent asks of us and tells us. Nothing here may throw; updates come in order. */
export interface AgentClient {
  /**
   * Before a change or a command. Answered when it may, which may take long, or may not. May be asked twice of one call, by
   * its hook and by its question for permission: the answer is the same.
   * @param hears whether the agent is told why not
   */
  ask(call: AgentCall, hears: boolean): Promise<AgentPermit>;
  /** Writes a file for it. `path` as it sees it. */
  write(path: string, content: string): Promise<Result<object>>;
  told(update: AgentUpdate): void;
}

export type AgentPermit = { readonly isAllowed: true } | { readonly isAllowed: false; readonly why: string };

/** As far as it is told; more of a call may come with a later update. */
export interface AgentCall {
  readonly id: string;
  readonly kind?: AgentCallKind;
  readonly title?: string;
  /** Files that it is about, as the agent sees them. */
  readonly paths: readonly string[];
  /** Files of which it shows what it makes of them. */
  readonly changes: readonly string[];
  /** For the shell. */
  readonly command?: string;
  /** Equal for calls that are the same. */
  readonly input?: unknown;
}

export type AgentCallKind =
  | 'read'
  | 'edit'
  | 'delete'
  | 'move'
  | 'search'
  | 'execute'
  | 'think'
  | 'fetch'
  | 'switch_mode'
  | 'other';

export type AgentUpdate =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'call';
      readonly call: AgentCall;
      readonly status?: 'pending' | 'in_progress' | 'completed' | 'failed';
      /** What it has to show for itself, as text: all of it so far, or what has come since. */
      readonly output?: { readonly text: string; readonly isMore: boolean };
    }
  | { readonly type: 'plan'; readonly done: number; readonly of: number }
  /** Of the whole session so far, in US dollars. */
  | { readonly type: 'cost'; readonly usd: number };
