// What the offline model plays, `offline-script.json`: turns for each feature by name, for all attempts or for each.
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { BacklogProblem, DocumentPath } from '../../core/features/backlogProblem';
import { canonicalName } from '../../core/features/featureName';
import { isObject } from '../../core/shared/fields';
import type { OfflineScript, OfflineTurn } from '../../ports/coordinator';
import { inSlices } from './inSlices';
import { readTextFile } from './jsonFile';
import { membersOf, type TextPart } from './jsonMembers';
import { type PlacedProblem, placeOf, placeProblems } from './jsonPositions';
import { parseJsonText } from './jsonText';

const example = '{ "<feature name>": [ { "say": "…", "tool": "write_file", "input": { … } }, … ] }';
const fields = ['say', 'tool', 'input', 'delayMs'];
/** Longer waits are mistakes of unit: ten minutes. */
const mostDelayMs = 600_000;

type Problems = readonly PlacedProblem[];
type Opened =
  | { readonly kind: 'open'; readonly text: string; readonly members: ReadonlyMap<string, TextPart> }
  | { readonly kind: 'none' }
  | { readonly kind: 'bad'; readonly problems: Problems };

/**
 * The script at one place. It is read again when it changed; of all that is in it only the turns of the feature that is
 * asked for are parsed and checked, as a script may be as long as a backlog of 10⁵ features.
 */
export class OfflineScriptFile {
  #opened: { readonly version: string; readonly script: Promise<Opened> } | undefined;

  /** @param file absolute; problems name it as given */
  constructor(private readonly file: string) {}

  async isThere(): Promise<boolean> {
    return (await this.#version()) !== undefined;
  }

  /** @param attempt from 1; attempts beyond those written play the last again */
  async turnsFor(featureName: string, attempt: number): Promise<OfflineScript> {
    const script = await this.#current();
    if (script.kind !== 'open') return no(whyNone(script).join('\n'));
    const part = script.members.get(canonicalName(featureName));
    if (!part) {
      const name = JSON.stringify(featureName);
      return no(`offline-script.json has no turns for "${featureName}"; add ${name}: [ … ] to it.`);
    }
    const parsed = this.#parse(script.text, part);
    if (!parsed.ok) return no(described(parsed.problems).join('\n'));
    const turns = parsed.attempts[attempt - 1] ?? parsed.attempts.at(-1) ?? [];
    return { ok: true, turns };
  }

  /** What is wrong with any turn, a line each with its place. @param why what is wrong with a turn of the right form */
  async mistakes(why: (turn: OfflineTurn) => string | undefined): Promise<readonly string[]> {
    const script = await this.#current();
    if (script.kind !== 'open') return whyNone(script);
    const told: string[] = [];
    await inSlices(script.members, ([name, part]) => {
      if (isSound(script.text.slice(part.start, part.end), why)) return;
      const parsed = this.#parse(script.text, part);
      if (parsed.ok) told.push(...wrongTurns(name, parsed.attempts, why));
      else told.push(...described(parsed.problems));
    });
    return told;
  }

  async #current(): Promise<Opened> {
    const version = await this.#version();
    if (version === undefined || version !== this.#opened?.version)
      this.#opened = { version: version ?? '', script: this.#open() };
    return this.#opened.script;
  }

  /** Changes whenever the file does; undefined without one. */
  async #version(): Promise<string | undefined> {
    try {
      const { ino, size, mtimeNs, ctimeNs } = await stat(this.file, { bigint: true });
      return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
    } catch {
      return undefined; // whether it is missing or may not be read, reading it says
    }
  }

  async #open(): Promise<Opened> {
    const read = await readTextFile(this.file, `Write ${example}.`);
    if (read.kind !== 'read') return read;
    const { text } = read;
    const members = membersOf(text, canonicalName);
    if (members) return { kind: 'open', text, members };
    const parsed = parseJsonText(this.file, text);
    if (parsed.kind === 'bad') return parsed;
    const message = `The script must be an object: ${example}, with each feature once.`;
    return { kind: 'bad', problems: [{ file: this.file, line: 1, column: 1, message }] };
  }

  #parse(whole: string, { start, end }: TextPart) {
    // Nothing but lines and blanks before it, so that all places are those in the file.
    const { line, column } = placeOf(whole, start);
    const text = '\n'.repeat(line - 1) + ' '.repeat(column - 1) + whole.slice(start, end);
    const parsed = parseJsonText(this.file, text);
    if (parsed.kind === 'bad') return { ok: false, problems: parsed.problems } as const;
    const problems: BacklogProblem[] = [];
    const calls: Call[] = [];
    const say: Say = (at, message) => void problems.push({ path: at, message });
    const attempts = parseAttempts(parsed.value, say, (call) => void calls.push(call));
    if (problems.length > 0)
      return { ok: false, problems: placeProblems(this.file, text, problems) } as const;
    const asProblems = calls.map(({ path: at }, nth) => ({ path: at, message: String(nth) }));
    for (const { message, ...place } of placeProblems(this.file, text, asProblems)) {
      const turn = calls[Number(message)]?.turn;
      if (turn) turn.place = `${path.basename(this.file)}:${place.line}:${place.column}`;
    }
    return { ok: true, attempts } as const;
  }
}

