// A slot copy's own installed packages: what a command writes there never reaches the workspace's.
import { createHash } from 'node:crypto';
import { constants, existsSync, lstatSync, mkdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { copyFile, utimes } from 'node:fs/promises';
import path from 'node:path';
import { isPackageFolder } from '../../core/guardrails/packageFolders';
import { mostCopiedBytes } from './copyFile';
import { hasCode, isUnreadable } from './fileFailure';
import { inParallel } from './inParallel';
import { walkTree } from './walkTree';

/** Is the ignored folder one that a package manager fills? Python's environments have any name. */
export function holdsPackages(absolute: string): boolean {
  const [above, name] = absolute.split(path.sep).slice(-2);
  return (
    isPackageFolder(name ?? '') ||
    (above === 'vendor' && name === 'bundle') ||
    existsSync(path.join(absolute, 'pyvenv.cfg'))
  );
}

export interface PackageCopy {
  readonly root: string;
  /** The folder of packages, as it is named in the workspace. */
  readonly at: string;
  /** Absolute and without links: where the packages are, and where their copy is to be. */
  readonly from: string;
  readonly to: string;
}

/** @param unread learns what cannot be read, by its path in the workspace; folders end in `/` */
export async function copyPackages(copy: PackageCopy, unread: (path: string) => void): Promise<void> {
  const { at, from, to } = copy;
  const files: string[] = [];
  mkdirSync(to, { recursive: true });
  await walkTree(
    from,
    true,
    ({ path: inside, kind }) => {
      if (kind === 'folder') mkdirSync(path.join(to, inside));
      else if (kind === 'link') symlinkSync(linkText(copy, inside), path.join(to, inside));
      else if (kind === 'file') files.push(inside);
      return true;
    },
    (folder) => unread(folder === '' ? `${at}/` : `${at}/${folder}/`),
  );
  await inParallel(files, async (inside) => {
    const source = path.join(from, inside);
    const target = path.join(to, inside);
    try {
      const { size, mtimeMs } = lstatSync(source);
      if (size > mostCopiedBytes) return unread(`${at}/${inside}`);
      await copyFile(source, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
      await utimes(target, Date.now() / 1000, mtimeMs / 1000);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return;
      if (!isUnreadable(error)) throw error;
      unread(`${at}/${inside}`);
    }
  });
}

/** Within the packages as it is; to the user's own packages, those of the copy; out of the workspace, the same place. */
function linkText({ root, at, from }: PackageCopy, inside: string): string {
  const link = path.join(from, inside);
  const text = readlinkSync(link);
  const target = path.resolve(path.dirname(link), text);
  if (!leadsOut(path.relative(from, target))) return path.relative(path.dirname(link), target) || '.';
  const inWorkspace = path.relative(root, target);
  if (leadsOut(inWorkspace)) return target;
  return path.relative(path.dirname(path.join(at, inside)), inWorkspace) || '.';
}

function leadsOut(relative: string): boolean {
  return relative.split(path.sep)[0] === '..' || path.isAbsolute(relative);
}

/** The same only as long as nothing below `folder` was changed, also by whoever sets times back. */
export async function printOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  await walkTree(folder, true, ({ path: inside, kind }) => {
    const stat =
      kind === 'folder' ? undefined : lstatSync(path.join(folder, inside), { throwIfNoEntry: false });
    const seen = stat ? [stat.size, stat.mtimeMs, stat.ctimeMs, stat.ino, stat.mode] : [];
    hash.update(JSON.stringify([inside, kind, ...seen]));
    return true;
  });
  return hash.digest('hex');
}
