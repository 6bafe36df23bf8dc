// Two ends of one connection, in memory or over a real socket, for tests that hold for both.
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { type Duplex, duplexPair } from 'node:stream';
import { listen } from '../../src/hub/listener';

export interface TwoEnds {
  readonly near: Duplex;
  readonly far: Duplex;
  /** Ends both and leaves nothing behind. */
  close(): Promise<void>;
}

export const channels: readonly (readonly [name: string, open: () => Promise<TwoEnds>])[] = [
  ['in memory', openInMemory],
  ['over a socket', openSocketPair],
];

async function openInMemory(): Promise<TwoEnds> {
  const [near, far] = duplexPair();
  return {
    near,
    far,
    close: async () => {
      near.destroy();
      far.destroy();
    },
  };
}

async function openSocketPair(): Promise<TwoEnds> {
  // Not the system's temporary folder, whose path may be too long for a socket.
  const folder = await mkdtemp('/tmp/two-ends-');
  const address = path.join(folder, 'it.sock');
  const listener = await listen(address);
  const accepted = new Promise<Socket>((resolve) => listener.accept(resolve));
  const near = connect(address);
  near.on('error', () => {});
  const far = await accepted;
  return {
    near,
    far,
    async close() {
      near.destroy();
      await listener.close();
      await rm(folder, { recursive: true });
    },
  };
}
