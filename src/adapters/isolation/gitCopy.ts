// Makes a Git directory for a copy of a work tree: it answers as the user's does, borrows its objects, and reaches nothing of it.
import { copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { GitProgram } from '../../core/guardrails/placeText';
import { askGit, quiet } from '../files/askGit';
import { hasCode } from '../files/fileFailure';
import { mostGitFileBytes } from '../files/gitDirectory';
import { removeTree } from '../files/removeTree';
import { copiedConfig, programsOf, type Setting } from './gitConfig';
import type { GitSource } from './gitSource';
import { type Found, foundAt } from './survey';
import { surveyTree } from './surveyTree';

/** Of the work tree's own directory: the state of a merge or rebase, and files beside the index. */
const ownFile =
  /^(HEAD|index|sharedindex\..+|[A-Z]+_HEAD|MERGE_(MSG|MODE|RR|AUTOSTASH)|SQUASH_MSG|BISECT_.+)$/;
const ownFolder = /^(refs|rebase-merge|rebase-apply|sequencer)$/;
const commonFile = /^(packed-refs|shallow)$/;
const commonFolder = /^(refs|reftable|info)$/;

/** `from` is absolute, `to` a path in the Git directory. */
interface Part {
  readonly from: string;
  readonly to: string;
}

/** The same only as long as the user's repository would answer the same. */
export async function printOfSource(source: GitSource): Promise<string> {
  const parts = [...(await partsOf(source)), ...configsOf(source).map((from) => ({ from, to: 'config' }))];
  return JSON.stringify(parts.map(({ from, to }) => [to, foundAt(from)]));
}

/** The same only as long as nobody changed the copy's Git directory. */
export async function printOfCopy(folder: string): Promise<string> {
  const all = await surveyTree(folder, { isLeftOut: () => false, unread: () => {}, about: 0 });
  const seen = ([at, found]: readonly [string, Found]) =>
    found.kind === 'file' ? [at, { ...found.stamp, unsettled: false }] : [at, found];
  return JSON.stringify([...all].map(seen));
}

/**
 * @param to the Git directory that is to be; what is there goes
 * @param staging a folder on the same disk
 * @param objects the folder in which commands find the user's objects
 */
export async function copyGit(
  source: GitSource,
  to: string,
  { staging, objects }: { readonly staging: string; readonly objects: string },
): Promise<void> {
  const made = path.join(staging, 'git');
  await removeTree(made);
  for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags'])
    await mkdir(path.join(made, folder), { recursive: true });
  await writeFile(path.join(made, 'objects/info/alternates'), `${objects}\n`);
  for (const { from, to: at } of await partsOf(source)) {
    await mkdir(path.dirname(path.join(made, at)), { recursive: true });
    await copyFile(from, path.join(made, at)).catch(unlessGone);
  }
  await writeFile(path.join(made, 'config'), copiedConfig(await settingsOf(source)));
  await removeTree(to);
  await rename(made, to);
}

/**
 * What Git runs programs for in the user's work tree and not in the copy, each with one of the files that it is set for; none
 * that are set for all the user's repositories, for those settings commands have as well.
 *
 * @param tree the user's work tree, absolute
 */
export async function programsLeftOut(source: GitSource, tree: string): Promise<readonly GitProgram[]> {
  const own = programsOf((await settingsOf(source)).map(([key]) => key));
  if (own.size === 0) return [];
  const anywhere = await askGit(path.parse(tree).root, ['config', '-z', '--name-only', '--list']);
  for (const everywhere of programsOf(anywhere?.split('\0') ?? [])) own.delete(everywhere);
  const left: GitProgram[] = [];
  for (const setting of own) {
    const dot = setting.indexOf('.');
    const [kind, name] = [setting.slice(0, dot), setting.slice(dot + 1)];
    if (!/^[\w.-]+$/.test(name)) continue; // no attribute can name it
    const files = await askGit(tree, [...quiet, 'ls-files', '-z', '--', `:(attr:${kind}=${name})`]);
    const file = files?.split('\0')[0];
    if (file) left.push({ setting, file });
  }
  return left;
}

/** Links in it are not followed; a stash is the user's; what is too large to be Git's is left out. */
async function partsOf({ own, common }: GitSource): Promise<readonly Part[]> {
  const parts = new Map<string, Part>();
  const take = async (folder: string, file: RegExp, below: RegExp) => {
    const isLeftOut = ({ path: at }: { readonly path: string }) => {
      const [first = ''] = at.split('/');
      return !(at === first && file.test(at)) && !below.test(first);
    };
    for (const [at, found] of await surveyTree(folder, { isLeftOut, unread: () => {}, about: 0 })) {
      const isCopied = found.kind === 'file' && found.stamp.size <= mostGitFileBytes;
      if (isCopied && at !== 'refs/stash' && !at.endsWith('.lock'))
        parts.set(at, { from: path.join(folder, at), to: at });
    }
  };
  await take(common, commonFile, commonFolder);
  await take(own, ownFile, ownFolder);
  return [...parts.values()];
}

function configsOf({ own, common }: GitSource): readonly string[] {
  return [path.join(common, 'config'), path.join(own, 'config.worktree')];
}

async function settingsOf(source: GitSource): Promise<readonly Setting[]> {
  const settings: Setting[] = [];
  for (const file of configsOf(source)) {
    const listed =
      foundAt(file) &&
      (await askGit(source.own, ['config', '--file', file, '-z', '--list', '--no-includes']));
    for (const entry of listed?.split('\0') ?? []) {
      const [key = '', ...value] = entry.split('\n');
      if (key !== '') settings.push([key, value.join('\n')]);
    }
  }
  return settings;
}

function unlessGone(error: unknown): void {
  if (!hasCode(error, 'ENOENT')) throw error;
}
