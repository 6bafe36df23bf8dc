// Everything that can happen in a workspace, as one closed union: what the log keeps and every view is built from.
import type { FeatureChange } from '../features/featureChange';
import type { BreakerEvent } from '../guardrails/breaker';
import type { LimitName } from '../guardrails/budget';
import type { PathScope } from '../locks/lockPath';
import type { Locked, LockScope } from '../locks/lockScope';
import type { Blocker } from '../locks/lockTable';
import type { AccountId } from '../models/accounts';
import type { ModelName, Usage } from '../models/models';
import type { RunSettings } from '../settings/runSettings';
import { agentName, type EpochMs, type FeatureId, type Fence, type Slot } from '../shared/ids';
import type { LongText } from '../shared/longText';
import type { Moment } from '../shared/moment';
import type { Unread } from '../shared/unread';
import type { RunReport } from './runReport';

/** An event before the log gave it its number and time. */
export type NewEvent =
  | FeatureChange
  | AgentEvent
  | LockEvent
  | FileEvent
  | CopyEvent
  | PromptEvent
  | ArtifactEvent
  | CheckEvent
  | RunEvent
  | BreakerEvent
  | StateFolderEvent;

/** A stored event: numbered from 1 without gaps, in the order things happened. */
export type Event = NewEvent & Moment & { readonly seq: number };

export type EventType = NewEvent['type'];

/** Which attempt an event belongs to. */
export interface Attempt {
  readonly slot: Slot;
  readonly featureId: FeatureId;
  readonly attempt: number;
  readonly fence: Fence;
}

/** How a process is found again: number and start time together; a number alone is reused. */
export interface ProcessIdentity {
  readonly pid: number;
  /** The system's own word for when it started; compared as text, never computed with. */
  readonly started: string;
}

export type AgentEvent =
  /** The worker process lives. Stored before it gets its token, so that no process is ever without a record. */
  | ({ readonly type: 'agent.started'; readonly process: ProcessIdentity } & Attempt)
  | ({
      readonly type: 'agent.progress';
      readonly status: AgentStatus;
      readonly step: string;
      /** 0-100, where the agent says how far it is. */
      readonly progress?: number;
    } & Attempt)
  | ({ readonly type: 'agent.ended'; readonly cause: AgentEnd; readonly note: LongText } & Attempt)
  | ({
      readonly type: 'tool.used';
      readonly tool: string;
      /** The path or command it was about. */
      readonly target?: string;
      readonly ok: boolean;
      readonly durationMs: number;
      readonly summary: LongText;
    } & CoreUse &
      Attempt)
  | ({
      readonly type: 'model.called';
      readonly model: ModelName;
      readonly usage: Usage;
      readonly costUsd: number;
      /** Nobody has said what the model costs. */
      readonly isUnpriced?: true;
      readonly durationMs: number;
    } & Attempt)
  | ({ readonly type: 'limit.reached'; readonly limit: LimitName; readonly bound: number } & Attempt);

export type AgentStatus = 'starting' | 'running' | 'waiting' | 'verifying' | 'draining' | 'ended';

/** How a worker process ended; `lost` is the one nobody asked for. */
export type AgentEnd = 'done' | 'yielded' | 'stopped' | 'limit' | 'lost' | 'recovered';

export type LockEvent =
  | ({
      readonly type: 'lock.granted';
      readonly how: 'claim' | 'request';
      /** How long the attempt stood and waited for it; absent when it was free. */
      readonly waitedMs?: number;
    } & LockScope &
      Attempt)
  | ({ readonly type: 'lock.waiting'; readonly blockers: readonly Blocker[] } & PathScope & Attempt)
  /** The human saved a file that the attempt holds and has changed: theirs stays, and is merged into the attempt's copy. */
  | ({ readonly type: 'lock.conflicted'; readonly path: string } & Attempt)
  | ({ readonly type: 'lock.released' } & Locked & Attempt);

export type FileEvent =
  /** In the attempt's private copy, by its tools or a command. */
  | ({ readonly type: 'file.changed' } & ContentChange & Attempt)
  /** In the workspace, as part of a feature that passed. */
  | ({ readonly type: 'file.published' } & ContentChange & Attempt)
  /** Both the attempt and another attempt, or the human, changed it, in a way that does not go together. */
  | ({
      readonly type: 'file.conflicted';
      readonly path: string;
      /** What came of it, or is to be done about it; a sentence. */
      readonly why: string;
    } & Attempt)
  /** The agent, or a command it ran, wanted to change a file that is not its to change. */
  | ({
      readonly type: 'file.denied';
      readonly path: string;
      /** A sentence that names the path, the reason and, where there is one, the mend. */
      readonly why: string;
      /** Further files that the same command changed and that were denied for the same reason. */
      readonly others?: number;
    } & Attempt);

