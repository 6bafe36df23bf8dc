// Where this user keeps settings for programs: outside every workspace, and writable by them alone.
import { homedir } from 'node:os';
import { join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Our own folder there; it need not exist. */
export function configFolder(env: Environment): string {
  return join(baseFolder(env), 'parallel-agents');
}

function baseFolder(env: Environment): string {
  if (process.platform === 'win32') return env.APPDATA ?? join(homedir(), 'AppData', 'Roaming');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support');
  return env.XDG_CONFIG_HOME || join(homedir(), '.config');
}
