// The steps by which staged files enter the workspace, or leave it again: looked at first, then exchanged one by one.
import { rm } from 'node:fs/promises';
import { ok, type Refusal, type Result } from '../../core/shared/result';
import { Failure } from '../../ports/failure';
import type { FileState, StagedFile } from '../../ports/isolation';
import { inParallel } from '../files/inParallel';
import { isIgnoreFile, type RuleMemory } from '../files/ruleMemory';
import { removeEmptyFolders, syncFoldersOf, withFolders } from './emptyFolders';
import { changeFile, type Found, type Ground, lookAtFile } from './guardedFile';
import { type Entry, keyOf, type PublicationJournal, type Put } from './publicationJournal';

/** What publications of one workspace work with. */
export interface Publishing extends Ground {
  readonly journal: PublicationJournal;
  readonly memory: RuleMemory;
}

/**
 * All files, or none. What a call that died in the middle had put is told by the journal: it is completed, or, where a
 * file has become something else meanwhile, put back.
 */
export async function putFiles(on: Publishing, files: readonly StagedFile[]): Promise<Result<object>> {
  const key = keyOf(files);
  const last = await on.journal.read(key);
  const found = await lookAtAll(on, files);
  const toPut = files.filter((file) => found.get(file)?.state === 'before');
  // What somebody changed after all was there is theirs, and takes nothing away from it.
  if (last?.isDone && toPut.length === 0) return ok({});
  const interrupted = last && !last.isDone ? last.puts : undefined;
  const refused = refusalOf(files.flatMap((file) => found.get(file) ?? []));
  if (refused && !interrupted) return { ok: false, error: refused };
  const puts = interrupted ?? toPut.map((file) => ({ path: file.path, ...createdFolderOf(found.get(file)) }));
  if (puts.length === 0) return ok({});
  /** Of these some may be in the workspace by now. */
  const begun = new Set(interrupted?.map(({ path }) => path));
  try {
    const why = refused ?? (await putAll(on, files, toPut, { key, puts, isDone: false }, begun));
    if (why) {
      await takeBack(on, files, puts, begun);
      await on.journal.clear();
      return { ok: false, error: why };
    }
    await syncFoldersOf(on.root, pathsOf(puts));
    await on.journal.write({ key, puts, isDone: true });
    return ok({});
  } catch (error) {
    // Where the disk refuses this as well the journal stays, and the next call goes on from there.
    await takeBack(on, files, puts, begun).then(
      () => on.journal.clear(),
      () => undefined,
    );
    throw error;
  }
}

/** Each file that is still as it was put. @returns the paths of those that are not, sorted */
export async function withdrawFiles(
  on: Publishing,
  files: readonly StagedFile[],
): Promise<readonly string[]> {
  await on.journal.clear();
  const back = files.map(reversed);
  const left = await changeEach(on, back, () => removeEmptied(on, back, back));
  await syncFoldersOf(on.root, pathsOf(files));
  return left.sort();
}

/** All of `toPut`, or up to the first that is refused; answers why it was. @param begun learns of each before it is put */
async function putAll(
  on: Publishing,
  files: readonly StagedFile[],
  toPut: readonly StagedFile[],
  entry: Entry,
  begun: Set<string>,
): Promise<Refusal | undefined> {
  const staged = new Map<StagedFile, string | null>();
  try {
    await inParallel(toPut, async (file) => {
      staged.set(file, await stageAfter(on, file));
    });
    await rememberRules(on, toPut);
    await on.journal.write(entry);
    let refused: Refusal | undefined;
    await inOrder(
      toPut,
      async (file) => {
        begun.add(file.path);
        const done = await changeFile(on, file, staged.get(file) ?? null);
        if (!done.ok) refused = done.error;
        return done.ok;
      },
      () => removeEmptied(on, files, entry.puts),
    );
    return refused;
  } finally {
    for (const left of staged.values()) if (left !== null) await rm(left, { force: true });
  }
}

/** What this publication put, and no folder that was there before. */
async function takeBack(
  on: Publishing,
  files: readonly StagedFile[],
  puts: readonly Put[],
  begun: ReadonlySet<string>,
): Promise<void> {
  const back = files.filter(({ path }) => begun.has(path)).map(reversed);
  await changeEach(on, back, async () => {
    for (const { path, createdFolder: outermost } of puts)
      if (outermost !== undefined && begun.has(path))
        await removeEmptyFolders(on.root, path, (folder) => `${folder}/`.startsWith(`${outermost}/`));
  });
  await syncFoldersOf(on.root, pathsOf(back));
}

