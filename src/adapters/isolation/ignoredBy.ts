// Asks ignore rules about single paths, anywhere in the tree.
import path from 'node:path';
import type { FolderRules } from '../files/ignoreRules';

/** @param top the rules for the top of the tree; what is asked is a path of a file from there */
export function ignoredBy(top: FolderRules): (file: string) => boolean {
  const known = new Map<string, FolderRules>([['.', top]]);
  const rulesIn = (folder: string): FolderRules => {
    const rules = known.get(folder) ?? rulesIn(path.posix.dirname(folder)).below(path.posix.basename(folder));
    known.set(folder, rules);
    return rules;
  };
  return (file) => rulesIn(path.posix.dirname(file)).ignores(path.posix.basename(file), 'file');
}
