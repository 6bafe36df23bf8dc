// What the `.gitignore` files of a tree say, each over the folder it lies in, the deeper before the higher and before those outside.
import { lstatSync, type Stats } from 'node:fs';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { isNotRead, readFileWithinSync } from './boundedRead';
import { blobName, hashOf } from './contentHash';
import { hasCode, isUnreadable } from './fileFailure';
import type { OuterFile, OuterRules } from './outerRules';
import { ignoreFileName, maxRuleBytes, type RuleMemory } from './ruleMemory';
import type { Tracked, TrackedFiles } from './trackedFiles';

/** The rules that hold for the entries of one folder. */
export interface FolderRules {
  ignores(name: string, kind: 'file' | 'folder'): boolean;
  /** Those for the folder `name` in it. */
  below(name: string): FolderRules;
}

/** Above this a file cannot be an agent's: 8 MiB. */
const mostAgentBytes = 8 * maxRuleBytes;
const ignoreCase = process.platform !== 'linux';

interface Chain {
  /** The rules on the way, outermost first, each with its depth; `prefix` names the tree where they lie outside of it. */
  readonly rules: readonly { readonly depth: number; readonly prefix?: string; readonly rules: Ignore }[];
  /** Is the folder itself ignored? Then all in it is, whatever rules lie there. */
  readonly whole: boolean;
  readonly tracked: Tracked;
}

/**
 * Reads a tree's rules, and keeps what it has read for as long as the file is the same: matching is what takes time
 * here, and the matcher remembers the paths it has judged. What Git tracks is never ignored.
 */
export class IgnoreRules {
  private readonly read = new Map<string, { readonly stamp: string; readonly rules: Ignore }>();

  /** @param memory where agents write into the tree: then the rules are those the user has made, not theirs */
  constructor(
    private readonly root: string,
    private readonly tracked: TrackedFiles,
    private readonly memory?: RuleMemory,
    private readonly outer?: OuterRules,
  ) {}

  /** The rules for the top of the tree as they are now. */
  async top(): Promise<FolderRules> {
    await this.memory?.ready();
    const [tracked, outer] = await Promise.all([this.tracked.now(), this.outer?.files()]);
    const rules = (outer ?? []).flatMap((one) => this.outerRules(one));
    return this.folder([], { rules, whole: false, tracked });
  }

  /** None from a repository that ignores the whole workspace: it is the user's all the same. */
  private outerRules({ file, prefix }: OuterFile): Chain['rules'] {
    const rules = this.readable(() => this.rulesOfFile(file, file));
    return !rules || (prefix !== '' && rules.ignores(prefix)) ? [] : [{ depth: 0, prefix, rules }];
  }

  private folder(names: readonly string[], { rules: above, whole, tracked }: Chain): FolderRules {
    const own = whole ? undefined : this.readable(() => this.rulesOf(names.join('/'), tracked));
    const chain = own ? [...above, { depth: names.length, rules: own }] : above;
    const isIgnored = (name: string, kind: 'file' | 'folder') => {
      if (whole) return true;
      for (const { depth, prefix = '', rules } of chain.toReversed()) {
        const inside = prefix + [...names.slice(depth), name].join('/');
        const verdict = rules.test(kind === 'folder' ? `${inside}/` : inside);
        if (verdict.ignored || verdict.unignored) return verdict.ignored;
      }
      return false;
    };
    return {
      ignores: (name, kind) => isIgnored(name, kind) && !tracked.has([...names, name].join('/')),
      below: (name) =>
        this.folder([...names, name], { rules: chain, whole: isIgnored(name, 'folder'), tracked }),
    };
  }

  /** Rules that cannot be read are none; whoever walks the folder names the file. */
  private readable(read: () => Ignore | undefined): Ignore | undefined {
    try {
      return read();
    } catch (error) {
      if (isUnreadable(error)) return undefined;
      throw error;
    }
  }

  private rulesOf(folder: string, tracked: Tracked): Ignore | undefined {
    const file = path.join(this.root, folder, ignoreFileName);
    if (this.memory?.knows(folder)) return this.remembered(folder, file, this.memory, tracked);
    return this.rulesOfFile(folder, file);
  }

  private rulesOfFile(key: string, file: string): Ignore | undefined {
    const stat = statOf(file);
    if (!stat?.isFile() || stat.size > maxRuleBytes) return undefined;
    const stamp = `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`;
    return this.parsed(key, stamp, () => {
      const bytes = readFileWithinSync(file, maxRuleBytes);
      return isNotRead(bytes) ? '' : bytes.toString(); // of what became of it meanwhile the next look tells
    });
  }

  /** The user's own rules for a folder in which agents have changed them; what was added to Git as it is counts as such. */
  private remembered(folder: string, file: string, memory: RuleMemory, tracked: Tracked): Ignore | undefined {
    const read = readFileWithinSync(file, mostAgentBytes);
    if (isNotRead(read) && read.notRead === 'tooLarge') return undefined;
    const now = isNotRead(read) ? null : read;
    const blob = tracked.blobOf(path.posix.join(folder, ignoreFileName));
    const isAdded = now !== null && blob !== undefined && blobName(now, blob.length) === blob;
    const text = isAdded ? now.toString() : memory.userText(folder, now);
    if (text === null || text.length > maxRuleBytes) return undefined;
    return this.parsed(folder, hashOf(Buffer.from(text)), () => text);
  }

  private parsed(folder: string, stamp: string, text: () => string): Ignore {
    const known = this.read.get(folder);
    if (known?.stamp === stamp) return known.rules;
    const rules = ignore({ ignoreCase, allowRelativePaths: true }).add(text());
    this.read.set(folder, { stamp, rules });
    return rules;
  }
}

/** Undefined where there is no such file, also where its folder is none: a copy may have a folder in a file's place. */
function statOf(file: string): Stats | undefined {
  try {
    return lstatSync(file);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
