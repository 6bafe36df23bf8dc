// What in the text of a secret file must not be seen elsewhere: the values of its settings, and what private keys are made of.
import { isUnmistakable } from './secretForms';

/** A file with more is none that a person keeps secrets in. */
const mostValues = 1_000;

const setting = /^\s*(?:export\s+|set\s+)?["']?[\w.-]+["']?\s*[=:]\s*(.+?)\s*,?\s*$/;
const quoted = /^(["'`])(.*)\1$/;
const comment = /\s#.*$/;
const place = /^(?:[.~]{0,2}[/\\]|[a-z]:[/\\])[\w .+@/\\-]*$/i;
const address = /^[a-z][a-z\d+.-]*:\/\/[^/@?#]*:([^/@?#]+)@/i;
/** Tokens that stand by themselves, as in `.netrc` and key stores of text. */
const token = /[^\s"'`=:,;{}()[\]<>]{20,}/g;

/** What is marked as a value wherever it stands in a line: in quotes behind `=` or `:`, between tags, behind its name. */
const marked =
  /[=:]\s*(["'`])((?:(?!\1).)+)\1|>([^<>]+)<\/|\b(?:password|passwd|token|secret)\s+([^\s=:]\S*)/gi;
/** A line of one thing, by itself or in a list, that heads nothing. */
const alone = /^(?:-\s+)?(["'`]?)([^\s"'`[<{][^\s"'`]*[^\s"'`:{[])\1,?$/;
/** The last of the fields of a line, as `.pgpass` and `.htpasswd` have it. */
const lastField = /^[^\s:=/]+(?::[^\s:/]*)+:([^\s:]+)$/;

/** Settings that are like any word, places on the disk and plain addresses are no secrets, wherever they stand. */
export function secretValuesIn(text: string): readonly string[] {
  const values = new Set<string>();
  const add = (value: string) => {
    if (values.size < mostValues && isUnmistakable(value) && !place.test(value)) values.add(value);
  };
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(#|\/\/|-----)/.test(line)) continue;
    for (const [, , inQuotes, inTags, behind] of line.matchAll(marked))
      add(inQuotes ?? inTags ?? behind ?? '');
    const whole = line.trim();
    for (const found of [lastField.exec(whole)?.[1], passwordIn(whole)]) if (found !== undefined) add(found);
    const given = setting.exec(line)?.[1];
    if (given === undefined) {
      add(alone.exec(whole)?.[2] ?? '');
      for (const [found] of line.matchAll(token)) add(found);
      continue;
    }
    const value = quoted.exec(given)?.[2] ?? given.replace(comment, '');
    add(value);
    const password = passwordIn(value);
    if (password !== undefined) add(password);
  }
  return [...values];
}

/** The password in an address, as `postgres://me:password@host/db`, if it is like no word. */
export function passwordIn(value: string): string | undefined {
  const password = address.exec(value)?.[1];
  return password !== undefined && isUnmistakable(password) ? password : undefined;
}
