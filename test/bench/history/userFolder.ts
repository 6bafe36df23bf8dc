// A user's folder as it was before real changes were made, with packages and with work of the user's own in it.
import { appendFile, chmod, cp, mkdir, rm, rmdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { git, readTreeOf, type Version } from './gitRepository';
import type { Entry } from './steps';
import { timedCommand } from './timedCommand';

const installLimitMs = 10 * 60_000;

export interface UserFolder {
  readonly repo: string;
  /** What is checked out. */
  readonly commit: string;
  /** Where it is to lie. */
  readonly dir: string;
  /** A shell command; without it, as npm would be used there. */
  readonly install?: string;
  /** What changes are about to touch: the user's own work is elsewhere. */
  readonly touched: ReadonlySet<string>;
}

/** @throws with the end of what was printed where the packages cannot be installed */
export async function makeUserFolder({ repo, commit, dir, install, touched }: UserFolder): Promise<void> {
  await git('.', 'clone', '-q', '--no-checkout', repo, dir);
  // Bytes as in history: attributes of the repository would have Git write other line ends.
  await mkdir(path.join(dir, '.git', 'info'), { recursive: true });
  await writeFile(path.join(dir, '.git', 'info', 'attributes'), '* -text -filter -ident\n');
  await git(dir, 'checkout', '-q', '-B', 'work', commit);
  const tree = await readTreeOf(dir, commit);
  const usual = tree.has('package-lock.json') ? 'npm ci' : tree.has('package.json') ? 'npm install' : 'true';
  const command = ['sh', '-c', install ?? usual];
  const installed = await timedCommand({ argv: command, cwd: dir, limitMs: installLimitMs });
  if (installed.code !== 0)
    throw new Error(`The packages could not be installed.\n${installed.lines.slice(-20).join('\n')}`);
  await doOwnWork(dir, tree, touched);
}

/** A stash, a staged file, an edit, a file that Git does not know, and one that it ignores. */
async function doOwnWork(
  dir: string,
  tree: ReadonlyMap<string, Version>,
  touched: ReadonlySet<string>,
): Promise<void> {
  // No code, so that no linter has an opinion of it.
  const words = [...tree.keys()].find(
    (file) => /(\.(md|txt)|^licen[cs]e)$/i.test(file) && !touched.has(file),
  );
  const who = ['-c', 'user.name=A User', '-c', 'user.email=user@example.invalid'];
  if (words !== undefined) {
    await appendFile(path.join(dir, words), 'Put aside.\n');
    await git(dir, ...who, 'stash', 'push', '-q', '--', words);
    await appendFile(path.join(dir, words), '\nStill being written.\n');
  }
  await writeFile(path.join(dir, 'staged-by-me.txt'), 'Soon a commit of mine.\n');
  await git(dir, 'add', '-f', 'staged-by-me.txt');
  await writeFile(path.join(dir, 'notes-of-mine.txt'), 'Nobody knows of this file.\n');
  await appendFile(path.join(dir, '.git', 'info', 'exclude'), '\n/ignored-of-mine\n');
  await mkdir(path.join(dir, 'ignored-of-mine'));
  await writeFile(path.join(dir, 'ignored-of-mine', 'run.sh'), '#!/bin/sh\n');
  await chmod(path.join(dir, 'ignored-of-mine', 'run.sh'), 0o700);
}

/** Makes files what they are in `entries`; null: gone. */
export async function putEntries(dir: string, entries: ReadonlyMap<string, Entry | null>): Promise<void> {
  for (const [file, entry] of entries) if (!entry) await removeFile(dir, file);
  for (const [file, entry] of entries) {
    if (!entry) continue;
    const at = path.join(dir, file);
    await rm(at, { force: true });
    await mkdir(path.dirname(at), { recursive: true });
    if (entry.mode === '120000') await symlink(entry.bytes.toString('utf8'), at);
    else await writeFile(at, entry.bytes, { mode: entry.mode === '100755' ? 0o777 : 0o666 });
  }
}

/** With the folders that are empty then, as Git has it: a file may come where one was. */
async function removeFile(dir: string, file: string): Promise<void> {
  try {
    await rm(path.join(dir, file), { force: true });
    for (let folder = path.dirname(file); folder !== '.'; folder = path.dirname(folder))
      await rmdir(path.join(dir, folder));
  } catch (error) {
    // A folder that others are in, that is gone already, or has become a file.
    if (!/ENOTEMPTY|ENOENT|ENOTDIR|EISDIR/.test(String((error as NodeJS.ErrnoException).code))) throw error;
  }
}

/** With modes and times as they are. */
export async function copyTree(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
}
