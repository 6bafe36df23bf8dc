// Where this user keeps settings for programs: outside every workspace, and writable by them alone.
import { join } from 'node:path';
import { baseFolder, homeFolder } from '../files/homeFolder';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Our own folder there; it need not exist. */
export function configFolder(env: Environment): string {
  return join(configHome(env), 'parallel-agents');
}

function configHome(env: Environment): string {
  if (process.platform === 'win32') return env.APPDATA ?? join(homeFolder(), 'AppData', 'Roaming');
  if (process.platform === 'darwin') return join(homeFolder(), 'Library', 'Application Support');
  return baseFolder(env.XDG_CONFIG_HOME) ?? join(homeFolder(), '.config');
}
