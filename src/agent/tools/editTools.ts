// The tools that change files: always locked first, always against the content that the model has seen.
import type { WorkspacePath } from '../../core/locks/lockPath';
import type { Result } from '../../core/shared/result';
import type { CopyFile } from '../../ports/copyFiles';
import { applyEdits } from './applyEdits';
import { capHead } from './capText';
import { describeWait } from './lockTools';
import {
  count,
  defineTool,
  done,
  failed,
  pathAsked,
  refused,
  type ToolAnswer,
  type ToolContext,
} from './tool';

export const editFile = defineTool('edit_file', {
  step: ({ path }) => `editing ${path}`,
  target: ({ path }) => path,
  async run({ path: asked, edits }, context) {
    const locked = await lockAndRead(asked, context);
    if (!locked.ok) return locked.answer;
    const { path, file } = locked;
    if (file === null) return failed(`There is no file ${path}. Use write_file to make one.`);
    const asLines = edits.map((edit) => ({
      old: unixLines(edit.old),
      new: unixLines(edit.new),
      all: edit.all ?? false,
    }));
    const edited = applyEdits(unixLines(file.text), asLines);
    if (!edited.ok) return failed(edited.error.message);
    const told = `Edited ${path}: ${count(edits.length, 'edit')}.`;
    const write = { path, baseHash: file.hash, content: edited.value };
    return answerTo(await context.coordinator.writeFile(write), locked, told, context);
  },
});

export const writeFile = defineTool('write_file', {
  step: ({ path }) => `writing ${path}`,
  target: ({ path }) => path,
  async run({ path: asked, content }, context) {
    const locked = await lockAndRead(asked, context);
    if (!locked.ok) return locked.answer;
    const { path, file } = locked;
    if (file !== null) {
      const unseen = whyUnseen(path, file, context);
      if (unseen) return failed(`${path} ${unseen}. Nothing was written. ${nowIs(path, file, context)}`);
    }
    const text = unixLines(content);
    const told = `Wrote ${path}: ${count(text.split('\n').length, 'line')}.`;
    const write = { path, baseHash: file?.hash ?? null, content: text };
    return answerTo(await context.coordinator.writeFile(write), locked, told, context);
  },
});

interface LockedFile {
  readonly ok: true;
  readonly path: WorkspacePath;
  readonly file: CopyFile | null;
  /** Words on what the waiting was for, and on what came into the file meanwhile, if there was any. */
  readonly waited: string;
}

/** The file as it is once the lock is ours: another agent may have changed it while we waited. */
export async function lockAndRead(
  asked: string,
  { coordinator, files }: ToolContext,
): Promise<LockedFile | { readonly ok: false; readonly answer: ToolAnswer }> {
  const path = await pathAsked(asked, files);
  if (!path.ok) return { ok: false, answer: refused(path.error) };
  const lock = await coordinator.lockFile({ path: path.value });
  if (!lock.ok) return { ok: false, answer: refused(lock.error) };
  const file = await files.read(path.value);
  return file.ok
    ? { ok: true, path: path.value, file: file.value, waited: describeWait(lock.value) }
    : { ok: false, answer: refused(file.error) };
}

/** Why the model must look at the file before it replaces or removes it; undefined when it has seen it as it is. */
export function whyUnseen(path: WorkspacePath, file: CopyFile, { shown }: ToolContext): string | undefined {
  if (shown.get(path) === file.hash) return undefined;
  return shown.has(path) ? 'has changed since you read it' : 'exists already, and you have not read it';
}

async function answerTo(
  written: Result<{ readonly hash: string | null }>,
  { path, file: base, waited }: LockedFile,
  told: string,
  context: ToolContext,
): Promise<ToolAnswer> {
  if (written.ok) {
    const knowsTheRest = base === null || context.shown.get(path) === base.hash;
    if (knowsTheRest && written.value.hash !== null) context.shown.set(path, written.value.hash);
    return done(told + waited, told);
  }
  if (written.error.code !== 'changedOnDisk') return refused(written.error);
  const again = await lockAndRead(path, context); // brings our copy up to date with the disk
  if (!again.ok) return again.answer;
  return failed(`${written.error.message} Nothing was written. ${nowIs(path, again.file, context)}`);
}

/** Shows the present text, which from then on counts as read. */
export function nowIs(path: WorkspacePath, file: CopyFile | null, { shown }: ToolContext): string {
  if (file === null) {
    shown.delete(path);
    return `${path} does not exist now.`;
  }
  shown.set(path, file.hash);
  return `It now reads:\n${capHead(unixLines(file.text))}`;
}

/** Models write `\n`; the hub gives a file back the line ends it had. */
function unixLines(content: string): string {
  return content.replaceAll('\r\n', '\n');
}
