// Whether a value that was stored is of the shape that it was stored in: small questions, put together field by field. Fields
// that are not asked for are let be, for another version may have written them; nobody reads them.
import { isObject } from '../../core/shared/fields';

export type Is = (value: unknown) => boolean;

/** One question for every field of `T`, so that the compiler names those that are forgotten. */
export type Fields<T> = { readonly [K in keyof T]-?: Is };

export const isText: Is = (value) => typeof value === 'string';
export const isFlag: Is = (value) => typeof value === 'boolean';
/** Times, durations, costs. */
export const isNumber: Is = (value) => typeof value === 'number' && Number.isFinite(value);
export const isCount: Is = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
/** Ids, slots, fences. */
export const isId: Is = (value) => Number.isSafeInteger(value) && Number(value) >= 1;
/** The name of a content: SHA-256 in hex. */
export const isHash: Is = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
export const isAnything: Is = () => true;

export function isOneOf(...words: readonly unknown[]): Is {
  return (value) => words.includes(value);
}

export function optional(is: Is): Is {
  return (value) => value === undefined || is(value);
}

export function nullable(is: Is): Is {
  return (value) => value === null || is(value);
}

export function listOf(is: Is): Is {
  return (value) => Array.isArray(value) && value.every(is);
}

/** A record of such values, whatever their names. */
export function mapOf(is: Is): Is {
  return (value) => isObject(value) && Object.values(value).every(is);
}

export function either(...ways: readonly Is[]): Is {
  return (value) => ways.some((is) => is(value));
}

export function shapeOf<T>(fields: Fields<T>): Is {
  const questions = Object.entries<Is>(fields);
  return (value) => {
    if (!isObject(value)) return false;
    for (const [name, is] of questions) if (!is(value[name])) return false;
    return true;
  };
}

/** Of a union: what else there is to be hangs on the word in the field `name`. */
export function byWord(name: string, ways: Readonly<Record<string, Is>>): Is {
  const known = new Map(Object.entries(ways));
  return (value) => {
    const word = isObject(value) ? value[name] : undefined;
    return typeof word === 'string' && known.get(word)?.(value) === true;
  };
}
