// What a client says of its user when it joins a workspace, be it as the owner's client or as its host.
import type { SessionOptions } from '../client/sessionOptions';
import type { MachineSettings } from '../core/settings/machineSettings';

export interface JoinOptions extends SessionOptions {
  /** Where the built files lie: worker.js, guard.js, sql-wasm.wasm. */
  readonly distDir: string;
  /** The user's own folder for settings, if not the usual one: a secret in it tells their databases from others'. */
  readonly configDir?: string;
  /** What the user of this process allows, from sources no workspace can write to; asked at every use. */
  readonly machine: () => MachineSettings;
}
