// A hub for one worker under test: a real socket and protocol, with a host's answers in a few lines.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { defaultLimits } from '../../src/core/settings/runSettings';
import { ok } from '../../src/core/shared/result';
import type { HubConnection } from '../../src/hub/connection';
import { hashToken } from '../../src/hub/handshake';
import { listen } from '../../src/hub/listener';
import { createHubServer } from '../../src/hub/server';
import type { Assignment } from '../../src/ports/coordinator';
import { workerMethods, workerNotices } from '../../src/protocol/workerMethods';
import { repoRoot } from '../support/repoRoot';

export const token = 'token-of-this-worker';

export interface WorkerHub {
  readonly socketPath: string;
  readonly copyDir: string;
  /** What the worker asked, by method and what matters of it, in order. */
  readonly asked: string[];
  /** Resolves with all live output so far, once it contains `words`. */
  logged(words: string): Promise<string>;
  /** The worker's connection, once it is there. */
  readonly connected: Promise<HubConnection>;
  /** Ends all connections and removes the folders. */
  close(): Promise<void>;
}

export async function startWorkerHub(
  assigned: Partial<Assignment>,
  files: Readonly<Record<string, string>> = {},
): Promise<WorkerHub> {
  const folder = await mkdtemp('/tmp/worker-hub-'); // the system's own may be too long for a socket's path
  const copyDir = path.join(folder, 'copy');
  const socketPath = path.join(folder, 'hub.sock');
  await mkdir(copyDir);
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(copyDir, name), text);
  const assignment = { ...workerAssignment, copyDir, ...assigned };
  const asked: string[] = [];
  let arrived: (connection: HubConnection) => void = () => {};
  const connected = new Promise<HubConnection>((resolve) => {
    arrived = resolve;
  });
  const waits: { words: string; resolve: (log: string) => void }[] = [];
  let log = '';

  const hookUp = (connection: HubConnection) => {
    const m = workerMethods;
    const note = (line: string) => {
      asked.push(line);
      return {};
    };
    connection.handle(m.hello, ({ protocol, pid }) => {
      note(`hello ${protocol} ${typeof pid}`);
      return assignment;
    });
    connection.handle(m.progress, ({ step }) => note(`progress ${step}`));
    connection.handle(m.renew, () => note('renew'));
    connection.handle(m.modelPermit, () => ({}));
    connection.handle(m.modelCalled, ({ usage }) => note(`called ${usage.inputTokens}`));
    connection.handle(m.modelLimited, ({ reason }) => note(`limited ${reason}`));
    connection.handle(m.toolBegin, () => ({ kind: 'go' as const }));
    connection.handle(m.toolEnd, ({ tool, ok: isOk, summary }) =>
      note(`${tool} ${isOk}: ${summary.replace(/[\d.]+ s$/, 'n s')}`),
    );
    connection.handle(m.copyReady, () => ({ withheld: [] }));
    connection.handle(m.lockFile, ({ path: at }) => ok({ path: at, fresh: true, waitedMs: 0 }));
    connection.handle(m.releaseFile, ({ path: at }) => ok(at));
    connection.handle(m.writeFile, async ({ path: at, baseHash, content }) => {
      note(`write ${at} on ${baseHash === null ? 'nothing' : 'a base'}`);
      await writeFile(path.join(copyDir, at), content ?? '');
      return ok({
        hash: createHash('sha256')
          .update(content ?? '')
          .digest('hex'),
      });
    });
    connection.handle(m.commandBegin, () =>
      ok({ place: { cwd: copyDir, env: {} }, timeoutMs: 60_000, shell: '/bin/sh' }),
    );
    connection.handle(m.commandEnd, ({ printed }) => ({
      output: printed,
      kept: [],
      dropped: [],
      contested: [],
    }));
    connection.handle(m.submit, ({ summary }) => {
      note(`submit ${summary}`);
      return { kind: 'passing' as const };
    });
    connection.handle(m.handBack, ({ cause, message }) => note(`hand back, ${cause}: ${message}`));
    connection.handle(m.giveUp, ({ reason }) => note(`give up: ${reason}`));
    connection.onNotice(workerNotices.log, ({ text }) => {
      log += text;
      for (const { words, resolve } of waits) if (log.includes(words)) resolve(log);
    });
    arrived(connection);
  };

  const listener = await listen(socketPath);
  const server = createHubServer({
    listener,
    hostToken: 'of a face',
    onWorker: hookUp,
    onClient: () => {},
    onDenied: () => {},
  });
  server.admitWorker(hashToken(token), {});
  return {
    socketPath,
    copyDir,
    asked,
    connected,
    logged: (words) =>
      new Promise((resolve) => (log.includes(words) ? resolve(log) : waits.push({ words, resolve }))),
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface StartedWorker {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  /** Resolves when it is gone. */
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
}

/** Starts the built worker as a host does; `firstLine` is what it gets on its input. */
export function startWorker(firstLine: string, env: NodeJS.ProcessEnv = {}): StartedWorker {
  const worker = spawn(process.execPath, [path.join(repoRoot, 'dist', 'worker.js')], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...env },
  });
  let output = '';
  worker.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  worker.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  worker.stdin.on('error', () => {}); // it may be gone before it has read
  worker.stdin.end(firstLine);
  return { process: worker, ended: once(worker, 'close').then(([code]) => ({ code, output })) };
}

export function helloLine({ socketPath }: WorkerHub, shown = token): string {
  return `${JSON.stringify({ socketPath, token: shown })}\n`;
}

const workerAssignment: Assignment = {
  slot: 1,
  featureId: 1,
  attempt: 1,
  fence: 1,
  name: 'Feature 1',
  description: '',
  category: 'default',
  experts: { roles: [], checklists: [] },
  declaredFiles: [],
  allowedCommands: [],
  secretFiles: [],
  model: 'offline',
  limits: defaultLimits,
  copyDir: '',
  reattachGraceMs: 0,
  tag: 'worker-under-test',
};
