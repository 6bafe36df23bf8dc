// Joins a client to its workspace: as the owner's own client, or as a follower that becomes the owner when the first one goes. The
// only door through which a client comes to a host.
import { realpath } from 'node:fs/promises';
import { createProcessTerminator } from '../adapters/process/processTree';
import { diskFailure } from '../adapters/store/diskFiles';
import type { FindHost, FoundHost, HostAsk } from '../client/findHost';
import { LiveSession } from '../client/liveSession';
import type { Session } from '../client/session';
import { emptySnapshot, type Snapshot } from '../core/events/snapshot';
import type { OwnerProcess } from '../hub/discovery';
import { Failure } from '../ports/failure';
import { createHost } from './createHost';
import type { JoinOptions } from './joinOptions';
import { lookAtRecords, type Records } from './lookAtRecords';
import { claimOwnership } from './ownership';

/**
 * A link to the workspace's host; or, where the database was made by another user, on another machine or in another
 * folder, or by a newer version, only a look at what it holds: nothing of it was changed, nothing started, nothing ended.
 */
export type Joined =
  | {
      readonly kind: 'session';
      readonly session: Session;
      /** What was found or done at the opening that a person has to know. */
      readonly told: readonly string[];
    }
  | { readonly kind: 'elsewhere'; readonly snapshot: Snapshot }
  /** As far as it is understood. `because`: what is to be told whoever wants to go on with it. */
  | { readonly kind: 'newer'; readonly snapshot: Snapshot; readonly because: Failure };

/**
 * Throws `Failure` when neither an owner can be reached nor the workspace be owned; `OwnerSilent` when there is an owner
 * that does not answer.
 */
export async function joinWorkspace(options: JoinOptions): Promise<Joined> {
  const self = await createProcessTerminator().self();
  const root = await realpath(options.root);
  const startedAt = Math.round(performance.timeOrigin);
  const session = new LiveSession(
    { ...options, root },
    finding({ ...options, root }, { ...self, startedAt }),
  );
  try {
    return { kind: 'session', session, told: await session.join() };
  } catch (error) {
    if (!Failure.is(error, 'elsewhere') && !Failure.is(error, 'newer')) throw error;
    const found = await lookAtRecords(root, options.distDir, options.configDir).catch(() => undefined);
    if (error.reason === 'elsewhere') return { kind: 'elsewhere', snapshot: onlyLookedAt(found) };
    if (!found?.newer) throw error;
    return { kind: 'newer', snapshot: onlyLookedAt(found), because: found.newer };
  }
}

/** What a database holds that is not gone on with here; nothing of it is at work. */
function onlyLookedAt(found: Records | undefined): Snapshot {
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
    if (claimed.kind === 'follower') return { address: claimed };
    return { address: claimed, own: await createHost({ ...options, ...ask, owner: claimed }) };
  };
  return (ask) =>
    find(ask).catch((error: unknown) => {
      // What the system says comes with a code; anything else is a bug.
      const isSystems = !Failure.is(error) && error instanceof Error && 'code' in error;
      throw isSystems ? diskFailure(error, `join the host of ${root}`) : error;
    });
}
