// Finds processes by what they carry in their environment or on their command line, and files by what they hold, from
// outside our own code.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';

export interface Found {
  readonly pid: number;
  readonly command: string;
}

/** The mark in the environment of everything that is started for the workspace at `dir`. */
export function tagOf(dir: string): string {
  return createHash('sha256').update(dir).digest('hex').slice(0, 16);
}

interface Seen extends Found {
  readonly parent: number;
}

/** A process that was just started is its parent, to all that is seen of it, until its own program begins: for so many looks. */
const mostLooks = 100;

/** Living processes (no zombies) whose command line or environment holds `text`. Linux only. */
export async function processesHolding(text: string): Promise<readonly Found[]> {
  const seen = new Map<number, Seen>();
  for (const name of await readdir('/proc')) {
    const found =
      /^\d+$/.test(name) && Number(name) !== process.pid ? await look(Number(name), text) : undefined;
    if (found) seen.set(found.pid, found);
  }
  const found: Found[] = [];
  for (const one of seen.values()) {
    let now: Seen | undefined = one;
    for (let looks = 0; now && isItsParentYet(now, seen) && looks < mostLooks; looks++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      now = await look(one.pid, text);
    }
    if (now) found.push({ pid: now.pid, command: now.command });
  }
  return found;
}

function isItsParentYet({ parent, command }: Seen, seen: ReadonlyMap<number, Seen>): boolean {
  return seen.get(parent)?.command === command;
}

async function look(pid: number, text: string): Promise<Seen | undefined> {
  const [command = '', environment = '', stat = ''] = await Promise.all(
    ['cmdline', 'environ', 'stat'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
  );
  const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z' || !(command.includes(text) || environment.includes(text))) return undefined;
  return { pid, command: command.replaceAll('\0', ' '), parent: Number(parent) };
}

/** Resolves once no process holds `text`; rejects, naming those left, when that takes longer than `ms`. */
export async function noneHolding(text: string, ms: number): Promise<void> {
  const end = Date.now() + ms;
  for (;;) {
    const left = await processesHolding(text);
    if (left.length === 0) return;
    if (Date.now() > end)
      throw new Error(`still alive after ${ms} ms: ${left.map((p) => `${p.pid} ${p.command}`).join('; ')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Resolves once `file` is there and holds `words`; the test's own time limit ends it. */
export async function written(file: string, words = /^/): Promise<void> {
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined && words.test(text)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
