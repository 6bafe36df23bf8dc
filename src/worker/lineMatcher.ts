// Finds the lines of a text that match; a regular expression gets only so much time, for some never end.
import { createContext, Script } from 'node:vm';
import { ok, type Result, refuse } from '../core/shared/result';

/** For one file. A usual expression over the longest file we search takes some milliseconds. */
const maxMatchMs = 1000;

/** The indexes, from 0, of the lines that match. */
export type LineMatcher = (lines: readonly string[]) => Result<readonly number[]>;

/** Refuses `badInput` for an expression that cannot be read; the matcher does for one that takes too long. */
export function createLineMatcher(text: string, isRegex: boolean): Result<LineMatcher> {
  if (!isRegex) return ok((lines) => ok(lines.flatMap((line, at) => (line.includes(text) ? [at] : []))));
  try {
    return ok(matchInTime(new RegExp(text)));
  } catch (error) {
    return refuse('badInput', error instanceof Error ? error.message : String(error));
  }
}

/** A script's time limit is the one way to stop an expression that backtracks without end on the same thread. */
const script = new Script('lines.flatMap((line, at) => (pattern.test(line) ? [at] : []))');

function matchInTime(pattern: RegExp): LineMatcher {
  const world: { readonly pattern: RegExp; lines: readonly string[] } = { pattern, lines: [] };
  const context = createContext(world); // once: making one takes half a millisecond
  return (lines) => {
    world.lines = lines;
    try {
      const found: readonly number[] = script.runInContext(context, { timeout: maxMatchMs });
      return ok(found);
    } catch (error) {
      if (!isTimeout(error)) throw error;
      const why = `The expression takes longer than ${maxMatchMs} ms for one file; write it without nested repeats.`;
      return refuse('badInput', why);
    }
  };
}

/** Not by `instanceof`: the error is made inside the script's own world. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}
