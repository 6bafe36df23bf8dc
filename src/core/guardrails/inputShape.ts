// The shape of a tool's input, said once: the JSON Schema the model sees and the check its answer goes through.
import { isObject } from '../shared/fields';
import { ok, type Result } from '../shared/result';

/** Problems are told as one text, each with its place: `input.edits[0].old: expected text, got number`. */
export interface Shape<T> {
  readonly schema: JsonSchema;
  read(value: unknown, at: string): Result<T, string>;
  /** The value of an absent field; shapes without it are required. */
  readonly absent?: { readonly value: T };
}

type JsonSchema = Readonly<Record<string, unknown>>;

export type ValueOf<S> = S extends Shape<infer T> ? T : never;

type Fields = Readonly<Record<string, Shape<unknown>>>;
type ValuesOf<F extends Fields> = { readonly [K in keyof F]: ValueOf<F[K]> };

/**
 * What the model sent for a tool, checked. Providers hand over input that is not JSON as the raw text, which is told
 * with the parser's own words.
 */
export function readInput<T>(shape: Shape<T>, input: unknown): Result<T, string> {
  return typeof input === 'string' ? problem(whyNotJson(input)) : shape.read(input, 'input');
}

/** An object with exactly these fields. An unknown one is an error: it is a misspelt one more often than a harmless one. */
export function fields<F extends Fields>(named: F): Shape<ValuesOf<F>> {
  const names = Object.keys(named);
  return {
    schema: {
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, named[name]?.schema])),
      required: names.filter((name) => named[name]?.absent === undefined),
      additionalProperties: false,
    },
    read(value, at) {
      if (!isObject(value)) return problem(`${at}: expected an object, got ${kindOf(value)}`);
      const unknown = Object.keys(value).filter((name) => !Object.hasOwn(named, name));
      const problems = unknown.map(
        (name) => `${at}: there is no "${name}"; the fields are ${names.join(', ')}`,
      );
      const values: Record<string, unknown> = {};
      for (const [name, shape] of Object.entries(named)) {
        const given = Object.hasOwn(value, name) ? value[name] : undefined;
        const field = readField(shape, given, `${at}.${name}`);
        if (field.ok) values[name] = field.value;
        else problems.push(field.error);
      }
      // Sound: every name of F was just read by its own shape, which the compiler cannot follow through a record.
      return problems.length > 0 ? problem(problems.join('\n')) : ok(values as ValuesOf<F>);
    },
  };
}

export function text(description: string): Shape<string> {
  return {
    schema: { type: 'string', description },
    read: (value, at) => (typeof value === 'string' ? ok(value) : wrong(at, 'text', value)),
  };
}

export function flag(description: string): Shape<boolean> {
  return {
    schema: { type: 'boolean', description },
    read: (value, at) => (typeof value === 'boolean' ? ok(value) : wrong(at, 'true or false', value)),
  };
}

export function wholeNumber(description: string, from: number, to?: number): Shape<number> {
  const range = to === undefined ? `a whole number from ${from}` : `a whole number from ${from} to ${to}`;
  return {
    schema: { type: 'integer', description, minimum: from, ...(to === undefined ? {} : { maximum: to }) },
    read(value, at) {
      const fits =
        typeof value === 'number' && Number.isInteger(value) && value >= from && value <= (to ?? value);
      return fits ? ok(value) : wrong(at, range, value);
    },
  };
}

/** At least one of `item`. */
export function list<T>(item: Shape<T>, description: string): Shape<readonly T[]> {
  return {
    schema: { type: 'array', description, items: item.schema, minItems: 1 },
    read(value, at) {
      if (!Array.isArray(value) || value.length === 0)
        return wrong(at, 'a list with at least one entry', value);
      const values: T[] = [];
      const problems: string[] = [];
      for (const [index, entry] of value.entries()) {
        const one = item.read(entry, `${at}[${index}]`);
        if (one.ok) values.push(one.value);
        else problems.push(one.error);
      }
      return problems.length > 0 ? problem(problems.join('\n')) : ok(values);
    },
  };
}

/** May be left out, or null, which some models send for it. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return { ...shape, absent: { value: undefined } };
}

function readField<T>(shape: Shape<T>, value: unknown, at: string): Result<T, string> {
  if (shape.absent !== undefined && (value === undefined || value === null)) return ok(shape.absent.value);
  return value === undefined ? problem(`${at}: missing`) : shape.read(value, at);
}

function wrong(at: string, expected: string, value: unknown): { readonly ok: false; readonly error: string } {
  const got = typeof value === 'number' || typeof value === 'boolean' ? String(value) : kindOf(value);
  return problem(`${at}: expected ${expected}, got ${got}`);
}

function problem(error: string): { readonly ok: false; readonly error: string } {
  return { ok: false, error };
}

function whyNotJson(raw: string): string {
  const shown = raw.length > 200 ? `${raw.slice(0, 200)}…` : raw;
  try {
    JSON.parse(raw);
    return `input: expected an object, got text: ${shown}`;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `The input is not valid JSON (${why}). It began: ${shown}`;
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return typeof value === 'object' ? 'an object' : typeof value === 'string' ? 'text' : typeof value;
}
