// Shows on an agent's card what it waits for.
import { type Attempt, attemptOf } from '../core/events/event';
import type { EventLog } from './eventLog';

/** Nothing hangs on it: a log that refuses says so to whoever appends next. */
export function tellWaiting(log: EventLog, attempt: Attempt, step: string): void {
  log
    .append([{ type: 'agent.progress', status: 'waiting', step, ...attemptOf(attempt) }])
    .catch(() => undefined);
}
