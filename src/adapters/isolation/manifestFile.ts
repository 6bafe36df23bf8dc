// What a place knows of itself, kept over processes: a line of JSON for each entry, and one that says that all are there.
import { open, readFile, rename, rm } from 'node:fs/promises';
import { isUnreadable } from '../files/fileFailure';
import { inSlices } from '../files/inSlices';
import { type Base, type FileBase, Manifest } from './manifest';
import type { Stamp } from './stamp';

/** Where the entries are: of another tree or place nothing is known. */
interface Whereabouts {
  readonly top: string;
  readonly dir: string;
}

const version = 1;
const linesAtOnce = 2_000;

/**
 * Replaced in one step, and not synced: of a file that a power cut left in halves nothing is believed, and an old one does no
 * harm, for what changed since has other stamps.
 */
export async function writeManifest(manifest: Manifest, file: string, where: Whereabouts): Promise<void> {
  const staged = `${file}.new`;
  await rm(staged, { force: true });
  const handle = await open(staged, 'wx', 0o600);
  try {
    await handle.write(`${JSON.stringify(headOf(where))}\n`);
    const entries = [...manifest];
    for (let at = 0; at < entries.length; at += linesAtOnce) {
      const lines: string[] = [];
      await inSlices(entries.slice(at, at + linesAtOnce), ([path, base]) => {
        lines.push(JSON.stringify([path, ...valuesOf(base)]));
      });
      await handle.write(`${lines.join('\n')}\n`);
    }
    await handle.write(`${JSON.stringify({ entries: entries.length })}\n`);
  } finally {
    await handle.close();
  }
  await rename(staged, file);
  manifest.isChanged = false;
}

/** Empty where there is none, or none to be believed. */
export async function readManifest(file: string, where: Whereabouts): Promise<Manifest> {
  const manifest = new Manifest();
  const text = await readFile(file, 'utf8').catch(unlessMachine);
  const [head, ...lines] = text.split('\n');
  if (head !== JSON.stringify(headOf(where)) || lines.pop() !== '') return manifest;
  const end = lines.pop();
  let isWhole = end === JSON.stringify({ entries: lines.length });
  await inSlices(lines, (line) => {
    const entry = entryOf(line);
    if (entry) manifest.set(...entry);
    else isWhole = false;
  });
  manifest.isChanged = false;
  return isWhole ? manifest : new Manifest();
}

function headOf({ top, dir }: Whereabouts): object {
  return { version, top, dir };
}

function valuesOf(base: Base): readonly (string | number | boolean)[] {
  if (base.kind === 'folder') return ['folder', base.mode];
  if (base.kind === 'link') return ['link', base.to, base.put];
  const { theirs, ours } = base;
  const put = ours === null ? [] : 'untilMs' in ours ? [ours.untilMs] : numbersOf(ours);
  return ['file', ...numbersOf(theirs), ...put];
}

function numbersOf(stamp: Stamp): readonly number[] {
  const { size, mtimeMs, ctimeMs, ino, mode, unsettled } = stamp;
  return [size, mtimeMs, ctimeMs, ino, mode, unsettled ? 1 : 0];
}

const stampNumbers = 6;

function entryOf(line: string): [string, Base] | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    if (!Array.isArray(parsed)) return undefined;
    const [at, kind, ...values]: readonly unknown[] = parsed;
    const base = baseOf(kind, values);
    return typeof at === 'string' && base ? [at, base] : undefined;
  } catch {
    return undefined;
  }
}

function baseOf(kind: unknown, values: readonly unknown[]): Base | undefined {
  const [first, second] = values;
  if (kind === 'folder') return typeof first === 'number' ? { kind, mode: first } : undefined;
  if (kind === 'link')
    return typeof first === 'string' && typeof second === 'string'
      ? { kind, to: first, put: second }
      : undefined;
  const numbers = values.filter((value) => typeof value === 'number');
  const theirs = stampFrom(numbers.slice(0, stampNumbers));
  const put = numbers.slice(stampNumbers);
  if (kind !== 'file' || !theirs || numbers.length !== values.length) return undefined;
  const [untilMs] = put;
  const ours: FileBase['ours'] | undefined =
    put.length === 1 && untilMs !== undefined ? { untilMs } : put.length === 0 ? null : stampFrom(put);
  return ours === undefined ? undefined : { kind, theirs, ours };
}

function stampFrom(numbers: readonly number[]): Stamp | undefined {
  const [size, mtimeMs, ctimeMs, ino, mode, unsettled] = numbers;
  if (size === undefined || mtimeMs === undefined || ctimeMs === undefined || ino === undefined)
    return undefined;
  if (mode === undefined || unsettled === undefined) return undefined;
  return { size, mtimeMs, ctimeMs, ino, mode, unsettled: unsettled !== 0 };
}

function unlessMachine(error: unknown): string {
  if (!isUnreadable(error)) throw error;
  return '';
}
