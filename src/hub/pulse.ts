// Feels whether the other end of a connection lives: a process that was stopped or hangs keeps its sockets open.
import { setTimeout as pause } from 'node:timers/promises';
import type { HubConnection, RequestType } from './connection';

/** Answered by the hub itself, also while the host behind it is still starting. */
export const pulseRequest: RequestType<object, object> = {
  name: 'hub.pulse',
  params: { safeParse: () => ({ success: true, data: {} }) },
  result: { safeParse: () => ({ success: true, data: {} }) },
};

export interface PulseTimes {
  /** From one answer to the next question. */
  readonly everyMs: number;
  /** Whoever needs longer for an answer counts as silent; the question stays open. */
  readonly patienceMs: number;
}

/** Silence is told 3.5 s after it began at the latest: a person is to read of it within 5. */
const usual: PulseTimes = { everyMs: 1_500, patienceMs: 2_000 };

/**
 * Asks again and again until the connection ends. @param tell called with false once no answer came in time, and with
 * true when one comes after all
 */
export async function feelPulse(
  connection: Pick<HubConnection, 'request' | 'closed'>,
  tell: (isAlive: boolean) => void,
  { everyMs, patienceMs }: PulseTimes = usual,
): Promise<void> {
  let hasEnded = false;
  const ended = connection.closed.then(() => {
    hasEnded = true;
  });
  while (!hasEnded) {
    // What answers with a refusal lives, too: a host of an earlier version does not know the question.
    const answered = connection.request(pulseRequest, {}).catch(() => ({}));
    const late = new AbortController();
    const silence = pause(patienceMs, 'silent', { signal: late.signal, ref: false }).catch(() => 'stopped');
    const isSilent = (await Promise.race([answered, silence])) === 'silent';
    late.abort();
    if (isSilent && !hasEnded) tell(false);
    await answered;
    if (hasEnded) return;
    if (isSilent) tell(true);
    const rest = new AbortController();
    await Promise.race([
      ended,
      pause(everyMs, undefined, { signal: rest.signal, ref: false }).catch(() => {}),
    ]);
    rest.abort();
  }
}
