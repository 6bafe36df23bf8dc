// Reads a setting that is an object with an entry for each of something, where some are known without it.
import { isObject } from '../shared/fields';
import { settingsSection } from './setting';

export interface Entries<T> {
  /** Below `parallelAgents.`. */
  readonly key: string;
  /** What each entry is of, for people. */
  readonly noun: string;
  readonly known: Readonly<Record<string, T>>;
  /** Ids that mean something else. */
  readonly taken?: readonly string[];
  /** An entry as it may be written. */
  readonly example: string;
  readonly fields: readonly string[];
  /** What an entry comes to, or what is wrong with it, as the end of a sentence that begins with its name. */
  readonly read: (id: string, entry: Readonly<Record<string, unknown>>) => T | string;
}

const goodId = /^[a-z0-9][a-z0-9_-]{0,49}$/;

/**
 * The known ones with what `given` says of them, and those that only it names. An entry that cannot be used is told by
 * itself, and the others count.
 */
export function readEntries<T extends object>(
  entries: Entries<T>,
  given: unknown,
  say: (sentence: string) => void,
): Readonly<Record<string, T>> {
  const { key, noun, known } = entries;
  const setting = `${settingsSection}.${key}`;
  if (given === undefined || given === null) return known;
  if (!isObject(given)) {
    say(`${setting} must be an object with an entry for each ${noun}; it is not used.`);
    return known;
  }
  const read = Object.entries(given).flatMap(([id, entry]): readonly (readonly [string, T])[] => {
    const value = readEntry(entries, id, entry);
    if (typeof value !== 'string') return [[id, value]];
    say(`${setting}.${id.slice(0, 60)} ${value}; it is not used.`);
    return [];
  });
  return { ...known, ...Object.fromEntries(read) };
}

function readEntry<T>(
  { noun, taken = [], example, fields, read }: Entries<T>,
  id: string,
  entry: unknown,
): T | string {
  if (!goodId.test(id) || taken.includes(id))
    return `is no id of ${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}: small letters, digits, - and _ make one up`;
  if (!isObject(entry)) return `must be an object, as in ${example}`;
  const unknown = Object.keys(entry).find((field) => !fields.includes(field));
  if (unknown !== undefined) return `has no field "${unknown.slice(0, 60)}"; there are ${fields.join(', ')}`;
  return read(id, entry);
}
