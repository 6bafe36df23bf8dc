// Both ends of a model's turn over a connection: asked like any model, and answered by whatever answers like one.
import { Failure } from '../ports/failure';
import type { ModelEvent, TurnRequest } from '../ports/models';
import { modelTurn, turnCancelled, turnTold } from '../protocol/modelTurns';
import type { HubConnection } from './connection';

/** As `ModelProvider.runTurn`, of the model by that name. */
export type RunTurn = (model: string, request: TurnRequest, signal: AbortSignal) => AsyncIterable<ModelEvent>;

type Told = Exclude<ModelEvent, { readonly type: 'turn' }>;

/**
 * To be hooked up before the connection listens. A turn that is asked for ends with `closed` when the connection does, and
 * with `aborted` once `signal` has fired, when the other end is told that it is wanted no longer.
 */
export function askingTurns(connection: Pick<HubConnection, 'request' | 'notify' | 'onNotice'>): RunTurn {
  const hearing = new Map<number, (event: Told) => void>();
  let lastId = 0;
  connection.onNotice(turnTold, ({ id, event }) => hearing.get(id)?.(event));
  return async function* run(model, request, signal) {
    if (signal.aborted) throw new Failure('aborted', 'stopped');
    lastId += 1;
    const id = lastId;
    const events: Told[] = [];
    let wake = () => {};
    hearing.set(id, (event) => {
      events.push(event);
      wake();
    });
    const cancel = () => {
      connection.notify(turnCancelled, { id });
      wake();
    };
    signal.addEventListener('abort', cancel, { once: true });
    let isAnswered = false;
    const answer = connection.request(modelTurn, { id, model, request }).finally(() => {
      isAnswered = true;
      wake();
    });
    answer.catch(() => undefined); // met below, or of no interest any more
    try {
      for (;;) {
        if (signal.aborted) throw new Failure('aborted', 'stopped');
        yield* events.splice(0);
        if (isAnswered) break;
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (isAnswered || events.length > 0 || signal.aborted) resolve();
        });
      }
      yield { type: 'turn', ...(await answer) };
    } finally {
      hearing.delete(id);
      signal.removeEventListener('abort', cancel);
      if (!isAnswered && !signal.aborted) connection.notify(turnCancelled, { id }); // nobody reads it to its end
    }
  };
}

/** Hooks up `run` as what answers; turns that are under way end with the connection. */
export function answerTurns(
  connection: Pick<HubConnection, 'handle' | 'notify' | 'onNotice' | 'closed'>,
  run: RunTurn,
): void {
  const running = new Map<number, AbortController>();
  connection.onNotice(turnCancelled, ({ id }) => running.get(id)?.abort());
  void connection.closed.then(() => {
    for (const stop of running.values()) stop.abort();
  });
  connection.handle(modelTurn, async ({ id, model, request }) => {
    const stop = new AbortController();
    running.set(id, stop);
    try {
      for await (const event of run(model, request, stop.signal)) {
        if (event.type !== 'turn') {
          connection.notify(turnTold, { id, event });
          continue;
        }
        const { type: _, ...turn } = event;
        return turn;
      }
      throw new Failure('badResponse', 'the stream ended without a turn');
    } finally {
      running.delete(id);
    }
  });
}
