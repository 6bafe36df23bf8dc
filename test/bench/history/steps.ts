// What an agent does to make a real change: by its tools where they can, by a command where they cannot.
import { withEndsOf } from '../../../src/adapters/files/lineEnds';
import { call } from '../../support/smallProject';
import type { FileChange, RealChange, Version } from './gitRepository';
import { editsBetween, type TextEdit, withEdits } from './textEdits';

export interface Entry {
  readonly mode: string;
  readonly bytes: Buffer;
}

/** Also where neither is there. */
export function isSameEntry(one: Entry | undefined, other: Entry | undefined): boolean {
  if (!one || !other) return one === other;
  return one.mode === other.mode && one.bytes.equals(other.bytes);
}

/** Paths and what is at them. */
export type Tree = Map<string, Entry>;

export type Step =
  | { readonly kind: 'move'; readonly from: string; readonly path: string }
  | { readonly kind: 'edit'; readonly path: string; readonly edits: readonly TextEdit[] }
  | { readonly kind: 'write'; readonly path: string; readonly text: string; readonly isNew: boolean }
  | { readonly kind: 'delete'; readonly path: string }
  /** By a command: what is no text, has a mode of its own, or other line ends than the tools leave. Null: gone. */
  | { readonly kind: 'put'; readonly path: string; readonly entry: Entry | null };

type ReadBlob = (sha: string) => Promise<Buffer>;

export async function stepsOf(change: RealChange, read: ReadBlob): Promise<readonly Step[]> {
  const entry = async (version: Version | null) =>
    version && { mode: version.mode, bytes: await read(version.sha) };
  const steps: Step[] = [];
  for (const file of change.files) {
    const [before, after] = [await entry(file.before), await entry(file.after)];
    const byTools = isSwapped(file, change) ? put(file, after) : stepsOfFile(file, before, after);
    steps.push(...(leadsTo(file, before, after, byTools) ? byTools : put(file, after)));
  }
  // Names come free before others take them.
  const rank = { move: 0, delete: 1, edit: 2, write: 2, put: 3 };
  return steps.sort((a, b) => rank[a.kind] - rank[b.kind]);
}

/** Does a folder come where a file was, or the other way round? */
function isSwapped({ path, from = path }: FileChange, { files }: RealChange): boolean {
  const all = files.flatMap((file) => [file.path, file.from ?? file.path]);
  return [path, from].some((own) =>
    all.some((other) => other.startsWith(`${own}/`) || own.startsWith(`${other}/`)),
  );
}

function put({ path, from }: FileChange, entry: Entry | null): readonly Step[] {
  return [
    ...(from === undefined ? [] : [{ kind: 'put', path: from, entry: null } as const]),
    { kind: 'put', path, entry },
  ];
}

function leadsTo(
  { path, from }: FileChange,
  before: Entry | null,
  after: Entry | null,
  steps: readonly Step[],
): boolean {
  const tree: Tree = new Map(before ? [[from ?? path, before]] : []);
  applySteps(tree, steps);
  return isSameEntry(tree.get(path), after ?? undefined);
}

function stepsOfFile(file: FileChange, before: Entry | null, after: Entry | null): readonly Step[] {
  const { path, from } = file;
  if (!isFile(before) || !isFile(after)) return put(file, after);
  const [old, text] = [before && textOf(before.bytes), after && textOf(after.bytes)];
  if (old === undefined || text === undefined) return put(file, after);
  if (text === null) return [{ kind: 'delete', path }];
  const mode: readonly Step[] =
    after && after.mode !== (before?.mode ?? '100644') ? [{ kind: 'put', path, entry: after }] : [];
  if (old === null) return [{ kind: 'write', path, text: text.lines, isNew: true }, ...mode];
  const move: readonly Step[] = from === undefined ? [] : [{ kind: 'move', from, path }];
  if (old.lines === text.lines) return [...move, ...mode];
  const edits = editsBetween(old.lines, text.lines);
  if (edits) return [...move, { kind: 'edit', path, edits }, ...mode];
  return [...move, { kind: 'write', path, text: text.lines, isNew: false }, ...mode];
}

function isFile(entry: Entry | null): boolean {
  return entry === null || entry.mode.startsWith('100');
}

interface Text {
  /** Without the mark. */
  readonly whole: string;
  /** The same with `\n` as line ends, as agents see it. */
  readonly lines: string;
  /** The byte order mark. */
  readonly hasMark: boolean;
}

/** Undefined for what is no UTF-8. */
function textOf(bytes: Buffer): Text | undefined {
  const text = bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes) || text.includes('\0')) return undefined;
  const hasMark = text.startsWith('\uFEFF');
  const whole = hasMark ? text.slice(1) : text;
  return { whole, lines: whole.replaceAll('\r\n', '\n'), hasMark };
}

/** As the product keeps the form of a file. */
function inForm(old: Text | undefined, lines: string): Buffer {
  return Buffer.from((old?.hasMark ? '\uFEFF' : '') + withEndsOf(old?.whole ?? '', lines), 'utf8');
}

/** Does the steps to a tree. @throws where one does not fit what is there */
export function applySteps(tree: Tree, steps: readonly Step[]): void {
  for (const step of steps) {
    const { path } = step;
    const there = tree.get(path);
    switch (step.kind) {
      case 'move': {
        const moved = tree.get(step.from);
        if (!moved || there) throw new Error(`${step.from} cannot be moved to ${path}.`);
        tree.delete(step.from);
        tree.set(path, moved);
        break;
      }
      case 'edit': {
        const text = there && textOf(there.bytes);
        if (!there || !text) throw new Error(`There is no text ${path}.`);
        tree.set(path, { ...there, bytes: inForm(text, withEdits(text.lines, step.edits)) });
        break;
      }
      case 'write': {
        if (step.isNew === (there !== undefined)) throw new Error(`${path} is not as it should be.`);
        const bytes = inForm(there && textOf(there.bytes), step.text);
        tree.set(path, { mode: there?.mode ?? '100644', bytes });
        break;
      }
      case 'delete':
        if (!tree.delete(path)) throw new Error(`There is no ${path}.`);
        break;
      case 'put':
        if (step.entry) tree.set(path, step.entry);
        else tree.delete(path);
        break;
      default:
        step satisfies never;
    }
  }
  for (const file of tree.keys())
    for (let at = file.indexOf('/'); at >= 0; at = file.indexOf('/', at + 1))
      if (tree.has(file.slice(0, at))) throw new Error(`${file} would lie in a file.`);
}

/** As turns of the offline model. @param putCommand what carries out all of the `put` steps */
export function turnsOf(steps: readonly Step[], putCommand: string): readonly unknown[] {
  const turns = steps.flatMap((step): readonly unknown[] => {
    const { path } = step;
    const look = call('read_file', { path });
    switch (step.kind) {
      case 'move':
        return [call('move_file', { from: step.from, to: path })];
      case 'edit':
        return [call('edit_file', { path, edits: step.edits })];
      case 'write':
        return [...(step.isNew ? [] : [look]), call('write_file', { path, content: step.text })];
      case 'delete':
        return [look, call('delete_file', { path })];
      case 'put':
        return [];
    }
    return step satisfies never;
  });
  const hasPut = steps.some(({ kind }) => kind === 'put');
  return [
    ...turns,
    ...(hasPut ? [call('run_command', { command: putCommand })] : []),
    call('finish', { summary: 'Made the change.' }),
  ];
}
