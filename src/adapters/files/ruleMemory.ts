// What the user's own `.gitignore` files said before agents changed them: an agent's rules decide nothing that counts.
import path from 'node:path';
import { lenientName } from '../../core/shared/lenientName';
import { isNotRead } from './boundedRead';
import { hashOf } from './contentHash';
import { putStateFile, readStateFile } from './statePart';

export const ignoreFileName = '.gitignore';

/** Above this many bytes an ignore file is not one that a person wrote, and is passed over. */
export const maxRuleBytes = 1024 * 1024;
/** Versions of agents' that are remembered of one file; an undo puts back the last few at most. */
const mostVersions = 500;
/** Thousands of ignore files that agents changed hundreds of times. */
const mostStoredBytes = 256 * 1024 * 1024;
const none = 'none';
const fileName = 'ignore-rules.json';

interface Entry {
  /** Null: the user has no such file. */
  readonly user: string | null;
  /** Hashes of what agents made of it since, and `none` where they took it away. */
  readonly agents: readonly string[];
}

/**
 * Kept in the state folder, so that a crash or a later run does not take an agent's version for the user's. That ends when
 * the user changes the file, or adds it to Git as it is.
 */
export class RuleMemory {
  #entries: ReadonlyMap<string, Entry> | undefined;
  #written: Promise<unknown> = Promise.resolve();

  constructor(private readonly stateDir: string) {}

  /** To be awaited before `userText` is asked. Rejects with `foreign` where no file of ours stands in its place. */
  async ready(): Promise<void> {
    if (this.#entries) return;
    const stored = await readStateFile(this.stateDir, fileName, mostStoredBytes);
    this.#entries ??= new Map(isNotRead(stored) ? [] : parse(stored.toString()));
  }

  /**
   * The user's text of the ignore file in `folder`; null: none. What stands there now is the user's own, unless an agent
   * made it so and nobody has taken it over.
   */
  userText(folder: string, now: Buffer | null): string | null {
    const entry = this.#entries?.get(keyOf(folder));
    const isAgents = entry?.agents.includes(now === null ? none : hashOf(now));
    return entry && isAgents ? entry.user : (now?.toString() ?? null);
  }

  /** Has an agent changed the ignore file of `folder` at all? Most have not, and need no second look. */
  knows(folder: string): boolean {
    return this.#entries?.has(keyOf(folder)) ?? false;
  }

  /**
   * An agent is about to turn `before` into what has the hash `after` (null: no file). Durable when it resolves, which
   * must be before the file is changed.
   * @param file that `isIgnoreFile`
   */
  async agentWrites(file: string, before: Buffer | null, after: string | null): Promise<void> {
    await this.ready();
    const folder = path.posix.dirname(file);
    const known = this.#entries?.get(keyOf(folder));
    const isAgents = known?.agents.includes(before === null ? none : hashOf(before)) ?? false;
    const user = before === null || before.length > maxRuleBytes ? null : before.toString();
    const base = known && isAgents ? known : { user, agents: [] };
    const next = { ...base, agents: [...base.agents, after ?? none].slice(-mostVersions) };
    this.#entries = new Map(this.#entries).set(keyOf(folder), next);
    this.#written = this.#written.catch(() => undefined).then(() => this.#save());
    await this.#written;
  }

  async #save(): Promise<void> {
    await putStateFile(this.stateDir, fileName, JSON.stringify([...(this.#entries ?? [])]));
  }
}

/** Also a name in other letters: there are systems on which it is the same file. */
export function isIgnoreFile(file: string): boolean {
  return lenientName(path.posix.basename(file)) === ignoreFileName;
}

/** Of a damaged file nothing is kept: what stands in the workspace is then taken for the user's. */
function parse(stored: string): readonly (readonly [string, Entry])[] {
  try {
    const entries: unknown = JSON.parse(stored);
    return Array.isArray(entries) ? entries.flatMap(entryOf) : [];
  } catch {
    return [];
  }
}

/** Only what is known here is taken, for it is written again. */
function entryOf(stored: unknown): readonly (readonly [string, Entry])[] {
  if (!Array.isArray(stored)) return [];
  const [folder, entry]: readonly unknown[] = stored;
  const { user, agents }: Partial<Record<keyof Entry, unknown>> = { ...Object(entry) };
  if (typeof folder !== 'string' || !(user === null || typeof user === 'string')) return [];
  const isKnown = Array.isArray(agents) && agents.every((hash) => typeof hash === 'string');
  return isKnown ? [[folder, { user, agents }]] : [];
}

/** The top is `''` for those who walk, and `.` for those who cut a path. */
function keyOf(folder: string): string {
  return folder === '.' ? '' : folder;
}
