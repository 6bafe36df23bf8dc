// `parallel-agents doctor`: where the copies of all workspaces lie and what they take, and what commands in them see.
import path from 'node:path';
import { treeAround } from '../adapters/isolation/gitSource';
import { placesFolder } from '../adapters/isolation/placesFolder';
import { readNamespaceRules, tryView } from '../adapters/process/diskView';
import { describeView } from '../core/guardrails/viewTrial';
import type { MachineSettings } from '../core/settings/machineSettings';
import { resolveSettings } from '../core/settings/resolveSettings';
import { inert } from '../core/shared/inert';
import { sizeText } from '../core/shared/size';
import { type FoundCopies, findCopies, removeCopies, sizeOfCopies } from '../host/keptCopies';
import { Failure } from '../ports/failure';
import { readSettings } from './settingsFiles';
import type { Terminal } from './terminal';

/** All copies are measured within this; of others the size is not told. 100,000 files take about 1 s. */
const longestMeasuringMs = 30_000;

interface MeasuredCopies extends FoundCopies {
  readonly bytes: number | undefined;
}

/** @returns 1 where something keeps copies from being made, or one from being removed */
export async function doctor(root: string, fix: boolean, terminal: Terminal): Promise<number> {
  const { machine } = resolveSettings((await readSettings(root, {}, terminal.env)).read);
  const isUsable = await tellPlace(root, machine, terminal);
  const signal = AbortSignal.timeout(longestMeasuringMs);
  const all: MeasuredCopies[] = [];
  for (const copies of await findCopies(machine.copiesFolder)) {
    const measured = { ...copies, bytes: await sizeOfCopies(copies, signal) };
    all.push(measured);
    for (const line of describeCopies(measured)) terminal.print(line);
  }
  const free = all.filter(({ isInUse }) => !isInUse);
  terminal.print(
    all.length === 0
      ? 'There are no copies on this machine.'
      : `There are ${counted(all)}, ${sumText(all)} in all; ${free.length === 0 ? 'all of them are in use.' : `nobody works in ${sumText(free)} of it.`}`,
  );
  if (fix) return Math.max(await remove(free, terminal), isUsable ? 0 : 1);
  if (free.length > 0)
    terminal.print(
      'parallel-agents doctor --fix removes what nobody works in; a copy is made anew when it is needed.',
    );
  return isUsable ? 0 : 1;
}

/** Where this project's copies come, and what commands see there. */
async function tellPlace(root: string, machine: MachineSettings, terminal: Terminal): Promise<boolean> {
  let dir: string;
  try {
    dir = await placesFolder(root, machine.copiesFolder);
  } catch (error) {
    if (!Failure.is(error, 'copyRefused')) throw error;
    terminal.print(`❌ ${error.message} Correct it in your own settings.`);
    return false;
  }
  terminal.print(`Copies of this project lie in ${dir}.`);
  const trial = await tryView(path.dirname(dir), await treeAround(root), terminal.env);
  const isFine = trial.kind === 'works' || !machine.samePlace;
  const words = describeView(trial, machine.samePlace, await readNamespaceRules());
  terminal.print(`${isFine ? '✅' : '⚠️'} ${words}`);
  return true;
}

async function remove(free: readonly MeasuredCopies[], terminal: Terminal): Promise<number> {
  const removed: MeasuredCopies[] = [];
  let left = 0;
  for (const copies of free) {
    try {
      if (await removeCopies(copies)) removed.push(copies);
      else terminal.note(`ℹ️ ${inert(copies.dir)} is left: a run has begun in ${inert(copies.root)}.`);
    } catch (error) {
      left += 1;
      const why = error instanceof Error ? error.message : String(error);
      terminal.note(`❌ ${inert(copies.dir)} could not be removed: ${why}`);
    }
  }
  terminal.print(
    removed.length === 0
      ? 'Nothing was removed.'
      : `Freed ${sumText(removed)}: removed the ${counted(removed)}.`,
  );
  return left === 0 ? 0 : 1;
}

function describeCopies({
  dir,
  root,
  usedAt,
  isInUse,
  isLeft,
  pid,
  bytes,
}: MeasuredCopies): readonly string[] {
  const use = isInUse
    ? `in use${pid === undefined ? '' : ` by process ${pid}`}`
    : `last used ${new Date(usedAt).toLocaleString('sv')}${isLeft ? ', of no use any more' : ''}`;
  const size = bytes === undefined ? 'size not known' : sizeText(bytes);
  return [`  ${inert(root)}: ${size}, ${use}`, `    ${inert(dir)}`];
}

function counted(copies: readonly unknown[]): string {
  return copies.length === 1 ? 'copies of 1 project' : `copies of ${copies.length} projects`;
}

function sumText(copies: readonly MeasuredCopies[]): string {
  const sum = copies.reduce((total, { bytes }) => total + (bytes ?? 0), 0);
  return `${copies.some(({ bytes }) => bytes === undefined) ? 'at least ' : ''}${sizeText(sum)}`;
}
