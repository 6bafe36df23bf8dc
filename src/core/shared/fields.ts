// Whether a value from outside is an object, and the fields that it has.

export type Fields = Readonly<Record<string, unknown>>;

/** Neither null nor a list. */
export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** None where it is no object. */
export function fieldsOf(value: unknown): Fields {
  return isObject(value) ? value : {};
}
