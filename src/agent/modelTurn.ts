// Gets one turn from the model: asks the shared throttle, streams, and asks again when the service could not answer.
import type { Trouble } from '../core/guardrails/breaker';
import type { Coordinator } from '../ports/coordinator';
import { Failure } from '../ports/failure';
import type { AssistantBlock, ModelEvent, ModelProvider, TurnRequest } from '../ports/models';
import type { Clock } from '../ports/system';
import { afterFailure } from './askAgain';

export type Turn = Extract<ModelEvent, { readonly type: 'turn' }>;

/** A turn, or in one sentence why there will be none: for what this attempt asked, or for a trouble of everyone. */
export type TurnAnswer =
  | { readonly kind: 'turn'; readonly turn: Turn }
  | { readonly kind: 'outside'; readonly trouble: Trouble }
  | { readonly kind: 'none' | 'tooLong'; readonly why: string; readonly by?: 'service' };

interface TurnPorts {
  readonly coordinator: Coordinator;
  readonly provider: ModelProvider;
  readonly clock: Clock;
}

/** Rejects with `Failure` `closed` or `aborted` when the attempt is over. */
export async function takeTurn(
  request: TurnRequest,
  ports: TurnPorts,
  signal: AbortSignal,
): Promise<TurnAnswer> {
  const { coordinator, clock } = ports;
  let beganAt: number | undefined;
  for (let tries = 1; ; tries++) {
    await coordinator.modelPermit();
    const startedAt = clock.monotonic();
    beganAt ??= startedAt;
    const turn = await stream(request, ports, signal);
    if (!(turn instanceof Failure)) {
      await coordinator.modelCalled({
        usage: turn.usage,
        durationMs: clock.monotonic() - startedAt,
        ...(turn.restMs !== undefined && { restMs: turn.restMs }),
      });
      return { kind: 'turn', turn };
    }
    if (turn.reason === 'aborted' || signal.aborted) throw turn;
    const waitedMs = clock.monotonic() - beganAt;
    const next = afterFailure(turn, { tries, waitedMs, isFirst: isFirst(request) });
    if (next.kind === 'outside') return next;
    if (next.kind === 'final') {
      // The first request of a feature is about as long as that of any other.
      const isOfService = turn.reason === 'badResponse' || (turn.reason === 'tooLong' && isFirst(request));
      const kind = turn.reason === 'tooLong' ? 'tooLong' : 'none';
      return { kind, why: whyFinal(turn, isFirst(request)), ...(isOfService && { by: 'service' }) };
    }
    await coordinator.modelLimited(next.limit);
    coordinator.log(`\n[the model did not answer: ${turn.message}; trying again]\n`);
  }
}

/** The words a model left as its last, for people. */
export function textOf(content: readonly AssistantBlock[]): string {
  return content
    .flatMap((block) => (block.type === 'text' ? [block.text] : []))
    .join('\n')
    .trim();
}

function isFirst({ messages }: TurnRequest): boolean {
  return messages.every(({ role }) => role === 'user');
}

async function stream(request: TurnRequest, ports: TurnPorts, signal: AbortSignal): Promise<Turn | Failure> {
  try {
    for await (const event of ports.provider.runTurn(request, signal)) {
      if (event.type === 'turn') return event;
      if (event.type === 'text') ports.coordinator.log(event.text);
      else if (isFirst(request)) ports.coordinator.modelBegun();
    }
    return new Failure('badResponse', 'the stream ended without a turn');
  } catch (error) {
    if (Failure.is(error)) return error;
    throw error;
  }
}

/** Why asking again cannot help. */
function whyFinal({ reason, message }: Failure, ofFirst: boolean): string {
  switch (reason) {
    case 'tooLong':
      return ofFirst
        ? `the very first request is too long for the model, or for what lies between: ${message}`
        : `the conversation has become too long for the model, also with all but its newest turn told in short: ${message}`;
    case 'refused':
      return `the model refused: ${message}`;
    default:
      return `the model call failed: ${message}`;
  }
}
