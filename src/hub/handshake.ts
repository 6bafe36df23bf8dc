// The first line on every connection: who is there, and the token that proves it.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { Denied, quoted } from './rejection';

/** A client or another host's process, with the host's token; or a worker, with its own. */
export type HubRole = 'worker' | 'client';

export interface Handshake {
  readonly role: HubRole;
  readonly token: string;
}

/** A token as it is kept and compared. */
export type TokenHash = Buffer;

export function formatHandshake({ role, token }: Handshake): string {
  return `parallel-agents 1 ${role} ${token}\n`;
}

export function hashToken(token: string): TokenHash {
  return createHash('sha256').update(token).digest();
}

/** Takes the same time wherever the two differ. */
export function isSameToken(one: TokenHash, other: TokenHash): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

/**
 * Reads the handshake and leaves what follows it in the stream. Undefined when the other side went away without a word,
 * as one does who only looks whether a host is there; `Denied` for anything else that is not a handshake in time.
 */
export async function readHandshake(socket: Duplex, withinMs: number): Promise<Handshake | undefined> {
  const line = await readLine(socket, withinMs);
  if (line === undefined) return undefined;
  const [, role, token] = /^parallel-agents 1 (worker|client) ([\x21-\x7e]+)$/.exec(line) ?? [];
  if ((role !== 'worker' && role !== 'client') || token === undefined) {
    throw new Denied(
      'badGreeting',
      `The first line was ${quoted(line.replace(/(?<=^parallel-agents \S+ \S+ ).*/, '…'))}.`,
    );
  }
  return { role, token };
}

const maxLineBytes = 512;
const lineFeed = 10;

function readLine(socket: Duplex, withinMs: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let held = Buffer.alloc(0);

    function stop(): void {
      clearTimeout(timer);
      socket.off('readable', onReadable).off('end', onGone).off('close', onGone);
    }
    function settle(line: string | undefined): void {
      stop();
      resolve(line);
    }
    function deny(message: string): void {
      stop();
      reject(new Denied('badGreeting', message));
    }

    function onReadable(): void {
      for (let chunk: unknown = socket.read(); chunk instanceof Uint8Array; chunk = socket.read()) {
        held = Buffer.concat([held, chunk]);
        const end = held.subarray(0, maxLineBytes).indexOf(lineFeed);
        if (end >= 0) {
          const rest = held.subarray(end + 1);
          if (rest.length > 0) socket.unshift(rest);
          settle(held.toString('latin1', 0, end));
          return;
        }
        if (held.length >= maxLineBytes) {
          deny('The first line has no end.');
          return;
        }
      }
    }
    function onGone(): void {
      if (held.length === 0) settle(undefined);
      else deny('The connection ended within its first line.');
    }

    const timer = setTimeout(() => deny(`No greeting came within ${withinMs} ms.`), withinMs);
    socket.on('readable', onReadable).on('end', onGone).on('close', onGone);
  });
}
