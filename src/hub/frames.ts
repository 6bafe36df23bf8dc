// The frames messages travel in: a length in bytes, an empty line, and one JSON-RPC message as UTF-8.
import type { Message } from 'vscode-jsonrpc/node';
import { isObject } from '../core/shared/fields';
import { Failure } from '../ports/failure';
import { maxFrameBytes } from '../protocol/hubMethods';
import { Denied } from './rejection';

export interface FrameDecoder {
  /**
   * The messages that are complete with this chunk. Throws `Denied` at the first byte that cannot belong to a frame;
   * the decoder is then of no further use. Never holds more than one frame and one chunk.
   */
  push(chunk: Uint8Array): Iterable<Message>;
}

/** Throws `Failure` (`tooLong`) for a message that the other end would not take. */
export function encodeFrame(message: object): string {
  const body = asJson(message);
  const bytes = Buffer.byteLength(body);
  if (bytes > maxFrameBytes) {
    throw new Failure('tooLong', `A message of ${bytes} bytes is longer than the hub's ${maxFrameBytes}.`);
  }
  return `${label}${bytes}${headerEnd}${body}`;
}

/** What is longer than any string can be is too long as well. */
function asJson(message: object): string {
  try {
    return JSON.stringify(message);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new Failure('tooLong', 'A message is longer than any text can be.', { cause });
  }
}

export function createFrameDecoder(): FrameDecoder {
  let chunks: Uint8Array[] = [];
  let size = 0;
  /** Length of the frame whose header has been read. */
  let expected: number | undefined;

  /** What is held, in one piece; copied only when it is not, and so once for each frame or chunk. */
  function joined(): Uint8Array {
    const [first = new Uint8Array(), ...more] = chunks;
    const whole = more.length > 0 ? Buffer.concat(chunks) : first;
    chunks = [whole];
    return whole;
  }

  function take(bytes: number): Uint8Array {
    const whole = joined();
    chunks = bytes < whole.length ? [whole.subarray(bytes)] : [];
    size -= bytes;
    return whole.subarray(0, bytes);
  }

  return {
    *push(chunk) {
      chunks.push(chunk);
      size += chunk.length;
      while (size > 0) {
        if (expected === undefined) {
          const header = readHeader(joined());
          if (header === undefined) return;
          take(header.bytes);
          expected = header.bodyBytes;
        }
        if (size < expected) return;
        const body = take(expected);
        expected = undefined;
        yield parseBody(body);
      }
    },
  };
}

const label = 'Content-Length: ';
const headerEnd = '\r\n\r\n';
const maxDigits = 10;
const maxHeaderBytes = label.length + maxDigits + headerEnd.length;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Undefined while what is there may still become a header. Both ends are ours, so only our own form is taken. */
function readHeader(held: Uint8Array): { readonly bytes: number; readonly bodyBytes: number } | undefined {
  const text = Buffer.from(held.subarray(0, maxHeaderBytes)).toString('latin1');
  const whole = /^Content-Length: (\d{1,10})\r\n\r\n/.exec(text);
  if (!whole) {
    const rest = text.slice(label.length);
    const begins = label.startsWith(text.slice(0, label.length)) && /^(\d{1,10}(\r(\n\r?)?)?)?$/.test(rest);
    if (begins) return undefined;
    throw new Denied('badFrame', 'What came is no frame.');
  }
  const bodyBytes = Number(whole[1]);
  if (bodyBytes > maxFrameBytes) {
    throw new Denied(
      'oversizedFrame',
      `A frame of ${bodyBytes} bytes was announced; ${maxFrameBytes} is the most.`,
    );
  }
  return { bytes: whole[0].length, bodyBytes };
}

function parseBody(body: Uint8Array): Message {
  let message: unknown;
  try {
    message = JSON.parse(utf8.decode(body));
  } catch {
    throw new Denied('badFrame', 'A frame holds no JSON in UTF-8.');
  }
  if (!isMessage(message)) throw new Denied('badFrame', 'A frame holds no JSON-RPC message.');
  return message;
}

function isMessage(value: unknown): value is Message {
  if (!isObject(value) || value.jsonrpc !== '2.0') return false;
  const hasId = typeof value.id === 'number' || typeof value.id === 'string';
  if (typeof value.method === 'string') return hasId || value.id === undefined;
  if (!hasId) return false;
  if (!isObject(value.error)) return value.error === undefined && value.result !== undefined;
  return typeof value.error.code === 'number' && typeof value.error.message === 'string';
}
