// The host's end of the hub: lets in who has a token, each for what the token says, and turns away the rest.
import type { Socket } from 'node:net';
import { type ConnectionOptions, createConnection, type HubConnection } from './connection';
import { deniedNotice } from './deniedNotice';
import { endGently } from './endGently';
import { encodeFrame } from './frames';
import { type Handshake, hashToken, isSameToken, readHandshake, type TokenHash } from './handshake';
import type { Listener } from './listener';
import { pulseRequest } from './pulse';
import { Denied, type Rejection } from './rejection';

export interface HubServerOptions<W> extends ConnectionOptions {
  readonly listener: Listener;
  /** What clients show. */
  readonly hostToken: string;
  /** Handlers are hooked up before it returns; the connection then listens. `record` is what `admitWorker` was given. */
  readonly onWorker: (connection: HubConnection, record: W) => void;
  /** As `onWorker`. */
  readonly onClient: (connection: HubConnection) => void;
  readonly onDenied: (rejection: Rejection, message: string) => void;
  /** Those who come before it are let in, find that somebody lives, and wait with their questions. */
  readonly ready?: Promise<unknown>;
  /** Time for the first line; default 5 s. */
  readonly handshakeMs?: number;
}

export interface HubServer<W> {
  /**
   * Lets one worker in, once, by its token's hash (`hashToken`): before it is spawned, or, with a hash from the store,
   * after another host's death. The answer takes the permission back, also from a worker that has come.
   */
  admitWorker(token: TokenHash, record: W): () => void;
  /** Stops listening and ends every connection. Touches no file of a successor. May be called twice. */
  close(): Promise<void>;
}

interface Admission<W> {
  readonly token: TokenHash;
  readonly record: W;
  used: boolean;
}

export function createHubServer<W>(options: HubServerOptions<W>): HubServer<W> {
  const { listener, onWorker, onClient, onDenied, handshakeMs = 5_000 } = options;
  const hostToken = hashToken(options.hostToken);
  const admissions = new Set<Admission<W>>();

  listener.accept((socket) => void welcome(socket));

  async function welcome(socket: Socket): Promise<void> {
    try {
      const handshake = await readHandshake(socket, handshakeMs);
      if (!handshake) {
        socket.destroy();
        return;
      }
      const hookUp = admit(handshake);
      const connection = createConnection(socket, options);
      connection.handle(pulseRequest, () => ({}));
      if (options.ready) void options.ready.then(() => hookUp(connection), nothing);
      else hookUp(connection);
      connection.listen();
    } catch (error) {
      if (error instanceof Denied) {
        onDenied(error.rejection, error.message);
        turnAway(socket);
      } else {
        options.onBug?.(error, 'welcome');
        socket.destroy();
      }
    }
  }

  function admit({ role, token }: Handshake): (connection: HubConnection) => void {
    const shown = hashToken(token);
    if (role === 'client') {
      if (!isSameToken(shown, hostToken)) throw new Denied('wrongToken', 'A client showed a wrong token.');
      return onClient;
    }
    // All are looked at, so that time does not tell how far the search went.
    const [admission] = [...admissions].filter((each) => isSameToken(each.token, shown));
    if (!admission) throw new Denied('wrongToken', 'A worker showed a wrong token.');
    if (admission.used) throw new Denied('replayedToken', 'A token that had been used came again.');
    admission.used = true;
    return (connection) => onWorker(connection, admission.record);
  }

  return {
    admitWorker(token, record) {
      const admission = { token, record, used: false };
      admissions.add(admission);
      return () => admissions.delete(admission);
    },
    close: () => listener.close(),
  };
}

function nothing(): void {}

/** Tells whoever it is that the token does not count here, so that a worker of another time ends instead of trying on. */
function turnAway(socket: Socket): void {
  const message = { jsonrpc: '2.0', method: deniedNotice.name, params: {} };
  endGently(socket, encodeFrame(message));
  socket.resume();
}
