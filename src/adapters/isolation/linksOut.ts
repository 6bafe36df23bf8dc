// Links of a place that lead out of what is copied: they stay links, and what they lead to is the user's own, for commands to read.
import { realpathSync, type Stats, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Mount } from '../../ports/workers';
import { homeFolder } from '../files/homeFolder';
import { isWithin } from '../files/outsideNames';
import type { Base } from './manifest';

export interface LinkOut {
  /** From the top. */
  readonly link: string;
  /** What it leads to in the end: a file or a folder. */
  readonly target: string;
  readonly isProgram: boolean;
}

/** Each takes time at every command; beyond these, links are as they were. */
const mostHeld = 64;
const ofSystem = ['/dev', '/proc', '/run', '/sys'];
const forAll = ['/tmp', '/var/tmp'];

/**
 * Those that lead to something. By path.
 *
 * @param own a folder of ours, into which links that the user has asked for lead
 */
export function linksOut(
  { top, own }: { readonly top: string; readonly own: string },
  bases: Iterable<readonly [at: string, base: Base]>,
): readonly LinkOut[] {
  const found: LinkOut[] = [];
  for (const [link, base] of bases) {
    if (base.kind !== 'link' || !(path.isAbsolute(base.to) || base.to.includes('..'))) continue;
    const named = path.resolve(top, path.dirname(link), base.to);
    if (isWithin(top, named) || isWithin(own, named)) continue;
    const [target, stat] = real(named) ?? [];
    if (!target || isWithin(top, target) || isWithin(own, target) || !(stat?.isFile() || stat?.isDirectory()))
      continue;
    found.push({ link, target, isProgram: stat.isFile() && (stat.mode & 0o111) !== 0 });
  }
  return found.sort((a, b) => (a.link < b.link ? -1 : 1));
}

/**
 * Has commands see what these lead to as it is, and not change it. Not what holds a folder in which they are to write (the
 * workspace, temp folders, the user's home), nor what is the system's: then nothing would run.
 *
 * @param needed further folders in which commands write
 */
export function heldForReading(links: readonly LinkOut[], needed: readonly string[]): readonly Mount[] {
  const open = [...needed, tmpdir(), homeFolder(), ...ofSystem, ...forAll];
  const isHeld = (target: string) =>
    !open.some((folder) => isWithin(target, folder)) && !ofSystem.some((folder) => isWithin(folder, target));
  const targets = [...new Set(links.map(({ target }) => target))].filter(isHeld).sort();
  const outermost = targets.filter((one) => !targets.some((other) => other !== one && isWithin(other, one)));
  return outermost.slice(0, mostHeld).map((at) => ({ from: at, at, isReadOnly: true }));
}

function real(absolute: string): readonly [string, Stats] | undefined {
  try {
    const target = realpathSync(absolute);
    return [target, statSync(target)];
  } catch {
    return undefined; // it leads nowhere, or where nobody may look
  }
}
