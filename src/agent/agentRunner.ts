// Who works on an attempt: our own loop with a model, or an agent of another maker.
import type { Assignment } from '../ports/coordinator';
import { Failure } from '../ports/failure';
import type { AgentOutcome } from './tools/tool';

/**
 * Works on `assignment` to its end and tells the hub of it. Resolves with `over` when the hub or `signal` ended the
 * attempt; rejects only for a bug.
 */
export type AgentRunner = (assignment: Assignment, signal: AbortSignal) => Promise<AgentOutcome>;

/** What `work` comes to, where an attempt that is over is no error. */
export async function untilOver(
  work: () => Promise<AgentOutcome>,
  signal: AbortSignal,
): Promise<AgentOutcome> {
  try {
    return await work();
  } catch (error) {
    if (Failure.is(error, 'closed') || Failure.is(error, 'aborted'))
      return { kind: 'over', why: error.message };
    if (signal.aborted) return { kind: 'over', why: 'stopped' };
    throw error;
  }
}
