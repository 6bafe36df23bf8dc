// A client's live link to the host of one workspace, whichever process that host runs in.
import type { Event } from '../core/events/event';
import type { Snapshot } from '../core/events/snapshot';
import type { ModelAccess } from '../core/models/modelAccess';
import type { LeftOut } from '../core/settings/machineSettings';
import type { RunSettings } from '../core/settings/runSettings';
import type { FeatureId, Slot } from '../core/shared/ids';
import type { LongText } from '../core/shared/longText';
import type { Result } from '../core/shared/result';
import type { clientMethods } from '../protocol/hubMethods';
import type { LoadedBacklog, PlacedProblem } from '../protocol/hubValues';
import type { Asking, ParamsOf, Sent } from '../protocol/method';
import type { Link } from './link';
import type { ModelOffer } from './modelOffer';

/**
 * Lives until `close`. When the host it speaks to goes, it joins the next one, or becomes it, by itself; listeners then
 * see a change with `reset`, and one for every change of `link`. Calls made in between wait some seconds for the next
 * host. Calls reject with a `Failure` when no host can be had, and with `OwnerSilent` when the owner does not answer.
 */
export interface Session {
  readonly root: string;
  readonly snapshot: Snapshot;
  readonly role: 'owner' | 'follower';
  readonly link: Link;
  /** What the last reading of the backlog gave. */
  readonly backlog: 'none' | 'bad' | 'loaded';
  readonly problems: readonly PlacedProblem[];
  /** What it accepted, and is still worth a word. */
  readonly notices: readonly PlacedProblem[];
  /**
   * `reset`: the snapshot was replaced as a whole, for another host is there; `events` then are what happened in between,
   * as far as it is known. Returns the way to stop listening.
   */
  onChange(listener: (change: SessionChange) => void): () => void;
  onOutput(listener: (output: AgentOutput) => void): () => void;
  /** Every other request, as `hubMethods.ts` declares it. */
  readonly ask: Omit<Asking<typeof clientMethods>, KeptBySession>;
  /** All of a text; rejects with `corrupt` when it is gone, as those of events long past are. */
  text(text: LongText): Promise<string>;
  /** Stored events after `since`, oldest first. */
  events(since: number, limit: number): Promise<readonly Event[]>;
  /**
   * Reads the backlog again; `file` is its path in the workspace, to be used from now on. When it resolves the snapshot
   * has all of it.
   */
  loadBacklog(file?: string): Promise<LoadedBacklog>;
  /** `leftOut`: what the user of the host's process does not allow. */
  start(start: {
    readonly settings: RunSettings;
    readonly allowedCommands: readonly string[];
    readonly variables: readonly string[];
    readonly access?: readonly ModelAccess[];
  }): Promise<Result<{ runId: number; leftOut: LeftOut }>>;
  configure(change: Asked): Promise<Result<{ leftOut: LeftOut }>>;
  /** The changes that wait for the user's approval, as a unified diff to be shown as it is. */
  diff(featureId: FeatureId): Promise<Result<string>>;
  humanEditing(paths: readonly string[]): Promise<object>;
  /** Offers these models to this host and every next one, in the place of what was offered before. */
  offerModels(offer: ModelOffer): Promise<void>;
  /** Resolves within 5 s whatever state the host is in. */
  close(): Promise<void>;
}

/** What the session asks by itself, or in parts, or asks the next host again. */
type KeptBySession =
  | keyof Pick<typeof clientMethods, 'hello' | 'snapshotPage' | 'events' | 'text' | 'diff'>
  | keyof Pick<
      typeof clientMethods,
      'loadBacklog' | 'startRun' | 'configureRun' | 'humanEditing' | 'offerModels'
    >;

/** What a client asks for when it changes a run, or starts one; what is absent stays as it is. */
export type Asked = Sent<ParamsOf<typeof clientMethods.configureRun>>;

export interface SessionChange {
  readonly events: readonly Event[];
  readonly reset: boolean;
}

export interface AgentOutput {
  readonly slot: Slot;
  readonly fence: number;
  readonly text: string;
}
