// How an agent of another maker ends that could not go on, for its attempt.
import type { Trouble } from '../../core/guardrails/breaker';
import type { Redactor } from '../../core/guardrails/redactor';
import type { Coordinator } from '../../ports/coordinator';
import type { AgentStart } from '../../ports/externalAgents';
import { Failure, troubleOf } from '../../ports/failure';
import type { AgentOutcome } from '../tools/tool';

/** What stopped it from outside is no failure of the feature's. */
export async function endedBy(
  error: unknown,
  { title }: AgentStart,
  { coordinator, redactor }: { readonly coordinator: Coordinator; readonly redactor: Redactor },
): Promise<AgentOutcome> {
  const trouble = error instanceof TroubleMet ? error.trouble : troubleOf(error);
  if (trouble) {
    const message = redactor.text(trouble.message);
    await coordinator.handBack({ ...trouble, message });
    return { kind: 'over', why: message };
  }
  if (Failure.is(error, 'agentGone')) {
    const note = redactor.text(error.message);
    await coordinator.lost({ note, printed: note });
    return { kind: 'over', why: note };
  }
  if (!Failure.is(error, 'badResponse')) throw error;
  const reason = `${title} could not go on: ${redactor.text(error.message)}`;
  await coordinator.giveUp({ reason, by: 'service' });
  return { kind: 'gaveUp', reason };
}

/** Of its service, after as many tries as are made. */
export class TroubleMet extends Error {
  constructor(readonly trouble: Trouble) {
    super(trouble.message);
  }
}
