// Reads JSON that we wrote ourselves from where somebody else may have written since.
import { tooDeepAt } from '../files/jsonDepth';
import type { Is } from './shape';

/** A text that is longer than a whole feature with everything it names. */
const usualMostChars = 8 * 1024 * 1024;
/** A text of fewer characters is not nested deeper than any walk over it can go. */
const leastDeepChars = 1_024;
/** Ours goes down six levels. */
const mostDepth = 64;

/**
 * Undefined for what is not what we write. A field named `__proto__` is a field like any other, and nobody reads it.
 * @param is tells whether a value is a `T`
 */
export function readJson<T>(text: string, is: Is, mostChars = usualMostChars): T | undefined {
  if (text.length > mostChars) return undefined;
  if (text.length >= leastDeepChars && tooDeepAt(text, mostDepth) !== undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return is(value) ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}
