// Ports on this machine that nobody listens on, a few together for each slot of a workspace.
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { ownPorts as together } from '../../core/guardrails/neighbours';

/** Below what systems give to whoever asks for any port. */
const [lowest, highest] = [20_000, 32_000];
const mostTries = 100;

/**
 * The first of some free ports, the same ones again as long as they are free: other workspaces and slots begin to look
 * elsewhere. Undefined where none are to be had.
 */
export async function firstFreePort(workspace: string, slot: number): Promise<number | undefined> {
  const blocks = (highest - lowest) / together;
  const own = createHash('sha256').update(`${workspace}\0${slot}`).digest().readUInt32BE() % blocks;
  for (let tries = 0; tries < mostTries; tries++) {
    const first = lowest + ((own + tries) % blocks) * together;
    if (await areFree(first)) return first;
  }
  return undefined;
}

async function areFree(first: number): Promise<boolean> {
  for (let port = first; port < first + together; port++) if (!(await isFree(port))) return false;
  return true;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
