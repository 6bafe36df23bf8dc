// The sockets of the system we run on; only Linux tells at a bearable price whose they are.
import { type LocalSockets, unknownSockets } from '../../ports/localSockets';
import { createLinuxSockets } from './linuxSockets';
import { createSystemProcessTable } from './systemProcessTable';

export function createSystemSockets(): LocalSockets {
  return process.platform === 'linux' ? createLinuxSockets(createSystemProcessTable()) : unknownSockets;
}
