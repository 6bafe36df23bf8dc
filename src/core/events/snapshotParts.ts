// A snapshot taken apart for the wire, and put together again at the other end.
import type { Feature } from '../features/feature';
import type { Hold, Wait } from '../locks/lockTable';
import { inPages } from '../shared/inPages';
import type { CategoryHistory } from './history';
import type { Agent, Snapshot } from './snapshot';

/** What does not grow with the backlog. */
export type SnapshotHead = Omit<Snapshot, 'features' | 'agents' | 'locks' | 'experience'>;

/** One entry of a list that does. */
export type SnapshotPart =
  | { readonly kind: 'feature'; readonly feature: Feature }
  | { readonly kind: 'agent'; readonly agent: Agent }
  | { readonly kind: 'hold'; readonly hold: Hold }
  | { readonly kind: 'wait'; readonly wait: Wait }
  | { readonly kind: 'human'; readonly path: string }
  | { readonly kind: 'experience'; readonly category: CategoryHistory };

export function headOf(snapshot: Snapshot): SnapshotHead {
  const { features: _, agents: __, locks: ___, experience: ____, ...head } = snapshot;
  return head;
}

/** The rest, a page at a time: a snapshot never changes, so all pages are of one moment however late they are asked for. */
export function pagesOf(snapshot: Snapshot): Generator<readonly SnapshotPart[]> {
  return inPages(partsOf(snapshot));
}

function* partsOf({ features, agents, locks, experience }: Snapshot): Generator<SnapshotPart> {
  for (const agent of Object.values(agents)) yield { kind: 'agent', agent };
  for (const hold of locks.holds) yield { kind: 'hold', hold };
  for (const wait of locks.waits) yield { kind: 'wait', wait };
  for (const path of locks.human) yield { kind: 'human', path };
  for (const category of experience) yield { kind: 'experience', category };
  for (const feature of Object.values(features)) yield { kind: 'feature', feature };
}

/** @param parts all of them, in order */
export function assemble(head: SnapshotHead, parts: Iterable<SnapshotPart>): Snapshot {
  const features: Record<number, Feature> = {};
  const agents: Record<number, Agent> = {};
  const locks = { holds: [] as Hold[], waits: [] as Wait[], human: [] as string[] };
  const experience: CategoryHistory[] = [];
  for (const part of parts) {
    switch (part.kind) {
      case 'feature':
        features[part.feature.id] = part.feature;
        break;
      case 'agent':
        agents[part.agent.slot] = part.agent;
        break;
      case 'hold':
        locks.holds.push(part.hold);
        break;
      case 'wait':
        locks.waits.push(part.wait);
        break;
      case 'human':
        locks.human.push(part.path);
        break;
      case 'experience':
        experience.push(part.category);
        break;
      default:
        part satisfies never;
    }
  }
  return { ...head, features, agents, locks, experience };
}