/** As many as can be. @returns the paths of those that are neither `before` nor `after`, or whose content is gone */
async function changeEach(
  on: Publishing,
  files: readonly StagedFile[],
  clearFolders: () => Promise<void>,
): Promise<string[]> {
  const found = await lookAtAll(on, files);
  const left = files.filter((file) => found.get(file)?.state === 'other').map(({ path }) => path);
  const change = async (file: StagedFile) => {
    const staged = await stageAfter(on, file).catch((error: unknown) => {
      if (!Failure.is(error, 'corrupt')) throw error;
      return undefined;
    });
    const done = staged === undefined ? undefined : await changeFile(on, file, staged);
    if (!done?.ok) left.push(file.path);
    return true;
  };
  await inOrder(
    files.filter((file) => found.get(file)?.state === 'before'),
    change,
    clearFolders,
  );
  return left;
}

/** Deletions first, the innermost before what is around it, so that they make room; ended by the first that says false. */
async function inOrder(
  files: readonly StagedFile[],
  change: (file: StagedFile) => Promise<boolean>,
  clearFolders: () => Promise<void>,
): Promise<void> {
  const byPath = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const file of byPath.filter(isDeletion).reverse()) if (!(await change(file))) return;
  await clearFolders();
  for (const file of byPath) if (!isDeletion(file) && !(await change(file))) return;
}

/** Null where there is to be no file. */
async function stageAfter({ kept }: Ground, { after }: StagedFile): Promise<string | null> {
  return after.hash === null ? null : kept.stageKept(after.hash, after.mode ?? 0o644);
}

async function lookAtAll(
  ground: Ground,
  files: readonly StagedFile[],
): Promise<ReadonlyMap<StagedFile, Found>> {
  const goes = withFolders(pathsOf(files.filter(isDeletion)));
  const comes = withFolders(pathsOf(files.filter((file) => !isDeletion(file))));
  const found = new Map<StagedFile, Found>();
  await inParallel(files, async (file) => {
    const others = isDeletion(file) ? comes : goes;
    found.set(file, await lookAtFile(ground, file, (inTheWay) => others.has(inTheWay)));
  });
  return found;
}

/** The folders that deletions emptied, but for those in which something is put. */
async function removeEmptied(
  ground: Ground,
  files: readonly StagedFile[],
  done: readonly Put[],
): Promise<void> {
  const stays = withFolders(pathsOf(files.filter((file) => !isDeletion(file))).map(folderOf));
  const names = new Set(pathsOf(done));
  for (const { path } of files.filter((file) => isDeletion(file) && names.has(file.path)))
    await removeEmptyFolders(ground.root, path, (folder) => !stays.has(folder));
}

/** An agent's ignore file is none of the user's: their own rules are kept before it changes. */
async function rememberRules({ kept, memory }: Publishing, files: readonly StagedFile[]): Promise<void> {
  for (const { path, before, after } of files.filter((file) => isIgnoreFile(file.path)))
    await memory.agentWrites(path, before.hash === null ? null : await kept.get(before.hash), after.hash);
}

/** What is denied is denied however often it is tried; so it comes before what was changed. */
function refusalOf(found: readonly Found[]): Refusal | undefined {
  const whys = found.flatMap((one) => (one.state === 'other' ? [one.why] : []));
  const denied = whys.find(({ code }) => code !== 'changedOnDisk');
  if (denied || whys.length < 2) return denied ?? whys[0];
  return { code: 'changedOnDisk', message: whys.map(({ message }) => message).join(' ') };
}

function reversed({ path, before, after }: StagedFile): StagedFile {
  return { path, before: after, after: before };
}

function isDeletion({ after }: { readonly after: FileState }): boolean {
  return after.hash === null;
}

function createdFolderOf(found: Found | undefined): { readonly createdFolder?: string } {
  if (found?.state !== 'before' || found.createdFolder === undefined) return {};
  return { createdFolder: found.createdFolder };
}

function pathsOf(files: readonly { readonly path: string }[]): readonly string[] {
  return files.map(({ path }) => path);
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
