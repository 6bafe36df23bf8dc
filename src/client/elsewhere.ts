// Records that were made elsewhere: what may be asked for them, and what a person is told of it.

/**
 * A database of another user, machine or folder is not gone on with unasked. `goOn`: it is taken over, with this user's
 * settings, and its open run is ended; `startOver`: it is kept aside under a dated name.
 */
export type Elsewhere = 'ask' | 'goOn' | 'startOver';

/** Why a workspace's records are only looked at; each client adds what can be done. */
export const madeElsewhere =
  'The records of Parallel Agents in this folder were made elsewhere: by another user, on another machine, in another folder, or by an earlier version. Nothing goes on with them unless you say so.';

export const adoptedRecords =
  'The records that were made elsewhere are yours from now on. What passed there counts as passing; a run that was open there has been ended.';

export const ownRecords =
  'The records in this folder are your own; there is nothing to decide about them, and they are gone on with.';

export const heldRecords =
  'Another window or command has this folder open, so that nothing is to be decided about its records.';

export function recordsSetAside(name: string, areDamaged: boolean): string {
  const which = areDamaged ? 'are damaged' : 'were made elsewhere';
  return `The records that ${which} are kept in ${name}; everything begins anew.`;
}
