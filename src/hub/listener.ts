// A listening socket that takes connections from its first moment and keeps them until someone answers.
import { createServer, type Socket } from 'node:net';

export interface Listener {
  /** Hands over the connections that wait, and from then on each as it comes. To be called once. */
  accept(take: (socket: Socket) => void): void;
  /** Stops listening and ends every connection, taken or not. May be called twice. */
  close(): Promise<void>;
}

/** More than agents, windows and command lines of one workspace can be. */
const maxConnections = 256;

/** Rejects with the system's own error when the address cannot be had. */
export function listen(address: string): Promise<Listener> {
  const open = new Set<Socket>();
  let take: ((socket: Socket) => void) | undefined;
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => {}); // always followed by `close`
    take?.(socket);
  });
  server.maxConnections = maxConnections;
  let closed: Promise<void> | undefined;

  const listener: Listener = {
    accept(takeNow) {
      take = takeNow;
      for (const socket of [...open]) takeNow(socket);
    },
    close() {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      });
      return closed;
    },
  };
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      server.on('error', () => {}); // no room for one more connection; those that stand are not to fall with it
      resolve(listener);
    });
  });
}
