// A look at a workspace's records by someone who owns them not, or not yet: nothing is written, started or made.
import { join } from 'node:path';
import { refuseForeignParts } from '../adapters/files/stateParts';
import { readStoredSnapshot } from '../adapters/store/readStoredSnapshot';
import { configFolder } from '../adapters/system/configFolder';
import { bindingOf } from '../adapters/system/workspaceBinding';
import { emptySnapshot, type Snapshot } from '../core/events/snapshot';
import { userFolders } from '../hub/runtimeFolder';
import { Failure } from '../ports/failure';

export interface Records {
  readonly snapshot: Snapshot;
  /** By another user, on another machine, in another folder, or by a version that did not tell. */
  readonly madeElsewhere: boolean;
  /** A newer version has written them: they are what this one understands of them. Why they cannot be gone on with. */
  readonly newer?: Failure;
}

/** Where the secret lies by which this user's records are told from others': the config folder, or what there is. */
export function secretFolders(configDir = configFolder(process.env)): readonly string[] {
  return [configDir, ...(process.platform === 'win32' ? [] : userFolders())];
}

/** Throws `Failure`: `foreign` for a folder that leads elsewhere, `newer` where nothing is understood of what a newer version wrote. @param root a real path */
export async function lookAtRecords(root: string, distDir: string, configDir?: string): Promise<Records> {
  const dir = join(root, '.parallel-agents');
  await refuseForeignParts(dir);
  const stored = await readStoredSnapshot({ dir, wasmPath: join(distDir, 'sql-wasm.wasm') });
  if (!stored) return { snapshot: emptySnapshot, madeElsewhere: false };
  const own = await bindingOf(root, { folders: secretFolders(configDir), make: false });
  const { snapshot, bindings, newer } = stored;
  const madeElsewhere = own === undefined || !bindings.includes(own);
  return { snapshot, madeElsewhere, ...(newer && { newer: onlyShown(newer) }) };
}

function onlyShown({ message }: Failure): Failure {
  return new Failure(
    'newer',
    `${message} Until then what it holds is only shown, as far as this version understands it.`,
  );
}
