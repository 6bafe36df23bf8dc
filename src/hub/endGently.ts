// Ends a connection so that the last words still arrive, and within a set time whatever the other side does.
import type { Duplex } from 'node:stream';

/** A peer that has not closed its side by then is cut off. */
const graceMs = 2_000;

/** The caller goes on reading or calls `resume`: bytes left unread would make the system drop what was sent. */
export function endGently(socket: Duplex, lastText = ''): void {
  if (socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), graceMs).unref();
  socket.once('close', () => clearTimeout(timer));
  socket.end(lastText);
}
