// The workspace's own folder, `.parallel-agents`: made so that nothing in it is ever committed by accident.
import { randomUUID } from 'node:crypto';
import { lstat, mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../../ports/failure';
import { asFailures, hasCode, orNull } from './fileFailure';
import { openFolder } from './openFolder';
import { removeTree } from './removeTree';
import { inPartThere } from './statePart';
import { copiesOfOlderVersions, refuseForeignFolder, refuseForeignParts } from './stateParts';

export const stateFolderName = '.parallel-agents';

const ignoreFile = `# All of this belongs to Parallel Agents, but for the prompts you may put here.
/*
!/prompts/
`;

/**
 * Makes the folder where it is missing; its `.gitignore` is the first thing in it. May be called again, and by two
 * processes at once. Fails with `foreign` for a folder that is a link or another user's and for one with a link in it, with
 * `refused` for a workspace that lies inside another.
 *
 * @returns the folder's absolute path, without links
 */
export function prepareStateFolder(workspace: string): Promise<string> {
  return asFailures(`prepare ${stateFolderName} in ${workspace}`, async () => {
    const root = await realpath(workspace);
    await refuseInside(root);
    const stateDir = path.join(root, stateFolderName);
    await refuseForeignParts(stateDir);
    await mkdir(stateDir, { mode: 0o700 }).catch(unlessThere);
    await refuseForeignFolder(stateDir);
    await inPartThere(stateDir, [], async (stateFolder) => {
      await writeIgnoreFile(stateFolder.at('.gitignore'));
      await removeTree(stateFolder.at(copiesOfOlderVersions));
      for (const name of ['blobs', 'tmp']) {
        await mkdir(stateFolder.at(name), { mode: 0o700 }).catch(unlessThere);
        await refuseForeignFolder(path.join(stateDir, name));
      }
      await stateFolder.sync();
    });
    const above = await openFolder(root);
    await above.sync().finally(above.close);
    return stateDir;
  });
}

/** Fails with `refused` for a folder that lies inside a workspace. @param root absolute, without links */
export async function refuseInside(root: string): Promise<void> {
  const outer = await outerStateFolder(root);
  if (outer === undefined) return;
  throw new Failure(
    'refused',
    `"${root}" lies inside "${outer}", which is a workspace of Parallel Agents already; open that one.`,
  );
}

/** The nearest folder above that has a state folder of its own. */
async function outerStateFolder(root: string): Promise<string | undefined> {
  for (let folder = path.dirname(root); ; folder = path.dirname(folder)) {
    const stat = await lstat(path.join(folder, stateFolderName)).catch(() => undefined);
    if (stat?.isDirectory()) return folder;
    if (folder === path.dirname(folder)) return undefined;
  }
}

/**
 * Leaves one that is there, so that the user may change it; but an empty one is what a crash left. Never written through:
 * it may be another name of somebody's file.
 */
async function writeIgnoreFile(file: string): Promise<void> {
  const there = await orNull(lstat(file));
  if (there && there.size > 0) return;
  const staged = `${file}.${randomUUID()}`; // others may be at it
  try {
    const handle = await open(staged, 'wx', 0o644);
    try {
      await handle.writeFile(ignoreFile);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(staged, file);
  } catch (error) {
    await rm(staged, { force: true });
    throw error;
  }
}

function unlessThere(error: unknown): void {
  if (!hasCode(error, 'EEXIST')) throw error;
}
