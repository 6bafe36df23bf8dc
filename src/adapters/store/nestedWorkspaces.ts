// A folder and one below it are never two workspaces at work: what enters the one would change the other under its agents.
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { inert } from '../../core/shared/inert';
import { Failure } from '../../ports/failure';
import { asFailures, orNull } from '../files/fileFailure';
import { removeTree } from '../files/removeTree';
import { refuseInside, stateFolderName } from '../files/stateFolder';
import { walkTree } from '../files/walkTree';
import { databaseName } from './databaseFile';
import { type LeaseOptions, livingHolder } from './workspaceLease';

const passedOver = new Set(['.git', 'node_modules']);

/**
 * To be called once the folder was taken (`takeLease`), before anything is stored: of two that begin at one time one at least
 * sees the other. Fails with `refused` for a folder inside a workspace, with `occupied` where one below is at work.
 *
 * @param isNew the state folder was made for this opening; it is taken away again where the folder is refused
 */
export async function refuseNested(
  root: string,
  isNew: boolean,
  options: Pick<LeaseOptions, 'onWatching' | 'beatMs'>,
): Promise<void> {
  const stateDir = path.join(root, stateFolderName);
  try {
    await refuseInside(root);
    // From its first opening on, none below it can be one.
    const wasOpen = await orNull(lstat(path.join(stateDir, databaseName)));
    if (!wasOpen) await refuseAround(root, options);
  } catch (error) {
    if (isNew) await removeTree(stateDir);
    throw error;
  }
}

/** One walk through all folders, of 50,000 files in about a quarter of a second; it is the first opening of this one. */
async function refuseAround(
  root: string,
  { onWatching = () => {}, beatMs }: Pick<LeaseOptions, 'onWatching' | 'beatMs'>,
): Promise<void> {
  const inner: string[] = [];
  await asFailures(`look for workspaces in ${root}`, () =>
    walkTree(root, true, ({ kind, name, path: at }) => {
      if (kind !== 'folder' || passedOver.has(name)) return undefined;
      if (name !== stateFolderName) return true;
      if (at !== stateFolderName) inner.push(at);
      return undefined;
    }),
  );
  await Promise.all(
    inner.map(async (stateFolder) => {
      const folder = inert(path.join(root, path.dirname(stateFolder)));
      const watched = () => onWatching(`"${folder}" was at work; it is watched whether it still is.`);
      const holder = await livingHolder(path.join(root, stateFolder), {
        onWatching: watched,
        ...(beatMs !== undefined && { beatMs }),
      });
      if (holder === undefined) return;
      throw new Failure(
        'occupied',
        `"${root}" holds "${folder}", which is a workspace at work: ${holder} has it.`,
      );
    }),
  );
}
