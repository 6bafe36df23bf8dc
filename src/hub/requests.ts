// Both ends of a set of requests: how they are asked over a connection, and how they are answered there.
import { nothing } from '../protocol/hubValues';
import type { Answering, Asking, Methods } from '../protocol/method';
import type { HubConnection } from './connection';

/** Asks over `hub`; what is of any length is cut to what the request takes. */
export function askingOf<M extends Methods>(methods: M, hub: Pick<HubConnection, 'request'>): Asking<M> {
  const asking = Object.entries(methods).map(([key, method]) => [
    key,
    async (params: object = {}) => {
      const answer = await hub.request(method, method.fit ? method.fit(params) : params);
      return method.result === nothing ? undefined : answer;
    },
  ]);
  return Object.fromEntries(asking) as Asking<M>; // one for each method, whose schemas say what it takes and answers
}

/** Hooks up an answer for each of the requests. */
export function answerAll<M extends Methods>(
  connection: Pick<HubConnection, 'handle'>,
  methods: M,
  answers: Answering<M>,
): void {
  // What a request's schema has let in is what its answer takes.
  const byName = answers as Readonly<Record<string, (params: unknown) => unknown>>;
  for (const [name, method] of Object.entries(methods))
    connection.handle(method, async (params) => {
      const answer = await byName[name]?.(params);
      return method.result === nothing ? {} : answer;
    });
}
