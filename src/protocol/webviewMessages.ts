// What the dashboard and the extension say to each other; the webview's words are checked before they are believed.
import { z } from 'zod';
import type { Event } from '../core/events/event';
import type { Snapshot } from '../core/events/snapshot';
import { headOf, pagesOf, type SnapshotHead, type SnapshotPart } from '../core/events/snapshotParts';

const id = z.number().int().positive();

/** From the webview: intents only. The view changes when the event comes back. */
export const fromWebview = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }).strict(),
  /** A gap in the event numbers was seen. */
  z.object({ type: z.literal('needSnapshot') }).strict(),
  z.object({ type: z.literal('start'), maxAgents: z.number().int().min(1).max(64) }).strict(),
  z.object({ type: z.literal('setAgents'), maxAgents: z.number().int().min(1).max(64) }).strict(),
  z.object({ type: z.literal('pause') }).strict(),
  z.object({ type: z.literal('resume') }).strict(),
  z.object({ type: z.literal('stop') }).strict(),
  z.object({ type: z.literal('retry'), featureId: id }).strict(),
  z.object({ type: z.literal('showChanges'), featureId: id }).strict(),
  z.object({ type: z.literal('confirm'), featureId: id }).strict(),
  z.object({ type: z.literal('reject'), featureId: id }).strict(),
  z.object({ type: z.literal('openFeature'), featureId: id }).strict(),
  z.object({ type: z.literal('openFile'), path: z.string().max(10_000) }).strict(),
  z.object({ type: z.literal('openBacklog') }).strict(),
  z.object({ type: z.literal('createBacklog') }).strict(),
]);
export type FromWebview = z.infer<typeof fromWebview>;

/** What the dashboard shows beside the snapshot. */
export interface Surroundings {
  readonly trusted: boolean;
  readonly backlog: 'none' | 'bad' | 'loaded';
  /** What the slider says before a run. */
  readonly maxAgents: number;
  readonly agentLimit: number;
  readonly modelNote: string;
  /** What keeps the folder from its host, and what to do: what is shown may be old then. */
  readonly trouble?: string;
}

/** To the webview. A hidden view gets nothing; one that is shown gets a whole snapshot first, in pages. */
export type ToWebview =
  /** Begins a snapshot; one that is on its way is forgotten. No event comes before its end. */
  | { readonly type: 'snapshot'; readonly head: SnapshotHead }
  | { readonly type: 'snapshotPage'; readonly parts: readonly SnapshotPart[] }
  /** From now on the page shows it. */
  | {
      readonly type: 'snapshotEnd';
      readonly surroundings: Surroundings;
      readonly outputs: Readonly<Record<number, string>>;
    }
  | { readonly type: 'events'; readonly events: readonly Event[] }
  | { readonly type: 'surroundings'; readonly surroundings: Surroundings }
  | { readonly type: 'output'; readonly slot: number; readonly fence: number; readonly text: string };

/** What begins a snapshot, and all its pages; its end is for the caller to tell. */
export function* snapshotMessages(snapshot: Snapshot): Generator<ToWebview> {
  yield { type: 'snapshot', head: headOf(snapshot) };
  for (const parts of pagesOf(snapshot)) yield { type: 'snapshotPage', parts };
}
