// When two names are one, when they only look like one, and which known name somebody most likely meant.
import { inert } from '../shared/inert';

/** The form in which a name is kept: what Unicode calls the same text is the same name, whichever system wrote it. */
export function canonicalName(name: string): string {
  return name.normalize('NFC');
}

/** Letters of other scripts that no font tells from a Latin one. */
const twins = new Map(
  [...'АВЕКМНОРСТХасеорхуіјѕԁһΑΒΕΖΗΙΚΜΝΟΡΤΥΧο'].map((twin, at) => [
    twin,
    'ABEKMHOPCTXaceopxyijsdhABEZHIKMNOPTYXo'.charAt(at),
  ]),
);

/** What a reader sees of a name: names with the same look cannot be told apart on a screen. Empty when there is nothing to see. */
export function lookOf(name: string): string {
  if (/^[!-~]+( [!-~]+)*$/.test(name)) return name; // as almost all are, and all of 10⁵ are asked for
  return (
    canonicalName(name)
      // biome-ignore lint/suspicious/noMisleadingCharacterClass: each of these marks is meant by itself
      .replace(/[\p{Cf}\u034f\u115f\u1160\u3164\ufe00-\ufe0f]/gu, '')
      .replace(/[\s\u2800]+/gu, ' ')
      .trim()
      .replace(/[‘’‚‛′ʼʹˈ´]/g, "'")
      .replace(/[“”„‟″]/g, '"')
      .replace(/[‐‑‒–—―−]/g, '-')
      .replaceAll('…', '...')
      .replace(/[\p{Script=Cyrillic}\p{Script=Greek}]/gu, (letter) => twins.get(letter) ?? letter)
  );
}

/**
 * Where two names that look alike part, in words: `a no-break space (U+00A0) where that has a space (U+0020)`.
 * Empty when they are the same.
 */
export function differenceBetween(name: string, other: string): string {
  const [here, there] = [[...canonicalName(name)], [...canonicalName(other)]];
  const at = here.findIndex((letter, k) => letter !== there[k]);
  if (at < 0 && here.length === there.length) return '';
  const k = at < 0 ? here.length : at;
  return `${described(here[k])} where that has ${described(there[k])}`;
}

const words: Readonly<Record<string, string>> = {
  ' ': 'a space',
  '\u00a0': 'a no-break space',
  '\u202f': 'a narrow no-break space',
  '\u200b': 'a zero-width space',
  '\u200c': 'a zero-width non-joiner',
  '\u200d': 'a zero-width joiner',
  '\ufeff': 'a byte order mark',
  '\u00ad': 'a soft hyphen',
  "'": 'an apostrophe',
  '’': 'a typographic apostrophe',
  '-': 'a hyphen',
  '‑': 'a no-break hyphen',
  '–': 'an en dash',
  '—': 'an em dash',
};

function described(letter: string | undefined): string {
  if (letter === undefined) return 'nothing';
  const code = `U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  const word = words[letter] ?? (/^[\p{L}\p{N}\p{P}\p{S}]$/u.test(letter) ? `"${inert(letter)}"` : 'a mark');
  return `${word} (${code})`;
}

/** Above these, comparing an unknown name with every known one would take seconds. */
const mostKnown = 2_000;
const mostAsked = 20;

/**
 * Returns which known name was meant by an unknown one: one that looks the same, upper and lower case aside, or is at most
 * a letter in four away; undefined when none is near. `known` is read, and indexed, at the first question.
 */
export function meaningOf(known: Iterable<string>): (name: string) => string | undefined {
  const fold = (name: string) => lookOf(name).toLowerCase();
  let byLook: ReadonlyMap<string, string> | undefined;
  let asked = 0;
  return (name) => {
    byLook ??= firstBy(fold, known);
    const look = fold(name);
    const same = byLook.get(look);
    if (same !== undefined) return same;
    asked += 1;
    return asked > mostAsked || byLook.size > mostKnown ? undefined : nearest(look, byLook);
  };
}

/** By its key the first that has it. */
function firstBy(keyOf: (name: string) => string, names: Iterable<string>): ReadonlyMap<string, string> {
  const first = new Map<string, string>();
  for (const name of names) {
    const key = keyOf(name);
    if (!first.has(key)) first.set(key, name);
  }
  return first;
}

function nearest(look: string, byLook: ReadonlyMap<string, string>): string | undefined {
  let best: { readonly name: string; readonly away: number } | undefined;
  for (const [other, name] of byLook) {
    const most = Math.min(Math.floor(Math.max(look.length, other.length) / 4), (best?.away ?? 4) - 1);
    const away = Math.abs(look.length - other.length) > most ? most + 1 : distance(look, other);
    if (away <= most) best = { name, away };
  }
  return best?.name;
}

/** Letters to put in, take out or change to get from one text to the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, k) => k);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let k = 1; k <= b.length; k++) {
      const change = (row[k - 1] as number) + (a[i - 1] === b[k - 1] ? 0 : 1);
      next.push(Math.min(change, (row[k] as number) + 1, (next[k - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
