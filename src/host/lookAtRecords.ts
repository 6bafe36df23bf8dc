// A look at a workspace's records by someone who owns them not, or not yet: nothing is written, started or made.
import { join } from 'node:path';
import { refuseForeignParts } from '../adapters/files/houseParts';
import { readStoredSnapshot } from '../adapters/store/readStoredSnapshot';
import { configFolder } from '../adapters/system/configFolder';
import { bindingOf } from '../adapters/system/workspaceBinding';
import { emptySnapshot, type Snapshot } from '../core/events/snapshot';
import { userFolders } from '../hub/runtimeFolder';

export interface Records {
  readonly snapshot: Snapshot;
  /** By another user, on another machine, in another folder, or by a version that did not tell. */
  readonly madeElsewhere: boolean;
}

/** Where the secret lies by which this user's records are told from others': the config folder, or what there is. */
export function secretFolders(configDir = configFolder(process.env)): readonly string[] {
  return [configDir, ...(process.platform === 'win32' ? [] : userFolders())];
}

/** Throws `Failure`: `foreign` for a folder that leads elsewhere, `newer` as opening would. @param root a real path */
export async function lookAtRecords(root: string, distDir: string, configDir?: string): Promise<Records> {
  const dir = join(root, '.parallel-agents');
  await refuseForeignParts(dir);
  const stored = await readStoredSnapshot({ dir, wasmPath: join(distDir, 'sql-wasm.wasm') });
  if (!stored) return { snapshot: emptySnapshot, madeElsewhere: false };
  const own = await bindingOf(root, { folders: secretFolders(configDir), make: false });
  return { snapshot: stored.snapshot, madeElsewhere: own === undefined || !stored.bindings.includes(own) };
}
