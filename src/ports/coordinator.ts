// What an agent asks of the hub while it works, as it sees it: every request is declared in `protocol/workerMethods.ts`.

import type { Attempt } from '../core/events/event';
import type { Limits } from '../core/guardrails/limits';
import type { ModelName } from '../core/models/models';
import type { ServiceKind } from '../core/models/providers';
import type { ChecklistName } from '../core/routing/experts';
import type { Proxies } from '../core/shared/proxies';
import type { Asking, ParamsOf, ResultOf, Sent } from '../protocol/method';
import type { workerMethods } from '../protocol/workerMethods';
import type { AgentStart } from './externalAgents';

type Requests = typeof workerMethods;

/**
 * The agent's side of the hub. Every request may reject with a `Failure` of reason `closed` when the attempt is over for
 * the hub (stopped, displaced); the agent then ends without another step. Refusals are values.
 */
export interface Coordinator extends Omit<Asking<Requests>, 'hello' | 'renew'> {
  /** The model has begun to answer the first request: it has read what those of other agents begin with, too. Never waits. */
  modelBegun(): void;
  /** Live output, not stored. Never waits. */
  log(text: string): void;
}

/** What an agent says with a request. */
export type Asked<K extends keyof Requests> = Sent<ParamsOf<Requests[K]>>;
/** What the hub answers to it. */
export type Answered<K extends keyof Requests> = Sent<ResultOf<Requests[K]>>;
type Granted<T> = Extract<T, { readonly ok: true }> extends { readonly value: infer V } ? V : never;

export type ToolCall = Asked<'toolBegin'>;
export type LockGrant = Granted<Answered<'lockFile'>>;
export type CommandPermit = Granted<Answered<'commandBegin'>>;
/** Of each list at most a thousand are named; `more` counts the rest. */
export type CommandChanges = Answered<'takeChanges'>;
export type ToldChange = CommandChanges['dropped'][number];
export type CommandEnded = Asked<'commandEnd'>;
export type CommandTime = Pick<CommandEnded, 'durationMs' | 'cpuMs'>;
export type CommandOutcome = Answered<'commandEnd'>;
export type SubmitVerdict = Answered<'submit'>;
/** What of a giving up beside its reason. */
export type GiveUp = Omit<Asked<'giveUp'>, 'reason'>;
export type AgentDeath = Asked<'lost'>;

/** What a worker is given to do. */
export interface Assignment extends Attempt {
  readonly name: string;
  readonly description: string;
  readonly category: string;
  /** Who is to look at the work; the first does it. */
  readonly experts: { readonly roles: readonly string[]; readonly checklists: readonly Checklist[] };
  readonly declaredFiles: readonly string[];
  /** Names of what no other agent has while it works. */
  readonly resources?: readonly string[];
  readonly verifyCommand?: string;
  readonly allowedCommands: readonly string[];
  /** What the user says of secret files (`core/features/namedSecrets`). */
  readonly secretFiles: readonly string[];
  readonly model: ModelName;
  /** Why the last attempt failed, when there was one. */
  readonly lastFailure?: string;
  readonly limits: Limits;
  /** The agent's private copy of the workspace, where it is on the disk; absolute. */
  readonly copyDir: string;
  readonly reattachGraceMs: number;
  /** Marks every process of this attempt in its environment. */
  readonly tag: string;
  readonly offline?: OfflineScript;
  /** How the model is asked; absent for the offline one. */
  readonly endpoint?: ModelEndpoint | ClientEndpoint;
  /** How the agent of another maker is started that is to work on it, or why it cannot be. */
  readonly agent?: FoundAgent;
}

/** What experts look at. `own`: what the workspace has in the place of the built-in text. */
export interface Checklist {
  readonly name: ChecklistName;
  readonly own?: string;
}

/** What a workspace has in the place of a built-in checklist; `why`: a sentence that names it and says why it cannot be had. */
export type OwnChecklist =
  | { readonly name: ChecklistName; readonly ok: true; readonly text: string }
  | { readonly name: ChecklistName; readonly ok: false; readonly why: string };

/** An agent of another maker on the host's machine. */
export type FoundAgent =
  | { readonly ok: true; readonly start: AgentStart }
  /** `message`: whole sentences for people, with the mend. */
  | { readonly ok: false; readonly message: string };

/** The model is answered for by a client that offers it, through the host. */
export interface ClientEndpoint {
  readonly kind: 'client';
  /** As in `ModelEndpoint`. */
  readonly contextTokens?: number;
}

/** A model is asked over the network. */
export interface ModelEndpoint {
  readonly kind: ServiceKind;
  readonly baseUrl: string;
  /** Absent where none is wanted. */
  readonly apiKey?: string;
  readonly proxies?: Proxies;
  /** What its models can read at once, where nothing is known of a model itself. */
  readonly contextTokens?: number;
}

/** The turns the offline model plays for this attempt, or why there are none. */
export type OfflineScript =
  | { readonly ok: true; readonly turns: readonly OfflineTurn[] }
  | { readonly ok: false; readonly message: string };

export interface OfflineTurn {
  readonly say?: string;
  readonly tool?: string;
  readonly input?: unknown;
  readonly delayMs?: number;
  /** Where its tool call stands, as `offline-script.json:3:7`. */
  readonly place?: string;
}
