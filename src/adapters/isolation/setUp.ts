// What a command of the user's makes of a place that was put there anew, such as installed packages: by which lockfiles, and
// whether it can stay for the next attempt.
import { createHash } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isLockfile, lockfileNames } from '../../core/guardrails/lockfiles';
import { isUnreadable } from '../files/fileFailure';
import { inSlices } from '../files/inSlices';
import { readNow } from './fileNow';
import type { LeftOut } from './leftOut';
import type { SlotPlace } from './slotPlace';
import type { Found, Survey } from './survey';

interface Made {
  readonly command: string;
  /** Of the lockfiles that it went by. */
  readonly locks: string;
}

/** Kept over processes. */
interface MadeRecord extends Made {
  /** Of all in the place that is the command's and lies where the user leaves things out. */
  readonly print: string;
}

export class SetUp {
  /** What the place was set up by since it was last made what the workspace is. */
  #made: Made | undefined;

  constructor(
    private readonly place: SlotPlace,
    /** A file for what is known, beside the place. */
    private readonly memory: string,
  ) {}

  /**
   * To be asked while the place is made anew: may what is left out stay in it, for it is what the command left there and
   * nobody has touched since?
   */
  async stands(ours: Survey, leftOut: LeftOut['of']): Promise<boolean> {
    this.#made = undefined;
    const record = await this.#remembered();
    return record !== undefined && (await printOf(ours, leftOut)) === record.print;
  }

  /** The place is made, and what was left there stays. */
  async goOn(): Promise<void> {
    this.#made = await this.#remembered();
  }

  async isBy(command: string): Promise<boolean> {
    return this.#made?.command === command && this.#made.locks === (await this.#locks());
  }

  /**
   * The command has ended well. What it made stays for later attempts where all of it lies where the user leaves things out;
   * else those begin without it, and it is to be run for each.
   */
  async record(command: string, ours: Survey, leftOut: LeftOut['of']): Promise<void> {
    this.#made = { command, locks: await this.#locks() };
    await rm(this.memory, { force: true });
    if (!(await this.#isAllOfIt(ours, leftOut))) return;
    const record: MadeRecord = { ...this.#made, print: await printOf(ours, leftOut) };
    await writeFile(`${this.memory}.new`, JSON.stringify(record), { mode: 0o600 });
    await rename(`${this.memory}.new`, this.memory);
  }

  async #isAllOfIt(ours: Survey, leftOut: LeftOut['of']): Promise<boolean> {
    let isAll = true;
    await inSlices(ours, ([at, found]) => {
      if (!isAll || found.kind === 'apart' || leftOut(at, kindOf(found)) !== undefined) return;
      isAll = found.kind === 'folder' ? this.place.manifest.has(at) : this.place.stands(at, found);
    });
    return isAll;
  }

  async #locks(): Promise<string> {
    const { manifest, options } = this.place;
    const named = [...manifest.keys()].filter(isLockfile);
    const own = lockfileNames.map((name) => options.inside + name);
    const hash = createHash('sha256');
    for (const at of [...new Set([...named, ...own])].sort()) {
      const now = await readNow(path.join(options.dir, at));
      if (now) hash.update(`${at}\0${now.hash}\0`);
    }
    return hash.digest('hex');
  }

  async #remembered(): Promise<MadeRecord | undefined> {
    try {
      const found: unknown = JSON.parse(await readFile(this.memory, 'utf8'));
      const { command, locks, print }: Partial<Record<keyof MadeRecord, unknown>> = { ...Object(found) };
      return typeof command === 'string' && typeof locks === 'string' && typeof print === 'string'
        ? { command, locks, print }
        : undefined;
    } catch (error) {
      if (!isUnreadable(error) && !(error instanceof SyntaxError)) throw error;
      return undefined; // it is run once more then
    }
  }
}

/** The same only as long as nobody has touched any of it. */
async function printOf(ours: Survey, leftOut: LeftOut['of']): Promise<string> {
  const lines: string[] = [];
  await inSlices(ours, ([at, found]) => {
    if (leftOut(at, kindOf(found)) === 'excluded') lines.push(`${at}\0${textOf(found)}`);
  });
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex');
}

function textOf(found: Found): string {
  if (found.kind === 'file') {
    const { size, mtimeMs, ctimeMs, ino, mode } = found.stamp;
    return [size, mtimeMs, ctimeMs, ino, mode].join(' ');
  }
  return found.kind === 'link' ? `link ${found.to}` : found.kind;
}

function kindOf({ kind }: Found): 'file' | 'folder' {
  return kind === 'folder' ? 'folder' : 'file';
}
