// The folder that the user names for copies, made and judged: what cannot be used is refused with what to do about it.
import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../../ports/failure';
import { hasCode } from '../files/fileFailure';
import { homeFolder } from '../files/homeFolder';
import { makeFolder } from '../files/makeFolder';
import { isWithin } from '../files/outsideNames';
import { treeAround } from './gitSource';

/**
 * The real path of the folder. Fails with `copyRefused`; then nothing was made inside the workspace, or in what is another's.
 *
 * @param root the workspace's real path @param named as the user wrote it: absolute, or with `~/` for their home
 */
export async function namedHome(root: string, named: string): Promise<string> {
  const refuse = (why: string, mend: string, cause?: unknown) => {
    const words = `Copies cannot be made in "${named}", the folder of parallelAgents.copies.folder: ${why}. ${mend}`;
    return new Failure('copyRefused', words, { cause });
  };
  const folder = named.replace(/^~(?=$|[/\\])/, homeFolder());
  if (!path.isAbsolute(folder))
    throw refuse('it is not absolute', 'Name the whole path, as "/data/copies" or "~/copies".');
  try {
    const real = await realOf(path.resolve(folder));
    const by = real === path.resolve(folder) ? 'it' : `it leads to "${real}", which`;
    const top = await treeAround(root);
    if (isWithin(root, real)) throw refuse(`${by} lies inside the workspace`, 'Name a folder outside of it.');
    if (isWithin(top, real))
      throw refuse(
        `${by} lies inside "${top}", the repository that is copied`,
        'Name a folder outside of it.',
      );
    await makeFolder(real);
    const found = await stat(real);
    const uid = process.getuid?.();
    if (!found.isDirectory()) throw refuse('it is not a folder', 'Name another.');
    if (uid !== undefined && found.uid !== uid)
      throw refuse(`it belongs to user ${found.uid}`, 'Name a folder of your own.');
    if (uid !== undefined && (found.mode & 0o022) !== 0)
      throw refuse('others may write to it', `Make it yours alone (chmod go-w "${real}"), or name another.`);
    await access(real, constants.W_OK | constants.X_OK);
    return real;
  } catch (error) {
    if (Failure.is(error)) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const why = hasCode(error, 'EEXIST', 'ENOTDIR') ? 'there is no folder, but a file in its way' : code;
    throw refuse(
      `it cannot be made or written to (${why})`,
      'Make it one that is yours, or name another.',
      error,
    );
  }
}

/** Where a path leads that need not be there yet. */
async function realOf(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (error) {
    const above = path.dirname(folder);
    if (!hasCode(error, 'ENOENT') || above === folder) throw error;
    return path.join(await realOf(above), path.basename(folder));
  }
}
