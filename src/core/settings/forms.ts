// The common forms of settings: numbers, texts, lists and choices, each with what people are told when a value is none.
import { z } from 'zod';
import type { Form } from './setting';

export type Texts = z.ZodType<readonly string[]>;

/** A value that counts as it is written. */
function plain<V extends z.ZodType>(schema: V, want: string): Form<V> {
  return converted(schema, schema, want, (written) => written);
}

/** @param convert undefined where what is written says as much as nothing */
function converted<W extends z.ZodType, V extends z.ZodType>(
  written: W,
  value: V,
  want: string,
  convert: (written: z.output<W>) => z.output<V> | undefined,
): Form<V> {
  return {
    written,
    value,
    read: (given, { mustBe }) => {
      const { success, data } = written.safeParse(given);
      return success ? convert(data) : mustBe(want);
    },
  };
}

export function wholeNumber(least: number, most: number): Form<z.ZodNumber> {
  return plain(z.int().min(least).max(most), `a whole number from ${least} to ${most}`);
}

/** @param instead what is used where it is empty */
export function numberOrEmpty(
  least: number,
  most: number,
  instead: string,
): Form<z.ZodOptional<z.ZodNumber>> {
  const whole = z.int().min(least).max(most);
  const written = whole.nullable();
  const read: Form<z.ZodOptional<z.ZodNumber>>['read'] = (given, { mustBe }) => {
    const { success, data } = written.safeParse(given);
    return success ? (data ?? undefined) : mustBe(`a whole number from ${least} to ${most}`, instead);
  };
  return { written, value: whole.optional(), read };
}

const dayS = 86_400;

/** Comes to milliseconds; people set none, but whoever starts a run in another way may be allowed to. */
export function seconds(value = z.number().positive()): Form<z.ZodNumber> {
  const want = `a number of seconds above 0 and up to ${dayS}`;
  return converted(
    z.number().positive().max(dayS),
    value.max(dayS * 1000),
    want,
    (written) => written * 1000,
  );
}

/** Comes to bytes. */
export function gigabytes(): Form<z.ZodNumber> {
  const want = 'a number of gigabytes above 0';
  return converted(z.number().positive(), z.number().positive(), want, (written) => written * 1e9);
}

/** Empty says as much as nothing. */
export function text(most: number): Form<z.ZodOptional<z.ZodString>> {
  const value = z.string().min(1).max(most).optional();
  return converted(z.string(), value, 'text', (written) => (written === '' ? undefined : written));
}

export function flag(): Form<z.ZodBoolean> {
  return plain(z.boolean(), 'true or false');
}

/** May be absent from what an earlier version stored. */
export function later<V extends z.ZodType>({ written, value, read }: Form<V>): Form<z.ZodOptional<V>> {
  return { written, value: value.optional(), read };
}

/** Absent where it is off. */
export function flagIfOn(): Form<z.ZodOptional<z.ZodBoolean>> {
  return converted(z.boolean(), z.boolean().optional(), 'true or false', (on) => on || undefined);
}

/** One of the names in `described`, each with what it means. */
export function choice<T extends string>(described: Readonly<Record<T, string>>): Form<z.ZodType<T>> {
  const names = Object.keys(described) as T[]; // they are written out where it is called
  const schema = z.enum(names).meta({ enumDescriptions: Object.values(described) });
  return plain<z.ZodType<T>>(schema, `one of ${names.join(', ')}`);
}

const mostEntries = 1000;

/** @param isSet an entry stands in it once at most */
export function textsWritten(isSet: boolean): z.ZodType<readonly string[]> {
  const list = z.array(z.string());
  return isSet ? list.meta({ uniqueItems: true }) : list;
}

/** @param mostLength of one entry */
export function textsValue(mostLength: number): Texts {
  return z.array(z.string().max(mostLength)).max(mostEntries);
}

export function texts(isSet = false, mostLength = 1000): Form<Texts> {
  return converted(textsWritten(isSet), textsValue(mostLength), 'a list of texts', (written) => written);
}

/** The same, and absent where it is empty. */
export function ifAny({ written, value, read }: Form<Texts>): Form<z.ZodOptional<Texts>> {
  const some = (list: readonly string[] | undefined) => (list && list.length > 0 ? list : undefined);
  return { written, value: value.optional(), read: (given, problems) => some(read(given, problems)) };
}
