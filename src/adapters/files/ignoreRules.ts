// What the `.gitignore` files of a tree say, each over the folder it lies in, the deeper before the higher.
import { lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** The rules that hold for the entries of one folder. */
export interface FolderRules {
  ignores(name: string, kind: 'file' | 'folder'): boolean;
  /** Those for the folder `name` in it. */
  below(name: string): FolderRules;
}

/** A `.gitignore` above this many bytes is not one that a person wrote, and is passed over. */
const maxBytes = 1024 * 1024;
const ignoreCase = process.platform !== 'linux';

/**
 * Reads a tree's rules, and keeps what it has read for as long as the file is the same: matching is what takes time
 * here, and the matcher remembers the paths it has judged.
 */
export class IgnoreRules {
  private readonly read = new Map<string, { readonly stamp: string; readonly rules: Ignore }>();

  constructor(private readonly root: string) {}

  /** The rules for the top of the tree as they are now. */
  top(): FolderRules {
    return this.folder([], []);
  }

  /** @param above the folders on the way that have rules, outermost first, each with its depth */
  private folder(
    names: readonly string[],
    above: readonly { readonly depth: number; readonly rules: Ignore }[],
  ): FolderRules {
    const own = this.rulesIn(names.join('/'));
    const chain = own ? [...above, { depth: names.length, rules: own }] : above;
    return {
      ignores: (name, kind) => {
        for (const { depth, rules } of chain.toReversed()) {
          const inside = [...names.slice(depth), name].join('/');
          const verdict = rules.test(kind === 'folder' ? `${inside}/` : inside);
          if (verdict.ignored || verdict.unignored) return verdict.ignored;
        }
        return false;
      },
      below: (name) => this.folder([...names, name], chain),
    };
  }

  private rulesIn(folder: string): Ignore | undefined {
    const file = path.join(this.root, folder, '.gitignore');
    const stat = lstatSync(file, { throwIfNoEntry: false });
    if (!stat?.isFile() || stat.size > maxBytes) return undefined;
    const stamp = `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`;
    const known = this.read.get(folder);
    if (known?.stamp === stamp) return known.rules;
    const rules = ignore({ ignoreCase, allowRelativePaths: true }).add(readFileSync(file, 'utf8'));
    this.read.set(folder, { stamp, rules });
    return rules;
  }
}
