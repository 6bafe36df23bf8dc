// What a face says of itself and of its user when it joins a workspace, be it as the owner's client or as its host.
import type { Face } from '../core/events/event';
import type { MachineSettings } from '../core/settings/machineSettings';
import type { Elsewhere } from './elsewhere';

export interface JoinOptions {
  /** The workspace; its real path, once it has been joined. */
  readonly root: string;
  readonly face: Face;
  /** Where the built files lie: worker.js, guard.js, sql-wasm.wasm. */
  readonly distDir: string;
  /** Go on at once with a run that an earlier host left open; without it, only when `start` is called. */
  readonly goOn: boolean;
  /** What to do with a database that was made elsewhere. */
  readonly elsewhere: Elsewhere;
  /** The user's own folder for settings, if not the usual one: a secret in it tells their databases from others'. */
  readonly configDir?: string;
  /** What the user of this process allows, from sources no workspace can write to; asked at every use. */
  readonly machine: () => MachineSettings;
  readonly log: (line: string) => void;
  /** Told, in sentences for people, what the opening has to wait for where that takes seconds. */
  readonly onWait?: (what: string) => void;
}
