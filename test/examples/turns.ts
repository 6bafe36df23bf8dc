// The words in which the samples' offline scripts are written; the code itself comes from the finished sample.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { OfflineTurn } from '../../src/ports/coordinator';
import { repoRoot } from '../support/repoRoot';

/** One attempt, or several in the order they are made. */
export type Script = Record<string, OfflineTurn[] | OfflineTurn[][]>;

export interface Edit {
  readonly old: string;
  readonly new: string;
}

/** What a turn costs in time unless it says otherwise: short, yet long enough to be seen. */
const delaysMs = { list_files: 120, search_files: 150, read_file: 180, claim_file: 100, write_file: 350 };
const otherDelayMs = 220;

export function turn(tool: string, input: Readonly<Record<string, unknown>>, say?: string): OfflineTurn {
  const delayMs = new Map(Object.entries(delaysMs)).get(tool) ?? otherDelayMs;
  return { ...(say === undefined ? {} : { say }), tool, input, delayMs };
}

export const read = (file: string, say?: string) => turn('read_file', { path: file }, say);
export const write = (file: string, content: string, say?: string) =>
  turn('write_file', { path: file, content }, say);
export const edit = (file: string, edits: readonly Edit[], say?: string) =>
  turn('edit_file', { path: file, edits }, say);
export const claim = (file: string, say?: string) => turn('claim_file', { path: file }, say);
export const check = (command: string, say?: string) => turn('run_command', { command }, say);
export const step = (text: string, percent: number) => turn('report_progress', { step: text, percent });
export const finish = (summary: string) => turn('finish', { summary });

/** Turns at a pace of their own, so that the order in which features end is plain to see. */
export function paced(delayMs: number, turns: readonly OfflineTurn[]): OfflineTurn[] {
  return turns.map((each) => ({ ...each, delayMs }));
}

/** A file of the finished sample. */
export function finished(sample: string, file: string): string {
  return readFileSync(path.join(repoRoot, 'test', 'examples', sample, 'finished', file), 'utf8');
}

/** The edit that adds the line of `text` holding `part`, below the line above it. */
export function addLine(text: string, part: string): Edit {
  const lines = text.split('\n').map((line) => `${line}\n`);
  const at = lines.findIndex((line) => line.includes(part));
  const above = lines[at - 1] ?? '';
  return { old: above, new: above + lines[at] };
}

/** A text as it was before edits; they must still be found in it, or the script would be about another file. */
export function before(text: string, edits: readonly Edit[]): string {
  return edits.reduce((later, each) => replaceOnce(later, { old: each.new, new: each.old }), text);
}

/** The rule of the tool itself: the old text occurs exactly once. */
export function replaceOnce(text: string, { old, new: next }: Edit): string {
  const parts = text.split(old);
  if (parts.length !== 2) throw new Error(`${JSON.stringify(old)} occurs ${parts.length - 1} times`);
  return parts.join(next);
}
