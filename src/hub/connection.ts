// One connection of the hub, the same at both ends: typed requests and notices, each checked where it arrives.
import type { Duplex } from 'node:stream';
import { createMessageConnection, ErrorCodes, ParameterStructures, ResponseError } from 'vscode-jsonrpc/node';
import { Failure } from '../ports/failure';
import type { Sent } from '../protocol/method';
import { endedNotice } from './endedNotice';
import { fromWire, toWire } from './failureOnWire';
import { Denied, quoted, type Rejection } from './rejection';
import { createTransport } from './transport';

/** The part of a zod schema that a connection needs. */
export interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: SchemaError };
}

interface SchemaError {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}

/** A `Method` of the protocol. */
export interface RequestType<P, R> {
  readonly name: string;
  readonly params: Schema<P>;
  readonly result: Schema<R>;
}

/** A `Notice` of the protocol. */
export interface NotificationType<P> {
  readonly name: string;
  readonly params: Schema<P>;
}

/**
 * Hook up what it answers and hears, then call `listen`, and only then ask. Messages are taken in the order they were
 * sent; answers come in any order.
 */
export interface HubConnection {
  /**
   * Rejects with a `Failure`: the one the other end threw, `closed` when the connection ends first, `refused` when the
   * other end takes neither method nor params, `badResponse` when it broke or its answer is not the promised one.
   */
  request<P, R>(method: RequestType<P, R>, params: Sent<NoInfer<P>>): Promise<R>;
  /** What the answer throws reaches the other end: a `Failure` whole, a bug as one sentence (`onBug` gets it all). */
  handle<P, R>(
    method: RequestType<P, R>,
    answer: (params: P) => Sent<NoInfer<R>> | Promise<Sent<NoInfer<R>>>,
  ): void;
  /** Never waits and never throws; on an ended connection it does nothing. */
  notify<P>(notice: NotificationType<P>, params: Sent<NoInfer<P>>): void;
  /**
   * As `notify`, for what the other end can do without: while more than `aheadBytes` of what was sent before are not taken,
   * nothing is sent and the answer is false. Whoever only offers is never cut off for a slow reader.
   */
  offer<P>(notice: NotificationType<P>, params: Sent<NoInfer<P>>, aheadBytes: number): boolean;
  /** Resolves, and never rejects, when the other end has taken all that was sent, or the connection has ended. */
  taken(): Promise<void>;
  onNotice<P>(notice: NotificationType<P>, hear: (params: P) => void): void;
  listen(): void;
  /** Resolves, and never rejects, when the connection has ended for whatever cause. */
  readonly closed: Promise<Failure>;
  /** Ends it once what was sent is through. What is still being asked is rejected with `because`. May be called twice. */
  dispose(because?: Failure): void;
}

export interface ConnectionOptions {
  readonly onDenied?: (rejection: Rejection, message: string) => void;
  /** A handler threw what is no `Failure`; `where` names the method. */
  readonly onBug?: (error: unknown, where: string) => void;
  /** Sent but not yet taken by the other end; beyond it the connection is cut. Default 32 MiB: two of the longest frames. */
  readonly maxQueuedBytes?: number;
  /** Until it resolves, methods may still be hooked up, and a question that nobody answers yet waits for it. */
  readonly ready?: Promise<unknown>;
}

/** Owns the socket from here on. */
export function createConnection(socket: Duplex, options: ConnectionOptions = {}): HubConnection {
  const { onDenied = ignore, onBug = ignore, maxQueuedBytes = 32 * 1024 * 1024 } = options;
  const answers = new Map<string, (params: unknown) => Promise<unknown>>();
  const listeners = new Map<string, (params: unknown) => void>();
  let openRequests = 0;

  const transport = createTransport(socket, onDenied, maxQueuedBytes);
  const rpc = createMessageConnection(transport.reader, transport.writer, undefined, {
    messageStrategy: {
      handleMessage(message, next) {
        const handled = next(message);
        transport.next();
        return handled;
      },
    },
  });
  void transport.closed.then(() => rpc.dispose());

  rpc.onRequest(async (name: string, params: unknown) => {
    if (!answers.has(name)) await options.ready;
    const answer = answers.get(name);
    if (!answer) {
      onDenied('unknownMethod', quoted(name));
      throw new ResponseError(ErrorCodes.MethodNotFound, 'There is no such method.');
    }
    if (openRequests >= maxOpenRequests) {
      throw transport.cut(new Denied('tooManyRequests', `More than ${maxOpenRequests} are open.`));
    }
    openRequests += 1;
    try {
      return await answer(params);
    } finally {
      openRequests -= 1;
    }
  });
  rpc.onNotification((name: string, params: unknown) => {
    const hear = listeners.get(name);
    if (hear) hear(params);
    else onDenied('unknownMethod', quoted(name));
  });

  const onNotice: HubConnection['onNotice'] = (notice, hear) => {
    listeners.set(notice.name, (raw) => {
      const params = notice.params.safeParse(raw);
      if (!params.success) return onDenied('invalidParams', `${notice.name}: ${firstIssue(params.error)}`);
      try {
        hear(params.data);
      } catch (error) {
        onBug(error, notice.name);
      }
    });
  };
  onNotice(endedNotice, ({ why }) => transport.end(new Failure('closed', why)));
  function notify<P>(notice: NotificationType<P>, params: Sent<NoInfer<P>>): void {
    if (transport.ended()) return;
    rpc.sendNotification(notice.name, ParameterStructures.byName, params).catch((error: unknown) => {
      if (!transport.ended()) onBug(error, notice.name);
    });
  }

  return {
    closed: transport.closed,
    listen: () => {
      if (!transport.ended()) rpc.listen();
    },

    async request(method, params) {
      const ended = transport.ended();
      if (ended) throw ended;
      let answer: unknown;
      try {
        answer = await rpc.sendRequest<unknown>(method.name, ParameterStructures.byName, params);
      } catch (error) {
        throw transport.ended() ?? fromWire(error, method.name);
      }
      const result = method.result.safeParse(answer);
      if (result.success) return result.data;
      throw new Failure(
        'badResponse',
        `The answer to ${method.name} is not as promised: ${firstIssue(result.error)}`,
      );
    },

    handle(method, answer) {
      answers.set(method.name, async (raw) => {
        const params = method.params.safeParse(raw);
        if (!params.success) {
          const issue = firstIssue(params.error);
          onDenied('invalidParams', `${method.name}: ${issue}`);
          throw new ResponseError(ErrorCodes.InvalidParams, issue);
        }
        try {
          return await answer(params.data);
        } catch (error) {
          if (Failure.is(error)) throw toWire(error);
          onBug(error, method.name);
          throw new ResponseError(
            ErrorCodes.InternalError,
            `${method.name} broke at the other end; its log says more.`,
          );
        }
      });
    },

    notify,
    offer(notice, params, aheadBytes) {
      if (transport.queuedBytes() > aheadBytes) return false;
      notify(notice, params);
      return true;
    },
    taken: transport.taken,

    onNotice,

    dispose: (because = new Failure('closed', 'The connection was closed at this end.')) =>
      transport.end(because),
  };
}

/** A worker has a handful open at most, a client as many as its user clicks in a moment. */
const maxOpenRequests = 1_000;

function firstIssue({ issues }: SchemaError): string {
  const [issue] = issues;
  if (!issue) return 'no reason given';
  return quoted(`${issue.path.map(String).join('.')}: ${issue.message}`).slice(1, -1);
}

function ignore(): void {}
