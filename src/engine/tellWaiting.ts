// Shows on an agent's card what it waits for.
import { type AgentStatus, type Attempt, attemptOf } from '../core/events/event';
import type { EventLog } from './eventLog';

export function tellWaiting(log: EventLog, attempt: Attempt, step: string): void {
  tellStep(log, attempt, 'waiting', step);
}

/** Nothing hangs on it: a log that refuses says so to whoever appends next. */
export function tellStep(log: EventLog, attempt: Attempt, status: AgentStatus, step: string): void {
  log.append([{ type: 'agent.progress', status, step, ...attemptOf(attempt) }]).catch(() => undefined);
}
