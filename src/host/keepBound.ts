// Keeps an owner's socket where others look for it, also when its folder is cleaned away or its name taken meanwhile.
import { randomBytes } from 'node:crypto';
import { watch } from 'node:fs';
import { link, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Endpoint, isAnswering, listEpochs, touch, writeEndpoint } from '../hub/discovery';
import type { Listener } from '../hub/listener';
import { isOurs, privatePath, type RuntimeBases, socketPath } from '../hub/runtimeFolder';
import { Failure } from '../ports/failure';
import { SerialQueue } from '../ports/serialQueue';

export interface BoundSocket {
  /** Where it is bound. Rewritten here: somebody else may take the folder's name. */
  folder: string;
  readonly epoch: number;
  readonly endpoint: Endpoint;
  /** The files that show it to others: the socket's name and the card. Rewritten here. */
  files: readonly string[];
  readonly listener: Listener;
  /** Returns the folder to bind it in now, made if need be: the same, or the next best. Rejects when there is none. */
  readonly findFolder: () => Promise<string>;
  /** Called when it has been bound in another folder. */
  onMoved: () => void;
  readonly place?: RuntimeBases | undefined;
  readonly watchFolder?: WatchFolder | undefined;
}

export interface Keeper {
  /**
   * The socket's path, bound anew first where it was taken away. Throws `Failure`: `noMeeting` when it can be bound
   * nowhere, and what the disk says.
   */
  path(): Promise<string>;
  /** Resolves when nothing is bound any more that was not before. */
  stop(): Promise<void>;
}

/** Calls `changed` after any change in a folder, and after its removal, which ends it. May throw. */
export type WatchFolder = (folder: string, changed: () => void) => { close(): void };

/** Cleaners of /tmp take what was not touched for three days or more. */
const touchEveryMs = 6 * 60 * 60 * 1000;
/** Where the system has no more watches to give. */
const lookEveryMs = 30_000;

export function keepBound(socket: BoundSocket): Keeper {
  const { watchFolder = watchWithSystem } = socket;
  let stopped = false;
  let watchers = watchBoth();
  const looks = new SerialQueue();

  /** The one above tells when it is moved away as a whole, of which the inner one hears nothing. */
  function watchBoth(): readonly { close(): void }[] {
    try {
      const { folder } = socket;
      return [folder, path.dirname(folder)].map((each) => watchFolder(each, lookSoon));
    } catch {
      return [];
    }
  }
  function look(): Promise<void> {
    return looks.run(async () => {
      if (stopped || (await isThere(socket))) return;
      try {
        await bindAgain(socket);
      } finally {
        for (const watcher of watchers) watcher.close();
        watchers = stopped ? [] : watchBoth();
      }
      // Taken away once more before it was watched again?
      if (!(await isThere(socket))) lookSoon();
    });
  }
  function lookSoon(): void {
    look().catch(() => undefined); // tried again with the next look
  }
  const fresh = setInterval(() => {
    void touch([socket.folder, ...socket.files]);
    lookSoon(); // of a folder further up that was moved away nothing is told
  }, touchEveryMs).unref();
  const regular = setInterval(() => watchers.length === 0 && lookSoon(), lookEveryMs).unref();
  return {
    async path() {
      await look();
      return socketPath(socket.folder, socket.epoch);
    },
    async stop() {
      stopped = true;
      clearInterval(fresh);
      clearInterval(regular);
      for (const watcher of watchers) watcher.close();
      await looks.idle;
    },
  };
}

/** In a folder of ours the socket has its name, and the card that is found by its inode lies beside it. */
async function isThere({ folder, epoch, files, place }: BoundSocket): Promise<boolean> {
  // Whoever has taken the folder's name may have put anything into it.
  if (!(await isOurs(folder, place))) return false;
  const [address, endpointFile] = [socketPath(folder, epoch), files.find((file) => file.endsWith('.token'))];
  const inode = await inodeOf(address);
  if (inode === undefined || !endpointFile?.endsWith(`.${inode}.token`)) return false;
  return (await inodeOf(endpointFile)) !== undefined;
}

function inodeOf(file: string): Promise<bigint | undefined> {
  return stat(file, { bigint: true }).then(
    ({ ino }) => ino,
    () => undefined,
  );
}

/** As the claim was made: listens under a private name, lays the card, and links. Rejects when it is another's by now. */
async function bindAgain(socket: BoundSocket): Promise<void> {
  const folder = await folderFor(socket);
  const { epoch, endpoint, listener } = socket;
  const address = socketPath(folder, epoch);
  const inode = await inodeOf(address);
  if (socket.files.includes(address) && socket.files.some((file) => file.endsWith(`.${inode}.token`))) {
    socket.files = [address, await writeEndpoint(folder, epoch, address, endpoint)]; // only the card was taken away
    return;
  }
  if (inode !== undefined && !(await isAnswering(address))) await rm(address, { force: true }); // of an earlier owner
  const own = privatePath(folder, randomBytes(8).toString('hex'));
  await listener.also(own);
  const endpointFile = await writeEndpoint(folder, epoch, own, endpoint);
  const isLinked = await link(own, address).then(
    () => true,
    () => false,
  );
  await rm(own, { force: true });
  if (isLinked && !(await hasSuccessor(folder, epoch))) {
    const isMoved = folder !== socket.folder;
    Object.assign(socket, { folder, files: [address, endpointFile] });
    if (isMoved) socket.onMoved();
    return;
  }
  // A lower one that came in between learns from the database that it is not the owner; a higher one is our successor.
  await rm(endpointFile, { force: true });
  if (isLinked) await rm(address, { force: true });
  throw new Failure('noMeeting', `Agents cannot reach this process: another one has its name in ${folder}.`);
}

async function folderFor({ findFolder }: BoundSocket): Promise<string> {
  try {
    return await findFolder();
  } catch (error) {
    if (!Failure.is(error, 'denied')) throw error;
    throw new Failure('noMeeting', `Agents cannot reach this process any more. ${error.message}`, {
      cause: error,
    });
  }
}

async function hasSuccessor(folder: string, epoch: number): Promise<boolean> {
  for (const other of await listEpochs(folder))
    if (other > epoch && (await isAnswering(socketPath(folder, other)))) return true;
  return false;
}

const watchWithSystem: WatchFolder = (folder, changed) => {
  const watcher = watch(folder, { persistent: false }, changed);
  watcher.on('error', () => watcher.close());
  return watcher;
};
