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
    const pattern = new RegExp(text);
    return ok((lines) => matchInTime(pattern, lines));
  } catch (error) {
    return refuse('badInput', error instanceof Error ? error.message : String(error));
  }
}

/** A script's time limit is the one way to stop an expression that backtracks without end on the same thread. */
const script = new Script('lines.flatMap((line, at) => (pattern.test(line) ? [at] : []))');

function matchInTime(pattern: RegExp, lines: readonly string[]): Result<readonly number[]> {
  try {
    const found: readonly number[] = script.runInContext(createContext({ pattern, lines }), { timeout: maxMatchMs });
    return ok(found);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')) throw error;
    return refuse('badInput', `The expression takes longer than ${maxMatchMs} ms for one file; write it without nested repeats.`);
  }
}
