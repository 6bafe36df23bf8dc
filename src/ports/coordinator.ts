// What an agent asks of the hub while it works: permission, locks, writes, and the verdict on its work.

import type { AgentStatus, Attempt } from '../core/events/event';
import type { Trouble } from '../core/guardrails/breaker';
import type { BudgetAnswer } from '../core/guardrails/budget';
import type { Limits } from '../core/guardrails/limits';
import type { ModelName, Usage } from '../core/models/models';
import type { ProviderKind } from '../core/models/providers';
import type { Proxies } from '../core/shared/proxies';
import type { Result } from '../core/shared/result';
import type { Unread } from '../core/shared/unread';
import type { AgentStart } from './externalAgents';
import type { CommandPlace, PlaceMove, PlaceWrite } from './isolation';

/**
 * The agent's side of the hub. Every method may reject with a `Failure` of reason `closed` when the attempt is over for
 * the hub (stopped, displaced); the agent then ends without another step. Refusals are values.
 */
export interface Coordinator {
  /** Waits until the shared throttle lets the next model call go. */
  modelPermit(): Promise<void>;
  /** `costUsd`: what an agent of another maker says that it cost; of our own providers the hub knows the prices. */
  modelCalled(call: {
    readonly usage: Usage;
    readonly durationMs: number;
    readonly costUsd?: number;
    /** Until the service gives more, where it says that nothing is left now. */
    readonly restMs?: number;
  }): Promise<void>;
  /** The model has begun to answer the first request: it has read what those of other agents begin with, too. Never waits. */
  modelBegun(): void;
  /** The provider asked to slow down; all agents will. */
  modelLimited(limit: { readonly reason: string; readonly retryAfterMs?: number }): Promise<void>;
  /** Before each tool call. */
  toolBegin(call: ToolCall): Promise<BudgetAnswer>;
  toolEnd(
    call: ToolCall & { readonly ok: boolean; readonly durationMs: number; readonly summary: string },
  ): Promise<void>;
  /**
   * Locks a path for this attempt, waiting its turn; with `wait` false a busy file is refused (`locked`), with words on
   * who holds it. Once granted the agent's copy of the file is up to date. A shared file is not locked: the answer says so.
   * `wouldDeadlock`: the attempt must end as yielded; the hub has already begun to undo it.
   */
  lockFile(path: string, wait?: boolean): Promise<Result<LockGrant>>;
  /** Gives a lock back early; only for files the attempt has not changed. */
  releaseFile(path: string): Promise<Result<string>>;
  /**
   * Settles once the agent's copy is there to be looked at: what it lacks of the workspace, and values in its secret files,
   * which are to be taken out of whatever the model is told.
   */
  copyReady(): Promise<{ readonly unread?: Unread; readonly withheld: readonly string[] }>;
  /** Writes a file of the copy, locking it first if it is not held. `changedOnDisk` when it is no longer `baseHash`. */
  writeFile(write: PlaceWrite): Promise<Result<{ readonly hash: string | null }>>;
  /** Gives a file another name, both locked first; `changedOnDisk` when it is no longer `baseHash` or the new name is taken. */
  moveFile(move: PlaceMove): Promise<Result<{ readonly hash: string }>>;
  /** Is this command allowed, and in what state is the copy it may run in? */
  commandBegin(command: string): Promise<Result<CommandPermit>>;
  /**
   * Takes what the command changed in the copy for the attempt's own, or puts it back; tells what became of each file. Where
   * the machine was not able to run it the attempt is over.
   */
  commandEnd(ended: CommandEnded): Promise<CommandOutcome>;
  /** Where an agent of another maker is to be run, once the copy is there: as a command that it would run itself. */
  agentPlace(): Promise<CommandPlace>;
  /** As `commandEnd`, for what an agent of another maker has changed in the copy otherwise than by a command. */
  takeChanges(): Promise<CommandChanges>;
  progress(report: {
    readonly status: AgentStatus;
    readonly step: string;
    readonly progress?: number;
  }): Promise<void>;
  /** Live output, not stored. Never waits. */
  log(text: string): void;
  /** Hands the work in; answers when the check is through. The attempt is over, unless the work is `returned`. */
  submit(summary: string): Promise<SubmitVerdict>;
  giveUp(reason: string, more?: GiveUp): Promise<void>;
  /** Ends the attempt for a trouble that would meet any other agent too; its work is undone and nothing counted. */
  handBack(trouble: Trouble): Promise<void>;
  /** Ends the attempt as lost, for the agent of another maker that worked on it is gone; the hub finds out whether it lacked something. */
  lost(death: AgentDeath): Promise<void>;
}

