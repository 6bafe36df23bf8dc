// The files that workers print to: made before their slot is known, named for it later, read to their end through the
// handle, since the name may be the next worker's by then.
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { Failure } from '../../ports/failure';
import { reasonOf } from '../files/fileFailure';
import type { Folder } from '../files/openFolder';
import { inPart } from '../files/statePart';
import { cleanTail } from './outputTail';

export interface WorkerLog {
  readonly file: FileHandle;
  /** From now on it is `worker-<slot>.log`; the one before it there is kept as `worker-<slot>.previous.log`. */
  nameFor(slot: number): void;
  /** Resolves to the end of what was printed, cleaned; empty when it cannot be read. The answer is the same each time. */
  close(): Promise<string>;
}

const tailBytes = 64 * 1024;

export class WorkerLogs {
  /** Numbers of logs that have no slot yet. */
  readonly #unnamed = new Set<number>();
  /** Renames are done one after the other, so that two workers of one slot never mix their names up. */
  #renamed: Promise<unknown> = Promise.resolve();

  /** @param stateDir `.parallel-agents`, absolute */
  constructor(private readonly stateDir: string) {}

  /** Empty, readable by the user only. */
  async open(): Promise<WorkerLog> {
    let number = 1;
    while (this.#unnamed.has(number)) number += 1;
    this.#unnamed.add(number);
    const name = `worker-spare-${number}.log`;
    try {
      const file = await this.#inFolder(async (folder) => {
        await rm(folder.at(name), { force: true }); // of an earlier host, whose worker may still have it open
        return open(folder.at(name), 'ax+', 0o600);
      });
      return this.#log(file, number, name);
    } catch (cause) {
      this.#unnamed.delete(number);
      if (Failure.is(cause)) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Failure(reasonOf(cause) ?? 'spawn', `Could not open the log of a worker: ${why}`, { cause });
    }
  }

  #inFolder<T>(work: (folder: Folder) => Promise<T>): Promise<T> {
    return inPart(this.stateDir, ['logs'], work);
  }

  #log(file: FileHandle, number: number, name: string): WorkerLog {
    let closed: Promise<string> | undefined;
    let isUnnamed = true;
    const inOrder = (work: () => Promise<unknown>) => {
      this.#renamed = this.#renamed.then(work).catch(() => undefined);
      void this.#renamed.then(() => this.#unnamed.delete(number));
    };
    return {
      file,
      nameFor: (slot) => {
        isUnnamed = false;
        const slotName = `worker-${slot}`;
        inOrder(() =>
          this.#inFolder(async ({ at }) => {
            await rename(at(`${slotName}.log`), at(`${slotName}.previous.log`)).catch(() => undefined);
            await rename(at(name), at(`${slotName}.log`));
          }),
        );
      },
      close: () => {
        if (isUnnamed) inOrder(() => this.#inFolder(({ at }) => rm(at(name), { force: true })));
        isUnnamed = false;
        closed ??= this.#renamed.then(() => endOf(file));
        return closed;
      },
    };
  }
}

async function endOf(file: FileHandle): Promise<string> {
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - tailBytes);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(size - start), position: start });
    return cleanTail(buffer.subarray(0, bytesRead));
  } catch {
    return '';
  } finally {
    await file.close().catch(() => undefined);
  }
}