function no(message: string): OfflineScript {
  return { ok: false, message };
}

function whyNone(script: Exclude<Opened, { kind: 'open' }>): readonly string[] {
  return script.kind === 'none'
    ? ['There is no offline-script.json beside the backlog.']
    : described(script.problems);
}

function described(problems: Problems): readonly string[] {
  return problems.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
}

/** Without places, which is fast, and enough for most. */
function isSound(text: string, why: (turn: OfflineTurn) => string | undefined): boolean {
  let isGood = true;
  const say = () => {
    isGood = false;
  };
  try {
    const attempts = parseAttempts(JSON.parse(text), say, () => undefined);
    return isGood && attempts.every((turns) => turns.every((turn) => why(turn) === undefined));
  } catch {
    return false; // what is no plain JSON may still be what people write
  }
}

function wrongTurns(
  name: string,
  attempts: readonly (readonly OfflineTurn[])[],
  why: (turn: OfflineTurn) => string | undefined,
): readonly string[] {
  return attempts.flatMap((turns, at) =>
    turns.flatMap((turn, nth) => {
      const wrong = why(turn);
      if (wrong === undefined) return [];
      const attempt = attempts.length > 1 ? `attempt ${at + 1}, ` : '';
      return [
        `${turn.place ?? 'offline-script.json'}: ${JSON.stringify(name)}, ${attempt}turn ${nth + 1}: ${wrong}`,
      ];
    }),
  );
}

/** A turn that calls a tool, and where in the document what it is called with stands. */
interface Call {
  readonly path: DocumentPath;
  readonly turn: { place?: string };
}

type Say = (path: DocumentPath, message: string) => void;

/** The turns of attempt 1, 2, 3 …; at least one attempt where nothing is said. */
function parseAttempts(
  given: unknown,
  say: Say,
  tell: (call: Call) => void,
): readonly (readonly OfflineTurn[])[] {
  if (!Array.isArray(given) || given.length === 0) {
    say(
      [],
      'The turns of a feature are a list with at least one turn, or with a list of turns for each attempt.',
    );
    return [];
  }
  return given.some((one) => Array.isArray(one))
    ? given.map((one, at) => parseTurns(one, [at], say, tell))
    : [parseTurns(given, [], say, tell)];
}

function parseTurns(
  value: unknown,
  path: DocumentPath,
  say: Say,
  tell: (call: Call) => void,
): readonly OfflineTurn[] {
  if (!Array.isArray(value)) {
    say(path, 'One attempt here is a list of turns, so each must be.');
    return [];
  }
  return value.map((one: unknown, at) => {
    const turn = parseTurn(one, [...path, at], say);
    if (turn.tool !== undefined)
      tell({ path: [...path, at, turn.input === undefined ? 'tool' : 'input'], turn });
    return turn;
  });
}

function parseTurn(value: unknown, path: DocumentPath, say: Say): OfflineTurn {
  if (!isObject(value)) {
    say(path, 'A turn must be an object such as { "say": "…" } or { "tool": "…", "input": { … } }.');
    return {};
  }
  const { say: words, tool, input, delayMs } = value;
  for (const key of Object.keys(value)) {
    if (!fields.includes(key))
      say([...path, key], `${JSON.stringify(key)} is not a field of a turn. Known: ${fields.join(', ')}.`);
  }
  if (words === undefined && tool === undefined) say(path, 'A turn needs "say" or "tool".');
  if (words !== undefined && typeof words !== 'string') say([...path, 'say'], '"say" must be text.');
  if (tool !== undefined && (typeof tool !== 'string' || tool === ''))
    say([...path, 'tool'], '"tool" must be the name of a tool.');
  if (tool === undefined && input !== undefined)
    say([...path, 'input'], '"input" belongs to a "tool", and there is none.');
  const isDelay = typeof delayMs === 'number' && delayMs >= 0 && delayMs <= mostDelayMs;
  if (delayMs !== undefined && !isDelay)
    say([...path, 'delayMs'], `"delayMs" must be a number from 0 to ${mostDelayMs}.`);
  return {
    ...(typeof words === 'string' ? { say: words } : {}),
    ...(typeof tool === 'string' ? { tool } : {}),
    ...(input === undefined ? {} : { input }),
    ...(isDelay ? { delayMs } : {}),
  };
}