/** Content hashes (SHA-256, hex); null where the file did not or does not exist. Equal where only its mode changed. */
export interface ContentChange {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Told once for as long as it is the same, for all agents. */
export type CopyEvent = { readonly type: 'copy.incomplete' } & Unread & Attempt;

/** The workspace has a prompt in the place of a built-in one. Told once for as long as it is the same, for all agents. */
export type PromptEvent = {
  readonly type: 'agent.prompted';
  /** From the workspace. */
  readonly path: string;
  /** Why the built-in one is used all the same, a sentence that names it; absent: the workspace's is used. */
  readonly whyNot?: string;
} & Attempt;

/** What commands and checks of an attempt left for people, kept in the workspace's own folder of ours. */
export type ArtifactEvent = {
  readonly type: 'artifact.stored';
  /** From the workspace. */
  readonly folder: string;
  /** The first of them, from the folder. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  /** How many there are in all. */
  readonly count: number;
  /** Files that were not kept; absent: none. */
  readonly leftOut?: number;
} & Attempt;

/** What a command took of the machine's cores; each absent where it could not be measured. */
export interface CoreUse {
  readonly cpuMs?: number;
  /** How long it stood waiting for a core because of others: an estimate, see `coreWaiting`. */
  readonly coreWaitMs?: number;
}

/**
 * `portTaken`: it said that a port was in use. `neighbour`: it may have been answered by the server of another. `packages`: the
 * user has installed others than it ran on.
 */
export type CheckDoubt = 'portTaken' | 'neighbour' | 'packages';

export type CheckEvent =
  | ({
      readonly type: 'verify.started';
      readonly command: LongText;
      /** Whose check it is: another feature's, that passes and may not any more. */
      readonly guards?: FeatureId;
      /** Files that it judges by are for this time as they were before the work. */
      readonly trial?: true;
      /** How long it waited until fewer other checks were running; absent when it did not. */
      readonly waitedMs?: number;
    } & Attempt)
  | ({
      readonly type: 'verify.finished';
      readonly command: LongText;
      /** As when it started. */
      readonly guards?: FeatureId;
      /** As when it started. */
      readonly trial?: true;
      readonly passed: boolean;
      /** It does not count, for others may have had a part in it; it is run again by itself. */
      readonly doubt?: CheckDoubt;
      /** Null when it was ended by a signal or its time ran out. */
      readonly exitCode: number | null;
      readonly timedOut: boolean;
      readonly durationMs: number;
      readonly outputTail: LongText;
    } & CoreUse &
      Attempt)
  /** The work of features ahead of it, on which its check was run, is decided: it had to wait for that. */
  | ({
      readonly type: 'verify.awaited';
      readonly ahead: readonly FeatureId[];
      /** All of it is in the workspace; else the check is run again. */
      readonly published: boolean;
      readonly waitedMs: number;
    } & Attempt);

export type RunEvent =
  | { readonly type: 'run.started'; readonly runId: number; readonly settings: RunSettings }
  | { readonly type: 'run.configured'; readonly runId: number; readonly maxAgents: number }
  /** No new claims; with `stopping`, the attempts at work are ended too. */
  | { readonly type: 'run.paused'; readonly runId: number; readonly stopping: boolean }
  | { readonly type: 'run.resumed'; readonly runId: number }
  | {
      readonly type: 'run.finished';
      readonly runId: number;
      readonly outcome: RunOutcome;
      readonly report: RunReport;
    };

export type RunOutcome = 'complete' | 'incomplete' | 'stopped';

export type StateFolderEvent =
  | {
      readonly type: 'throttle.changed';
      /** Whose; absent in events of earlier versions, which had one for all. */
      readonly account?: AccountId;
      /** Until when nobody asks it. */
      readonly untilAt: EpochMs | null;
      /** How many agents may ask it at the same time; null: all. */
      readonly atOnce?: number | null;
      readonly reason: LongText;
    }
  | {
      readonly type: 'owner.changed';
      readonly epoch: number;
      readonly process: ProcessIdentity;
      readonly face: ClientKind;
    }
  | {
      readonly type: 'recovery.done';
      readonly endedProcesses: number;
      /** Features whose publication the last host had begun, and this one completed. */
      readonly publishedFeatures: readonly FeatureId[];
      readonly releasedFeatures: readonly FeatureId[];
      /** Bytes of a torn record at the journal's end, never acknowledged to anyone. */
      readonly cutBytes: number;
    }
  | {
      readonly type: 'error.occurred';
      readonly where: string;
      readonly message: LongText;
      readonly featureId?: FeatureId;
    };

export type ClientKind = 'vscode' | 'cli';

/** An event as other programs read it: `agentId` beside the slot. */
export function toExternal(event: Event): Record<string, unknown> {
  const { seq, at, type, ...rest } = event;
  const slot = 'slot' in rest ? rest.slot : undefined;
  return { seq, at, type, ...(slot === undefined ? {} : { agentId: agentName(slot) }), ...rest };
}

/** The run an attempt's happening is told under, for events that name an attempt. */
export function attemptOf({ slot, featureId, attempt, fence }: Attempt): Attempt {
  return { slot, featureId, attempt, fence };
}