export interface GiveUp {
  /** The model's service called the request wrong. */
  readonly by?: 'service' | undefined;
  /** Another attempt at this feature would come to the same end. */
  readonly final?: true | undefined;
}

export interface AgentDeath {
  /** What happened, in sentences for people. */
  readonly note: string;
  /** The last it printed. */
  readonly printed: string;
}

export interface ToolCall {
  readonly tool: string;
  readonly fingerprint: string;
  readonly target?: string;
}

export interface LockGrant {
  readonly path: string;
  /** False when the attempt held it already. */
  readonly fresh: boolean;
  readonly waitedMs: number;
  /** Who held it while we waited, in words. */
  readonly waitedFor?: string;
  /** Several agents may change this file at once, each in its copy; nobody holds it. */
  readonly shared?: true;
  /** What others have done to it meanwhile, for the agent. */
  readonly notes?: readonly string[];
}

export interface CommandPermit {
  readonly place: CommandPlace;
  readonly timeoutMs: number;
  /** What it is to run in. */
  readonly shell: string;
  /** What came into the copy for the command, where the agent has changed the same. */
  readonly notes?: readonly string[];
}

export interface CommandTime {
  readonly durationMs: number;
  /** Absent where it could not be measured. */
  readonly cpuMs?: number;
}

/** Of each list at most a thousand are named; `more` counts the rest. */
export interface CommandChanges {
  readonly kept: readonly string[];
  /** Put back. */
  readonly dropped: readonly ToldChange[];
  /** Still in the copy, and to be settled with who holds the file before the work can be published. */
  readonly contested: readonly ToldChange[];
  /** New folders without a file: still in the copy, and gone before the work is checked. */
  readonly empty?: readonly string[];
  readonly more?: { readonly kept: number; readonly dropped: number; readonly contested: number };
}

export interface ToldChange {
  readonly path: string;
  readonly why: string;
}

export interface CommandEnded extends CommandTime {
  /** The end of what it printed. */
  readonly printed: string;
  /** It was run and did not end well: the hub finds out whether the machine was able to run it. */
  readonly failed?: true;
  readonly wroteBytes?: number;
  readonly guardEnd?: string;
}

export interface CommandOutcome extends CommandChanges {
  /** What the command printed, without the keys that stood in it. */
  readonly output: string;
}

export type SubmitVerdict =
  | { readonly kind: 'passing' }
  | { readonly kind: 'unconfirmed'; readonly why: string }
  | { readonly kind: 'failed'; readonly reason: string }
  /** Not accepted as it is: the attempt goes on, and may hand in again. */
  | { readonly kind: 'returned'; readonly why: string };

/** What a worker is given to do. */
export interface Assignment extends Attempt {
  readonly name: string;
  readonly description: string;
  readonly category: string;
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
  readonly endpoint?: ModelEndpoint;
  /** How the agent of another maker is started that is to work on it, or why it cannot be. */
  readonly agent?: FoundAgent;
}

/** An agent of another maker on the host's machine. */
export type FoundAgent =
  | { readonly ok: true; readonly start: AgentStart }
  /** `message`: whole sentences for people, with the mend. */
  | { readonly ok: false; readonly message: string };

export interface ModelEndpoint {
  readonly kind: ProviderKind;
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
