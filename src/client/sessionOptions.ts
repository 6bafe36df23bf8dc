// What a client says of itself when it joins a workspace.
import type { ClientKind } from '../core/events/event';
import type { Elsewhere } from './elsewhere';

export interface SessionOptions {
  /** The workspace; its real path, once it has been joined. */
  readonly root: string;
  readonly face: ClientKind;
  /** Go on at once with a run that an earlier host left open; without it, only when `start` is called. */
  readonly goOn: boolean;
  /** What to do with a database that was made elsewhere. */
  readonly elsewhere: Elsewhere;
  readonly log: (line: string) => void;
  /** Told, in sentences for people, what the opening has to wait for where that takes seconds. */
  readonly onWait?: (what: string) => void;
}
