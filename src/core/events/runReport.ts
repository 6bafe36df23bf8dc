// What a finished run has to show: its time beside what one agent would have needed and the best that was possible.
import type { EpochMs, FeatureId, Slot } from '../shared/ids';

export interface RunReport {
  readonly startedAt: EpochMs;
  /** From its start to its end, by monotonic clocks; the times between two hosts are not in it. */
  readonly wallMs: number;
  readonly maxAgents: number;
  readonly passing: number;
  readonly total: number;
  /** What one agent would have needed: the times of attempts that came to an end of their own, less their waits for each other; and the checks of the run's end. */
  readonly oneAgentMs: number;
  /** How sure that is. Absent in reports of earlier versions, which knew nothing of waiting for cores: at most. */
  readonly oneAgentIs?: 'measured' | 'estimate' | 'atMost';
  /** Of that, the checks that were run once more at the run's end; absent where none were, and in reports of earlier versions. */
  readonly lastChecksMs?: number;
  /** Sum of the times of all attempts, as they were. */
  readonly attemptMs?: number;
  /** max(critical path, work / N, busiest file) over what attempts would have taken alone, and the cores' work: no schedule is shorter, and none is longer than the run. */
  readonly bestPossibleMs: number;
  /** What checks and commands took of the machine; absent where none ran or no system told. */
  readonly cores?: CoresUsed;
  readonly costUsd: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of these, what nobody has said the cost of; absent: none. */
  readonly unpricedTokens?: number;
  /** Slot time in which an agent could not work, by cause, in milliseconds. */
  readonly waitingMs: WaitingByCause;
  /** How often another host went on with it, and how long there was none by the wall clock; absent where none did. */
  readonly interruptions?: { readonly count: number; readonly awayMs: number };
  readonly attempts: number;
  readonly retries: number;
  /** What decided how long the run took, from its start to its end, at most `mostLinks`. Reports of earlier versions have none. */
  readonly chain?: readonly ChainLink[];
  /** Links of the whole chain, where not all of them are told. */
  readonly chainLength?: number;
  /** The attempts in the order they began, at most `mostRows`: the rows of a Gantt chart. Not in those of earlier versions. */
  readonly rows?: readonly AttemptRow[];
}

export interface CoresUsed {
  readonly count: number;
  /** CPU time of all checks and commands that told theirs. */
  readonly cpuMs: number;
  /** Time in which at least one of them ran. */
  readonly busyMs: number;
  /** Every one of them told its CPU time. */
  readonly isWhole: boolean;
}

/** The first and the last of a longer chain are told, half of each. */
export const mostLinks = 1_000;

/** A chart of more is read by nobody, and a report must fit into one message. */
export const mostRows = 2_000;

/** One attempt; times in milliseconds from the run's start. */
export interface AttemptRow {
  readonly slot: Slot;
  readonly featureId: FeatureId;
  readonly attempt: number;
  readonly startMs: number;
  readonly endMs: number;
  /** `open`: it was at work when the run ended. */
  readonly end: 'passed' | 'failed' | 'retried' | 'yielded' | 'unconfirmed' | 'open';
}

/** An attempt that the run's length came from, and what it had to wait for before it could begin. */
export interface ChainLink {
  readonly featureId: FeatureId;
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  /** The end of the link before: of the feature's own last attempt, of what it needs, of who had its file, in its slot. */
  readonly because: 'start' | 'retry' | 'dependency' | 'file' | 'resource' | 'slot';
}

export interface WaitingByCause {
  /** Slots empty because what is left waits for dependencies. */
  readonly dependency: number;
  /** Slots empty or agents standing because files are locked, by the events of the locks. */
  readonly lock: number;
  /** The model service asked to slow down, or was not to be reached. */
  readonly rate: number;
  /** Slots empty with features ready, while the breaker was open. Not in reports of earlier versions. */
  readonly trouble?: number;
  /** Slots withheld, with features ready for them, for the number of agents had been lowered. */
  readonly limit: number;
  /** Checks waited for their turn, or checks and commands for a core that others had. Not in reports of earlier versions. */
  readonly core?: number;
  /** Green checks waited for the work that they were run on. Not in reports of earlier versions. */
  readonly ahead?: number;
  /** The user paused. */
  readonly paused: number;
}
