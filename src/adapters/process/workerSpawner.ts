// Starts worker processes in a session of their own, so that they outlive the host that started them.
import { spawn } from 'node:child_process';
import { type FileHandle, mkdir, open, rename } from 'node:fs/promises';
import { Socket } from 'node:net';
import path from 'node:path';
import { Failure } from '../../ports/failure';
import type { WorkerHandle, WorkerSpawner } from '../../ports/workers';
import { type Environment, programEnvironment } from './childEnvironment';
import { cleanTail } from './outputTail';
import { addTags, tagVariable } from './processTag';
import { createProcessEnder, type ProcessTree } from './processTree';
import { startChild } from './startChild';

export interface WorkerSpawnerOptions {
  /** The bundled `worker/main.ts`. */
  readonly workerPath: string;
  /** Node, or the editor's executable, which acts as Node for the worker. */
  readonly execPath: string;
  /** Gets `worker-<slot>.log` and the log of the worker before it in that slot. */
  readonly logDir: string;
  readonly ender?: ProcessTree;
  readonly environment?: Environment;
}

const logTailBytes = 64 * 1024;

export function createWorkerSpawner({
  workerPath,
  execPath,
  logDir,
  ender = createProcessEnder(),
  environment = process.env,
}: WorkerSpawnerOptions): WorkerSpawner {
  return {
    async spawn({ slot, tag }) {
      const log = await openLog(logDir, slot);
      try {
        const worker = await startChild('a worker', () =>
          spawn(execPath, [workerPath], {
            cwd: path.parse(logDir).root, // a folder of the user's could not be removed while a worker sits in it
            env: programEnvironment(environment, addTags(environment[tagVariable], tag)),
            // The log is a file, not a pipe: a worker whose pipe breaks with its host would die of it.
            stdio: ['pipe', log.fd, log.fd],
            detached: true,
            windowsHide: true,
          }),
        );
        const exited = new Promise<Awaited<WorkerHandle['exited']>>((resolve) => {
          worker.once('exit', async (code, signal) =>
            resolve({ code, signal, outputTail: await endOf(log) }),
          );
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
        };
      } catch (error) {
        await log.close();
        throw error;
      }
    },
  };
}

/** Empty, readable by the user only; the one before it is kept under another name. */
async function openLog(logDir: string, slot: number): Promise<FileHandle> {
  const file = path.join(logDir, `worker-${slot}.log`);
  try {
    await mkdir(logDir, { recursive: true });
    await rename(file, path.join(logDir, `worker-${slot}.previous.log`)).catch(() => undefined);
    return await open(file, 'a+', 0o600);
  } catch (cause) {
    throw new Failure('spawn', `Could not open the log of a worker: ${file}`, { cause });
  }
}

/** Read through the handle, since the file's name may be the next worker's by now. */
async function endOf(log: FileHandle): Promise<string> {
  try {
    const { size } = await log.stat();
    const start = Math.max(0, size - logTailBytes);
    const { buffer, bytesRead } = await log.read({ buffer: Buffer.alloc(size - start), position: start });
    return cleanTail(buffer.subarray(0, bytesRead));
  } catch {
    return '';
  } finally {
    await log.close().catch(() => undefined);
  }
}
