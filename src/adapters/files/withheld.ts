// Does an ignored folder hold what no copy may lead to? Then it is not linked whole.
import path from 'node:path';
import { isPackageFolder } from '../../core/guardrails/packageFolders';
import { powerOf } from '../../core/guardrails/powerFiles';
import { isSecret } from '../../core/guardrails/secretFiles';
import { entriesOf } from './walkTree';

/** Entries that are looked at, nearest first; what lies deeper in a larger folder is not found. */
const mostEntries = 10_000;

/** @param folder a path in the workspace, which is at `root` */
export function holdsWithheld(root: string, folder: string): boolean {
  const open = [folder];
  let left = mostEntries;
  for (let next = open.shift(); next !== undefined && left > 0; next = open.shift()) {
    for (const entry of entriesOf(path.join(root, next))) {
      const at = `${next}/${entry.name}`;
      if (isPackageFolder(entry.name) || powerOf(at)?.may === 'never') return true;
      if (entry.isDirectory()) open.push(at);
      else if (isSecret(at)) return true;
      left -= 1;
    }
  }
  return false;
}
