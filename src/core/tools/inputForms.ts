// The forms that fields of a tool's input have, as schemas whose errors tell a model what to send instead.
import { z } from 'zod';
import { isObject } from '../shared/fields';
import { ok, type Result } from '../shared/result';

/** An object with exactly these fields. An unknown one is an error: it is a misspelt one more often than a harmless one. */
export function fields<F extends z.ZodRawShape>(named: F) {
  const known = Object.keys(named).join(', ');
  return z.strictObject(named, {
    error: ({ code, keys }) =>
      code === 'unrecognized_keys'
        ? keys?.map((name) => `there is no "${name}"; the fields are ${known}`).join('\n')
        : 'expected an object',
  });
}

export function text(description: string) {
  return z.string('expected text').describe(description);
}

export function flag(description: string) {
  return z.boolean('expected true or false').describe(description);
}

export function wholeNumber(description: string, from: number, to?: number) {
  const wanted = `expected a whole number from ${from}${to === undefined ? '' : ` to ${to}`}`;
  const least = z.int(wanted).min(from, wanted);
  return (to === undefined ? least : least.max(to, wanted)).describe(description);
}

/** At least one of `item`. */
export function list<T extends z.ZodType>(item: T, description: string) {
  const wanted = 'expected a list with at least one entry';
  return z.array(item, wanted).min(1, wanted).describe(description);
}

/** May be left out, or null, which some models send for it. */
export function optional<T extends z.ZodType>(form: T) {
  return z.preprocess((value) => value ?? undefined, form.optional());
}

/** The JSON Schema that a model is shown for `form`: the same bytes each time. */
export function schemaOf(form: z.ZodType): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(form, {
    override({ jsonSchema }) {
      // What JSON can tell apart at all is no bound of ours.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  return schema;
}

/**
 * What the model sent for a tool, checked. Problems are told as one text, a line each with its place:
 * `input.edits[0].old: expected text, got 1`. Providers hand over input that is not JSON as the raw text, which is told
 * with the parser's own words.
 */
export function readInput<T>(form: z.ZodType<T>, input: unknown): Result<T, string> {
  if (typeof input === 'string') return { ok: false, error: whyNotJson(input) };
  const read = form.safeParse(input, { reportInput: true });
  if (read.success) return ok(read.data);
  const problems = read.error.issues.flatMap((issue) =>
    issue.message.split('\n').map((words) => `${placeOf(issue.path)}: ${told(words, issue)}`),
  );
  return { ok: false, error: [...new Set(problems)].join('\n') };
}

function told(words: string, { code, input, path }: z.core.$ZodIssue): string {
  if (code === 'unrecognized_keys') return words;
  if (input === undefined && path.length > 0) return 'missing';
  const isPlain = typeof input === 'number' || typeof input === 'boolean';
  return `${words}, got ${isPlain ? String(input) : nameOf(input)}`;
}

function placeOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (place, part) => (typeof part === 'number' ? `${place}[${part}]` : `${place}.${String(part)}`),
    'input',
  );
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

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return isObject(value) ? 'an object' : typeof value === 'string' ? 'text' : typeof value;
}
