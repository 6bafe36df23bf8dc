// A listening socket that takes connections from its first moment and keeps them until someone answers.
import { createServer, type Server, type Socket } from 'node:net';

export interface Listener {
  /** Hands over the connections that wait, and from then on each as it comes. To be called once. */
  accept(take: (socket: Socket) => void): void;
  /** Listens at one more address, as when the name of the first was taken away. */
  also(address: string): Promise<void>;
  /** Stops listening and ends every connection, taken or not. May be called twice. */
  close(): Promise<void>;
}

/** More than agents, windows and command lines of one workspace can be. */
const maxConnections = 256;

/** Rejects with the system's own error when the address cannot be had. */
export async function listen(address: string): Promise<Listener> {
  const open = new Set<Socket>();
  const servers: Server[] = [];
  let take: ((socket: Socket) => void) | undefined;
  let closed: Promise<void> | undefined;
  const onConnection = (socket: Socket): void => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => {}); // always followed by `close`
    take?.(socket);
  };
  const also = async (at: string): Promise<void> => {
    const server = await serve(at, onConnection);
    servers.push(server);
    if (closed) server.close();
  };
  await also(address);
  return {
    accept(takeNow) {
      take = takeNow;
      for (const socket of [...open]) takeNow(socket);
    },
    also,
    close() {
      closed ??= Promise.all(servers.map(ended)).then(() => undefined);
      for (const socket of open) socket.destroy();
      return closed;
    },
  };
}

function serve(address: string, onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ pauseOnConnect: true }, onConnection);
  server.maxConnections = maxConnections;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      server.on('error', () => {}); // no room for one more connection; those that stand are not to fall with it
      resolve(server);
    });
  });
}

function ended(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
