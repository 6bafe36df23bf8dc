// Starts worker processes in a session of their own, so that they outlive the host that started them.
import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import path from 'node:path';
import { Failure } from '../../ports/failure';
import type { WorkerHandle, WorkerSpawner } from '../../ports/workers';
import { type Environment, programEnvironment } from './childEnvironment';
import { addTags, tagVariable } from './processTag';
import { createProcessTerminator, type ProcessTree } from './processTree';
import { startChild } from './startChild';
import { WorkerLogs } from './workerLogs';

export interface WorkerSpawnerOptions {
  /** The bundled `worker/main.ts`. */
  readonly workerPath: string;
  /** Node, or the editor's executable, which acts as Node for the worker. */
  readonly execPath: string;
  /** The workspace's `.parallel-agents`: its `logs` get `worker-<slot>.log` and that of the worker before it in that slot. */
  readonly stateDir: string;
  readonly ender?: ProcessTree;
  readonly environment?: Environment;
}

/** A worker that has no slot yet. */
export interface IdleWorker extends WorkerHandle {
  /** Names its log for the slot. Once, before `begin`. */
  takeSlot(slot: number): void;
  /** Ends it at once: nobody needs it. Not after `begin`. */
  dismiss(): void;
}

export interface WorkerStarter {
  /** As the port's `spawn`, for a slot that is not known yet. */
  start(tag: string): Promise<IdleWorker>;
}

export function createWorkerSpawner({
  workerPath,
  execPath,
  stateDir,
  ender = createProcessTerminator(),
  environment = process.env,
}: WorkerSpawnerOptions): WorkerSpawner & WorkerStarter {
  const logs = new WorkerLogs(stateDir);

  async function start(tag: string): Promise<IdleWorker> {
    const log = await logs.open();
    try {
      const worker = await startChild('a worker', () =>
        spawn(execPath, [workerPath], {
          cwd: path.parse(stateDir).root, // a folder of the user's could not be removed while a worker sits in it
          env: programEnvironment(environment, addTags(environment[tagVariable], tag)),
          // The log is a file, not a pipe: a worker whose pipe breaks with its host would die of it.
          stdio: ['pipe', log.file.fd, log.file.fd],
          detached: true,
          windowsHide: true,
        }),
      );
      const exited = new Promise<Awaited<WorkerHandle['exited']>>((resolve) => {
        worker.once('exit', async (code, signal) => resolve({ code, signal, outputTail: await log.close() }));
      });
      const { pid, stdin } = worker;
      const identity = pid === undefined ? undefined : await ender.identify(pid);
      if (!identity || !(stdin instanceof Socket)) {
        worker.kill('SIGKILL');
        throw new Failure('spawn', 'The worker ended before it could be told from others.');
      }
      stdin.on('error', () => undefined); // it ended before it began, which `exited` tells
      stdin.unref();
      worker.unref();

      let hasBegun = false;
      return {
        process: identity,
        begin(hello) {
          if (hasBegun) throw new Error('A worker can begin once only.');
          hasBegun = true;
          stdin.end(`${JSON.stringify(hello)}\n`);
        },
        exited,
        takeSlot: (slot) => log.nameFor(slot),
        // It has started nothing that would have to be looked for.
        dismiss: () => void worker.kill('SIGKILL'),
      };
    } catch (error) {
      await log.close();
      throw error;
    }
  }

  return {
    start,
    async spawn({ slot, tag }) {
      const worker = await start(tag);
      worker.takeSlot(slot);
      return worker;
    },
  };
}
