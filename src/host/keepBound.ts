// Keeps an owner's socket under the name by which others look for it, also when its folder is cleaned away meanwhile.
import { randomBytes } from 'node:crypto';
import { watch } from 'node:fs';
import { link, rm, stat } from 'node:fs/promises';
import { type Card, listEpochs, touch, writeCard } from '../hub/discovery';
import type { Listener } from '../hub/listener';
import { privatePath, socketPath } from '../hub/runtimeFolder';

export interface BoundSocket {
  readonly folder: string;
  readonly epoch: number;
  readonly card: Card;
  /** The files that show it to others: the socket's name and the card. Rewritten here. */
  files: readonly string[];
  readonly listener: Listener;
  /** Makes the folder again. Rejects when it is not to be had, or would be another. */
  readonly makeFolder: () => Promise<void>;
  readonly watchFolder?: WatchFolder;
}

/** Calls `changed` after any change in a folder, and after its removal, which ends it. May throw. */
export type WatchFolder = (folder: string, changed: () => void) => { close(): void };

/** Cleaners of /tmp take what was not touched for three days or more. */
const touchEveryMs = 6 * 60 * 60 * 1000;
/** Where the system has no more watches to give. */
const lookEveryMs = 30_000;

/** @returns the way to stop; resolves when nothing is bound any more that was not before */
export function keepBound(socket: BoundSocket): () => Promise<void> {
  const { folder, watchFolder = watchWithSystem } = socket;
  let stopped = false;
  let watcher = tryWatching();
  let last: Promise<unknown> = Promise.resolve();

  function tryWatching(): { close(): void } | undefined {
    try {
      return watchFolder(folder, look);
    } catch {
      return undefined;
    }
  }
  function look(): void {
    last = last.then(async () => {
      if (stopped || (await isThere(socket))) return;
      const isBound = await bindAgain(socket).catch(() => false); // tried again with the next look
      watcher?.close();
      watcher = stopped ? undefined : tryWatching();
      // Taken away once more before it was watched again?
      if (isBound && !(await isThere(socket))) look();
    });
  }
  const fresh = setInterval(() => {
    void touch([folder, ...socket.files]);
    look(); // of a folder further up that was moved away nothing is told
  }, touchEveryMs).unref();
  const regular = setInterval(() => (watcher ? undefined : look()), lookEveryMs).unref();
  return async () => {
    stopped = true;
    clearInterval(fresh);
    clearInterval(regular);
    watcher?.close();
    await last;
  };
}

/** The socket has its name, and the card that is found by its inode lies beside it. */
async function isThere({ folder, epoch, files }: BoundSocket): Promise<boolean> {
  const [address, cardFile] = [socketPath(folder, epoch), files.find((file) => file.endsWith('.token'))];
  const inode = await inodeOf(address);
  if (inode === undefined || !cardFile?.endsWith(`.${inode}.token`)) return false;
  return (await inodeOf(cardFile)) !== undefined;
}

function inodeOf(file: string): Promise<bigint | undefined> {
  return stat(file, { bigint: true }).then(
    ({ ino }) => ino,
    () => undefined,
  );
}

/** As the claim was made: listens under a private name, lays the card, and links. False when it is another's by now. */
async function bindAgain(socket: BoundSocket): Promise<boolean> {
  const { folder, epoch, card, listener } = socket;
  const address = socketPath(folder, epoch);
  await socket.makeFolder();
  const inode = await inodeOf(address);
  if (inode !== undefined && socket.files.some((file) => file.endsWith(`.${inode}.token`))) {
    socket.files = [address, await writeCard(folder, epoch, address, card)]; // only the card was taken away
    return true;
  }
  const own = privatePath(folder, randomBytes(8).toString('hex'));
  await listener.also(own);
  const cardFile = await writeCard(folder, epoch, own, card);
  const isOurs = await link(own, address).then(
    () => true,
    () => false,
  );
  await rm(own, { force: true });
  const [highest] = await listEpochs(folder);
  if (isOurs && highest === epoch) {
    socket.files = [address, cardFile];
    return true;
  }
  // A lower one that came in between learns from the database that it is not the owner; a higher one is our successor.
  await rm(cardFile, { force: true });
  if (isOurs) await rm(address, { force: true });
  return false;
}

const watchWithSystem: WatchFolder = (folder, changed) => {
  const watcher = watch(folder, { persistent: false }, changed);
  watcher.on('error', () => watcher.close());
  return watcher;
};
