// The other end of the hub: how a worker or a client reaches the host.
import { connect, type Socket } from 'node:net';
import { Failure } from '../ports/failure';
import { type ConnectionOptions, createConnection, type HubConnection } from './connection';
import { deniedNotice } from './deniedNotice';
import { formatHandshake, type Handshake } from './handshake';

export interface HubAddress extends Handshake, ConnectionOptions {
  readonly socketPath: string;
}

/**
 * Hook up the notices, then call `listen`. Rejects with `Failure` (`unreachable`) when nobody answers. A host that does
 * not take the token ends the connection: what is asked then rejects, and `closed` resolves, with `unauthorized`.
 * A host that is still starting takes the connection at once and answers when it can.
 */
export async function connectHub(address: HubAddress): Promise<HubConnection> {
  const socket = await open(address.socketPath);
  socket.write(formatHandshake(address));
  const connection = createConnection(socket, address);
  connection.onNotice(deniedNotice, () => {
    connection.dispose(new Failure('unauthorized', 'The host does not take this token.'));
  });
  return connection;
}

function open(socketPath: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    const fail = (cause: Error): void => {
      reject(new Failure('unreachable', 'No host answers in this workspace.', { cause }));
    };
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.off('error', fail);
      resolve(socket);
    });
  });
}
