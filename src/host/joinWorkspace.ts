// Joins a face to its workspace: as the owner's own client, or as a mirror that becomes the owner when the first one goes. The
// only door through which a face comes to a host.
import { realpath } from 'node:fs/promises';
import { createProcessEnder } from '../adapters/process/processTree';
import { diskFailure } from '../adapters/store/diskFiles';
import type { FindHost, FoundHost, HostAsk } from '../client/findHost';
import { LiveSession } from '../client/liveSession';
import type { Session } from '../client/session';
import { emptySnapshot, type Snapshot } from '../core/events/snapshot';
import type { OwnerProcess } from '../hub/discovery';
import { Failure } from '../ports/failure';
import { createHost } from './createHost';
import type { JoinOptions } from './joinOptions';
import { lookAtRecords } from './lookAtRecords';
import { claimOwnership } from './ownership';

/**
 * A link to the workspace's host; or, where the database was made by another user, on another machine or in another
 * folder, only a look at what it holds: nothing of it was changed, nothing started, nothing ended.
 */
export type Joined =
  | {
      readonly kind: 'session';
      readonly session: Session;
      /** What was found or done at the opening that a person has to know. */
      readonly told: readonly string[];
    }
  | { readonly kind: 'elsewhere'; readonly snapshot: Snapshot };

/**
 * Throws `Failure` when neither an owner can be reached nor the workspace be owned; `OwnerSilent` when there is an owner
 * that does not answer.
 */
export async function joinWorkspace(options: JoinOptions): Promise<Joined> {
  const self = await createProcessEnder().self();
  const root = await realpath(options.root);
  const startedAt = Math.round(performance.timeOrigin);
  const session = new LiveSession(
    { ...options, root },
    finding({ ...options, root }, { ...self, startedAt }),
  );
  try {
    return { kind: 'session', session, told: await session.join() };
  } catch (error) {
    if (!Failure.is(error, 'elsewhere')) throw error;
    return { kind: 'elsewhere', snapshot: await lookAt(root, options) };
  }
}

/** What a stranger's database holds, as far as it can be read at all; nothing of it is at work here. */
async function lookAt(root: string, { distDir, configDir }: JoinOptions): Promise<Snapshot> {
  const found = await lookAtRecords(root, distDir, configDir).catch(() => undefined);
  return {
    ...(found?.snapshot ?? emptySnapshot),
    agents: {},
    locks: emptySnapshot.locks,
    breaker: null,
    accounts: {},
  };
}

/** @param self this process, for those who find it as the owner */
function finding(options: JoinOptions, self: OwnerProcess): FindHost {
  const { root } = options;
  let [epoch, minEpoch] = [0, 0];
  const find = async ({ isRefused, ...ask }: HostAsk): Promise<FoundHost> => {
    if (isRefused) minEpoch = 2 * epoch;
    const claimed = await claimOwnership(root, { minEpoch, process: self });
    epoch = claimed.epoch;
    if (claimed.kind === 'mirror') return { address: claimed };
    return { address: claimed, own: await createHost({ ...options, ...ask, owner: claimed }) };
  };
  return (ask) =>
    find(ask).catch((error: unknown) => {
      // What the system says comes with a code; anything else is a bug.
      const isSystems = !Failure.is(error) && error instanceof Error && 'code' in error;
      throw isSystems ? diskFailure(error, `join the host of ${root}`) : error;
    });
}
