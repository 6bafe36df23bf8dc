// Which processes belong to one that is to be ended: itself, its group and session, its descendants, and all that
// carry its tag, so that a grandchild in a session of its own whose parents are gone is found as well.
//
// What strips its environment, leaves its session and loses its parents is not found, unless processes are in a namespace of
// their own (`DiskView.ownProcesses`): there such a one gets the namespace's first process for a parent, which has the tag.
import type { ProcessIdentity } from '../../core/events/event';
import type { ProcessRow } from './processTable';
import { carriesTag } from './processTag';

export interface FamilyHead {
  readonly process?: ProcessIdentity;
  readonly tag: string;
  /**
   * If `process` is gone, its parent has seen it end just now. Its group and session are then still its own though
   * nothing is left to prove it by; after a while the number may be another's.
   */
  readonly justEnded?: boolean;
}

/** Remembers from one listing to the next whom it has met: children are known by parents that are gone since. */
export interface ProcessFamily {
  /** The members that live, zombies left out. Never `self`, nor anything for being a child of `self`. */
  gather(rows: readonly ProcessRow[]): ProcessRow[];
  /** The groups that one of us led, gone or not, and in which the last listing had one of us alive. */
  groups(): readonly number[];
  has(row: ProcessRow): boolean;
  /** How many different processes were met alive. */
  met(): number;
}

export function createProcessFamily(
  { process: head, tag, justEnded }: FamilyHead,
  self: number,
): ProcessFamily {
  const known = new Set(head ? [identityText(head)] : []);
  const metAlive = new Set<string>();
  /** Groups and sessions that one of us led; the system keeps the number for them while they have members. */
  let groups: readonly number[] = [];
  let led = new Set(head && justEnded ? [head.pid] : []);

  function isRoot(row: ProcessRow): boolean {
    return (
      known.has(identityText(row)) ||
      carriesTag(row.lineage, tag) ||
      led.has(row.group) ||
      led.has(row.session)
    );
  }

  return {
    gather(rows) {
      // A stranger with the number of a leader: ours has gone, its group with it, and the number is used anew.
      for (const row of rows) if (led.has(row.pid) && !known.has(identityText(row))) led.delete(row.pid);

      const followersOf = new Map<number, ProcessRow[]>();
      for (const row of rows)
        for (const leader of new Set([row.parent, row.group, row.session])) {
          const followers = followersOf.get(leader);
          if (followers) followers.push(row);
          else followersOf.set(leader, [row]);
        }

      const members = new Set<ProcessRow>();
      const queue = rows.filter(isRoot);
      for (const row of queue) {
        if (members.has(row) || row.pid === self) continue;
        members.add(row);
        queue.push(...(followersOf.get(row.pid) ?? []));
      }

      const living = [...members].filter(({ zombie }) => !zombie);
      for (const row of members) known.add(identityText(row));
      for (const row of living) metAlive.add(identityText(row));
      const leaders = new Set([...led, ...[...members].map(({ pid }) => pid)]);
      led = new Set(living.flatMap(({ group, session }) => [group, session]).filter((id) => leaders.has(id)));
      groups = [...new Set(living.map(({ group }) => group))].filter((id) => led.has(id));
      return living;
    },
    groups: () => groups,
    has: (row) => known.has(identityText(row)),
    met: () => metAlive.size,
  };
}

function identityText({ pid, started }: ProcessIdentity): string {
  return `${pid}@${started}`;
}
