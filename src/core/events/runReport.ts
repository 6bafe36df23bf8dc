// What a finished run has to show: its time beside what one agent would have needed and the best that was possible.
import type { EpochMs } from '../shared/ids';

export interface RunReport {
  readonly startedAt: EpochMs;
  readonly wallMs: number;
  readonly maxAgents: number;
  readonly passing: number;
  readonly total: number;
  /** Sum of the measured time of all attempts: one agent, one after the other. */
  readonly oneAgentMs: number;
  /** max(critical path, work / N, busiest file) over the measured attempt times; no schedule is shorter. */
  readonly bestPossibleMs: number;
  readonly costUsd: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Slot time in which an agent could not work, by cause, in milliseconds. */
  readonly waitingMs: WaitingByCause;
  readonly attempts: number;
  readonly retries: number;
}

export interface WaitingByCause {
  /** Slots empty because what is left waits for dependencies. */
  readonly dependency: number;
  /** Slots empty or agents standing because files are locked. */
  readonly lock: number;
  /** The provider asked to slow down. */
  readonly rate: number;
  /** The user paused. */
  readonly paused: number;
}
