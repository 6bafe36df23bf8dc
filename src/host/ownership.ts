// Who owns a workspace: of all processes that want it, at any time and after any death, exactly one.
import { randomBytes } from 'node:crypto';
import { link, lstat, rm } from 'node:fs/promises';
import { diskFailure } from '../adapters/store/diskFiles';
import {
  findOwner,
  isAnswering,
  listEpochs,
  type OwnerAddress,
  type OwnerProcess,
  sweepBelow,
  sweepDead,
  sweepForgotten,
  writeEndpoint,
} from '../hub/discovery';
import { type Listener, listen } from '../hub/listener';
import { existingFolders, locate, privatePath, type RuntimeBases, socketPath } from '../hub/runtimeFolder';
import { type BoundSocket, keepBound, type WatchFolder } from './keepBound';

export interface Owner extends OwnerAddress {
  readonly kind: 'owner';
  /** Where it listens now. For whoever is to connect: bound anew first where it was taken away. Throws as `Keeper.path`. */
  address(): Promise<string>;
  /** @param tell from now on called after `address` has become another */
  onMoved(tell: () => void): void;
  /** Listens already: who connects before `accept` waits for an answer. */
  readonly listener: Listener;
  /** Gives the workspace up, for the next to take. Touches no file of a successor. May be called twice. */
  withdraw(): Promise<void>;
}

/**
 * Somebody else owns it, or tries to and may yet withdraw. When they cannot be reached, or the connection to them ends,
 * claim again.
 */
export interface Follower extends OwnerAddress {
  readonly kind: 'follower';
}

export interface ClaimOptions {
  /** The highest epoch known from elsewhere, as from the store; an owner's is above it. It displaces nobody. */
  readonly minEpoch?: number;
  /** This process, for those who will find it as the owner. */
  readonly process?: OwnerProcess;
  readonly place?: RuntimeBases;
  /** For tests. */
  readonly watchFolder?: WatchFolder;
}

/**
 * Becomes the owner of the workspace at `root`, or says who is. A living owner is never displaced, however long it does
 * not answer. Throws `Failure` as `locate` and `findOwner` do, and when the disk of the runtime folder refuses.
 *
 * How two are kept from both believing it:
 * 1. Who finds nobody listening takes the epoch above all it saw. It listens under a private name and links that to
 *    `<epoch>.sock`; of several who try, `link` lets one through.
 * 2. It then looks again, and withdraws if it finds a higher epoch, or a lower one where somebody listens. Of two with
 *    different epochs the later to link sees the other. (Both may, and try anew; then they saw the same epochs.)
 * 3. Names stay when their owner goes: only a confirmed owner removes them, and only lower ones. So the highest name
 *    never falls, and no name is bound, freed and bound again under somebody's feet.
 */
export async function claimOwnership(root: string, options: ClaimOptions = {}): Promise<Owner | Follower> {
  const attempt = process.platform === 'win32' ? tryPipe : trySocket;
  for (;;) {
    const folder = await locate(root, options.place);
    const findFolder = () => locate(root, options.place);
    try {
      const seen = await listEpochs(folder);
      const existing = await existingFolders(root, options.place);
      for (const each of existing) {
        const owner = await findOwner(each);
        if (owner) return { kind: 'follower', ...owner };
      }
      const epoch = Math.max(seen[0] ?? 0, options.minEpoch ?? 0) + 1;
      const elsewhere = existing.filter((each) => each !== folder);
      const claimed = await attempt({ folder, epoch, findFolder, elsewhere }, options);
      if (claimed) return claimed;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      throw diskFailure(error, `meet the other windows and commands of this folder in ${folder}`);
    }
  }
}

interface Bid extends Pick<BoundSocket, 'folder' | 'epoch' | 'findFolder'> {
  /** The workspace's folders in other places, in which an owner was before. */
  readonly elsewhere: readonly string[];
}

/** Undefined when another was quicker. */
async function trySocket(bid: Bid, options: ClaimOptions): Promise<Owner | undefined> {
  const { folder, epoch, elsewhere, findFolder } = bid;
  const endpoint = { token: newToken(), process: options.process };
  const address = socketPath(folder, epoch);
  const own = privatePath(folder, newToken());
  const listener = await listen(own).catch((error: unknown) => unlessGone(folder, error));
  if (!listener) return undefined;
  const bound: BoundSocket = {
    folder,
    epoch,
    findFolder,
    endpoint,
    listener,
    files: [],
    onMoved: () => {},
    place: options.place,
    watchFolder: options.watchFolder,
  };
  const withdraw = async (): Promise<void> => {
    await listener.close();
    for (const file of bound.files)
      if (file.endsWith('.token')) await rm(file, { force: true }).catch(unlessTaken);
  };
  try {
    bound.files = [address, await writeEndpoint(folder, epoch, own, endpoint)];
    await link(own, address);
    await rm(own);
    if (await isAlone(folder, epoch)) {
      await sweepBelow(folder, epoch);
      await sweepForgotten(folder, Date.now()).catch(() => undefined); // it is for others; ours stands
      for (const other of elsewhere) await sweepDead(other, epoch).catch(() => undefined);
      const keeper = keepBound(bound);
      return {
        kind: 'owner',
        epoch,
        ...endpoint,
        listener,
        get socketPath() {
          return socketPath(bound.folder, epoch);
        },
        address: () => keeper.path(),
        onMoved: (tell) => {
          bound.onMoved = tell;
        },
        withdraw: () => keeper.stop().then(withdraw),
      };
    }
  } catch (error) {
    // The name is taken, or a new owner has swept our private one away.
    if (!hasCode(error, 'EEXIST', 'ENOENT', 'ENOTDIR')) {
      await withdraw();
      throw error;
    }
  }
  await withdraw();
  return undefined;
}

/** The folder was cleaned away since it was made. (Node tells a missing folder of a socket's name as EACCES.) */
async function unlessGone(folder: string, error: unknown): Promise<undefined> {
  const isGone = (await lstat(folder).catch(() => undefined)) === undefined;
  if (!isGone || !hasCode(error, 'ENOENT', 'EACCES')) throw error;
}

/** Something else has taken the folder's place: nothing of ours is left there to remove. */
function unlessTaken(error: unknown): void {
  if (!hasCode(error, 'ENOTDIR')) throw error;
}

async function isAlone(folder: string, epoch: number): Promise<boolean> {
  const [highest, ...lower] = await listEpochs(folder);
  if (highest !== epoch) return false;
  for (const other of lower) if (await isAnswering(socketPath(folder, other))) return false;
  return true;
}

/** A pipe's name is its lock: the system gives it to one, and takes it back at that one's death. */
async function tryPipe({ folder, epoch }: Bid, { process: self }: ClaimOptions): Promise<Owner | undefined> {
  const token = newToken();
  const address = socketPath(folder, epoch);
  try {
    const listener = await listen(address);
    await writeEndpoint(folder, epoch, address, { token, process: self });
    await sweepBelow(folder, epoch);
    return {
      kind: 'owner',
      epoch,
      socketPath: address,
      token,
      process: self,
      listener,
      address: async () => address,
      onMoved: () => {}, // a pipe has one name
      withdraw: () => listener.close(),
    };
  } catch (error) {
    if (hasCode(error, 'EADDRINUSE')) return undefined;
    throw error;
  }
}

function newToken(): string {
  return randomBytes(32).toString('hex');
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
