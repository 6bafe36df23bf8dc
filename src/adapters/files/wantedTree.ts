// What a slot copy should hold: the workspace as it is now, with other attempts' files as they were before.
import { lstatSync } from 'node:fs';
import path from 'node:path';
import type { Overlay } from '../../ports/workspace';
import { type FolderRules, IgnoreRules } from './ignoreRules';
import { isLeftOut, linkInside, packageLinks, sharedLink } from './packageLinks';
import { stampOf, type Wanted } from './slotEntries';
import { type Entry, kindOf, walkTree } from './walkTree';

/** Ignored files above this stay out of the copies: 16 MiB. */
const mostIgnoredBytes = 16 * 1024 * 1024;
/** Ignored files that hold keys. A copy is where commands run that nobody has looked at. */
const secretName = /^\.env(\..*)?$|\.(pem|key|p12|pfx)$|^id_(rsa|ed25519|ecdsa)$/i;
const newFileMode = 0o644;

/** Every entry that the copy should have, a folder before what is in it. */
export async function wantedTree(root: string, rules: IgnoreRules, overlay: Overlay): Promise<Map<string, Wanted>> {
  const wanted = new Map<string, Wanted>();
  await walkTree(root, rules.top(), (entry, above) => {
    for (const [name, one] of wantedEntry(root, entry, above)) wanted.set(name, one);
    return wanted.get(entry.path)?.kind === 'folder' && entry.name !== 'node_modules' ? above.below(entry.name) : undefined;
  });
  for (const [file, hash] of overlay) layOver(wanted, file, hash);
  return wanted;
}

/**
 * The same for one file; undefined: nothing should be there. A path below a link or an ignored folder is `shared`: the
 * copy has no file of its own for it.
 */
export function wantedFile(root: string, rules: IgnoreRules, file: string, overlay: Overlay): Wanted | 'shared' | undefined {
  const names = file.split('/');
  let above = rules.top();
  let found: Wanted | undefined;
  for (const [depth, name] of names.entries()) {
    const at = names.slice(0, depth + 1).join('/');
    const stat = lstatSync(path.join(root, at), { throwIfNoEntry: false });
    found = stat && new Map(wantedEntry(root, { name, path: at, kind: kindOf(stat) }, above)).get(at);
    if (found?.kind !== 'folder') break;
    if (depth < names.length - 1 && name === 'node_modules') return 'shared';
    above = above.below(name);
    found = depth < names.length - 1 ? undefined : found;
  }
  return found;
}
