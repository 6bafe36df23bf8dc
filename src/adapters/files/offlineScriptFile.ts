// What the offline model plays, `offline-script.json`: turns for each feature by name, for all attempts or for each.
import path from 'node:path';
import type { BacklogProblem, DocumentPath } from '../../core/features/featureList';
import { canonicalName } from '../../core/features/featureName';
import type { OfflineScript, OfflineTurn } from '../../ports/coordinator';
import { readJsonFile } from './jsonFile';
import { type PlacedProblem, placeProblems } from './jsonPlaces';

/** By feature name, the turns of attempt 1, 2, 3 …; never without an attempt. */
export type OfflineTurns = ReadonlyMap<string, readonly (readonly OfflineTurn[])[]>;

export type OfflineScriptFile =
  | { readonly kind: 'loaded'; readonly script: OfflineTurns }
  | { readonly kind: 'none'; readonly file: string }
  | { readonly kind: 'bad'; readonly problems: readonly PlacedProblem[] };

const example = '{ "<feature name>": [ { "say": "…", "tool": "write_file", "input": { … } }, … ] }';
const fields = ['say', 'tool', 'input', 'delayMs'];
/** Longer waits are mistakes of unit: ten minutes. */
const mostDelayMs = 600_000;

/** @param file absolute; problems name it as given */
export async function loadOfflineScript(file: string): Promise<OfflineScriptFile> {
  const read = await readJsonFile(file, `Write ${example}.`);
  if (read.kind !== 'read') return read;
  const problems: BacklogProblem[] = [];
  const calls: Call[] = [];
  const say: Say = (path, message) => void problems.push({ path, message });
  const script = parseScript(read.value, say, (call) => void calls.push(call));
  if (problems.length > 0) return { kind: 'bad', problems: placeProblems(file, read.text, problems) };
  const asProblems = calls.map(({ path }, nth) => ({ path, message: String(nth) }));
  for (const { line, column, message } of placeProblems(file, read.text, asProblems)) {
    const turn = calls[Number(message)]?.turn;
    if (turn) turn.place = `${path.basename(file)}:${line}:${column}`;
  }
  return { kind: 'loaded', script };
}

/** @param attempt from 1; attempts beyond those written play the last again */
export function turnsFor(script: OfflineTurns, featureName: string, attempt: number): OfflineScript {
  const attempts = script.get(canonicalName(featureName));
  const turns = attempts?.[attempt - 1] ?? attempts?.at(-1);
  if (turns) return { ok: true, turns };
  return {
    ok: false,
    message: `offline-script.json has no turns for "${featureName}"; add ${JSON.stringify(featureName)}: [ … ] to it.`,
  };
}

/** A turn that calls a tool, and where in the document what it is called with stands. */
interface Call {
  readonly path: DocumentPath;
  readonly turn: { place?: string };
}

type Say = (path: DocumentPath, message: string) => void;

function parseScript(value: unknown, say: Say, tell: (call: Call) => void): OfflineTurns {
  const script = new Map<string, readonly (readonly OfflineTurn[])[]>();
  if (!isObject(value)) {
    say([], `The script must be an object: ${example}.`);
    return script;
  }
  for (const [name, given] of Object.entries(value)) {
    if (!Array.isArray(given) || given.length === 0) {
      say(
        [name],
        'The turns of a feature are a list with at least one turn, or with a list of turns for each attempt.',
      );
      continue;
    }
    const isPerAttempt = given.some((one) => Array.isArray(one));
    const attempts = isPerAttempt
      ? given.map((one, at) => parseTurns(one, [name, at], say, tell))
      : [parseTurns(given, [name], say, tell)];
    script.set(canonicalName(name), attempts);
  }
  return script;
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

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
