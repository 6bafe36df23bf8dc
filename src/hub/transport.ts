// Messages over a socket with bounded memory: one is read at a time, and who does not read what we send is cut.
import type { Duplex } from 'node:stream';
import {
  type DataCallback,
  Disposable,
  Event,
  type Message,
  type MessageReader,
  type MessageWriter,
} from 'vscode-jsonrpc/node';
import { Failure } from '../ports/failure';
import { endedMessage } from './endedNotice';
import { endGently } from './endGently';
import { toWire } from './failureOnWire';
import { createFrameDecoder, encodeFrame } from './frames';
import { Denied, quoted, type Rejection } from './rejection';

export interface Transport {
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
  /** Lets the next message through. Until it is called what follows stays in the kernel, and so with the sender. */
  next(): void;
  /** Sent, but not yet taken by the other end. */
  queuedBytes(): number;
  /** Resolves when all that was sent is taken, or the connection has ended. */
  taken(): Promise<void>;
  /** Why it ended, once it has. */
  ended(): Failure | undefined;
  readonly closed: Promise<Failure>;
  /** Ends it at once; answers why it ended. */
  cut(denied: Denied): Failure;
  /** Ends it once what was sent is through. */
  end(because: Failure): void;
}

/** Owns the socket from here on. */
export function createTransport(
  socket: Duplex,
  onDenied: (rejection: Rejection, message: string) => void,
  maxQueuedBytes: number,
): Transport {
  let ended: Failure | undefined;
  let deliver: DataCallback | undefined;
  let next = nothing;
  let tellClosed: (because: Failure) => void = nothing;
  const closed = new Promise<Failure>((resolve) => {
    tellClosed = resolve;
  });
  socket.on('error', nothing); // always followed by `close`
  socket.once('close', () => {
    if (!deliver) stop(gone()); // else `read` says so, after what had come
  });

  async function read(take: DataCallback): Promise<void> {
    const decoder = createFrameDecoder();
    try {
      for await (const chunk of socket) {
        if (ended) continue; // drained until the other side closes, so that our last words are not lost
        for (const message of decoder.push(chunk)) {
          await untilTaken(message, take);
          if (ended) break;
        }
      }
      stop(gone());
    } catch (error) {
      if (error instanceof Denied) cut(error);
      else stop(gone(error));
    }
  }

  function untilTaken(message: Message, take: DataCallback): Promise<void> | undefined {
    // JSON-RPC libraries keep cancellation and progress under `$/`; the hub has neither.
    if ('method' in message && String(message.method).startsWith('$/')) {
      onDenied('unknownMethod', quoted(String(message.method)));
      return undefined;
    }
    return new Promise((resolve) => {
      next = resolve;
      take(message);
    });
  }

  function stop(because: Failure): void {
    if (ended) return;
    ended = because;
    next();
    tellClosed(because);
  }

  function cut(denied: Denied): Failure {
    if (ended) return ended;
    const because = new Failure('closed', `The connection was cut: ${denied.message}`, { cause: denied });
    stop(because);
    socket.destroy();
    onDenied(denied.rejection, denied.message);
    return because;
  }

  function end(because: Failure, lastText = ''): void {
    if (ended) return;
    stop(because);
    endGently(socket, lastText);
    if (!deliver) socket.resume(); // else `read` drains it
  }

  return {
    // How it ends is told by `closed` alone, so the library's own events stay silent.
    reader: {
      onError: Event.None,
      onClose: Event.None,
      onPartialMessage: Event.None,
      dispose: nothing,
      listen(callback) {
        deliver = callback;
        void read(callback);
        return Disposable.create(nothing);
      },
    },
    writer: {
      onError: Event.None,
      onClose: Event.None,
      end: nothing,
      dispose: nothing,
      async write(message) {
        if (ended) throw ended;
        socket.write(frameOf(message, end));
        if (socket.writableLength > maxQueuedBytes) {
          throw cut(new Denied('notReading', `${socket.writableLength} bytes wait to be taken.`));
        }
      },
    },
    next: () => next(),
    queuedBytes: () => socket.writableLength,
    async taken() {
      if (ended || socket.writableLength === 0) return;
      await Promise.race([new Promise<void>((resolve) => socket.write('', () => resolve())), closed]);
    },
    ended: () => ended,
    closed,
    cut,
    end,
  };
}

/**
 * Where a question or an answer is too long its asker gets to know, so the failure is thrown as the library would send it
 * on. Nobody asked for a notice: without it the other end would go on with less than it was told, so the connection ends.
 */
function frameOf(message: Message, end: (because: Failure, lastText: string) => void): string {
  try {
    return encodeFrame(message);
  } catch (error) {
    if (!Failure.is(error)) throw error;
    const isNotice = 'method' in message && !('id' in message);
    if (isNotice) {
      const why = new Failure(
        'closed',
        `The connection was ended, for a notice could not be sent: ${error.message}`,
      );
      end(why, encodeFrame(endedMessage(why.message)));
    }
    throw toWire(error);
  }
}

function gone(cause?: unknown): Failure {
  return new Failure('closed', 'The other end of the connection has gone.', { cause });
}

function nothing(): void {}
