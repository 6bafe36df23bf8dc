// Lets a test see real processes live and end by events: each holds a connection to the test for as long as it lives.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Lifeline {
  /** For the test's own files, removed with it. */
  readonly folder: string;
  /** Shell text of a program that connects, and then lives until it is ended, a hundred seconds at most. */
  program(options?: { readonly ignoresTerm?: boolean }): string;
  /** The next process that connects. */
  next(): Promise<Living>;
  close(): Promise<void>;
}

interface Living {
  readonly pid: number;
  /** Its connection broke, which only its end can do. */
  readonly ended: Promise<void>;
  /** Resolves with its answer: proof that it lives now. */
  ping(): Promise<string>;
}

export async function openLifeline(): Promise<Lifeline> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lifeline-'));
  const address = path.join(folder, 'socket');
  const arrived: Living[] = [];
  const waiting: ((living: Living) => void)[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    const answer = () =>
      new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
    void answer().then((pid) => {
      const ping = () => {
        socket.write('?');
        return answer();
      };
      const living = { pid: Number(pid), ended, ping };
      const taker = waiting.shift();
      if (taker) taker(living);
      else arrived.push(living);
    });
  });
  await new Promise<void>((resolve) => server.listen(address, resolve));

  return {
    folder,
    program({ ignoresTerm = false } = {}) {
      const script = [
        'process.title = "lifeline"',
        ignoresTerm ? 'process.on("SIGTERM", () => {})' : '',
        `const s = require("net").connect(${JSON.stringify(address)})`,
        's.on("data", () => s.write("alive")).write(String(process.pid))',
        'setTimeout(() => process.exit(), 100000)',
      ].join(';');
      return `'${process.execPath}' -e '${script}'`;
    },
    next() {
      const living = arrived.shift();
      return living ? Promise.resolve(living) : new Promise((resolve) => waiting.push(resolve));
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
