// A workspace on disk for one test, described and read back as a plain table.
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { prepareStateFolder } from '../../../src/adapters/files/stateFolder';
import { createUserRules, type UserRules } from '../../../src/adapters/files/userRules';

/** By path: text, bytes, or a link's text. */
export type Tree = Readonly<Record<string, string | Uint8Array | { readonly link: string }>>;

export interface TempWorkspace {
  readonly root: string;
  readonly stateDir: string;
  readonly user: UserRules;
  put(tree: Tree): void;
  text(file: string): string;
  /** All but `.parallel-agents`, links as `→ text`. */
  tree(folder?: string): Record<string, string>;
}

const made: string[] = [];

/** Removed again after the test. */
export async function tempWorkspace(tree: Tree = {}, home = tmpdir()): Promise<TempWorkspace> {
  const root = realpathSync(mkdtempSync(path.join(home, 'files-')));
  made.push(root);
  const stateDir = await prepareStateFolder(root);
  const put = (files: Tree) => {
    for (const [file, content] of Object.entries(files)) {
      const target = path.resolve(root, file);
      mkdirSync(path.dirname(target), { recursive: true });
      if (typeof content === 'object' && 'link' in content) symlinkSync(content.link, target);
      else writeFileSync(target, content);
    }
  };
  put(tree);
  return {
    root,
    stateDir,
    user: createUserRules(root, stateDir),
    put,
    text: (file) => readFileSync(path.join(root, file), 'utf8'),
    tree: (folder = root) => treeOf(folder),
  };
}

/** A folder that is no workspace; removed again after the test. */
export function tempFolder(home = tmpdir()): string {
  const folder = realpathSync(mkdtempSync(path.join(home, 'files-')));
  made.push(folder);
  return folder;
}

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function treeOf(root: string, folder = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(path.join(root, folder)).sort()) {
    const file = path.posix.join(folder, name);
    if (file === '.parallel-agents') continue;
    const stat = lstatSync(path.join(root, file));
    if (stat.isDirectory()) Object.assign(found, treeOf(root, file));
    else
      found[file] = stat.isSymbolicLink()
        ? `→ ${readlinkSync(path.join(root, file))}`
        : readFileSync(path.join(root, file), 'utf8');
  }
  return found;
}
