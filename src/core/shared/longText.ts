// A text that may be long: in whole while it is short, else its ends and the name under which the store keeps all of it.

/** What snapshots, events and rows hold of a text, so that none of them grows with what people and programs write. */
export type LongText = string | KeptText;

export interface KeptText {
  /** Its beginning and its end, to be shown. */
  readonly excerpt: string;
  /** Asks the store for all of it. Two texts are the same exactly when their hashes are. */
  readonly hash: string;
  /** Length of the whole in UTF-16 code units. */
  readonly chars: number;
}

/** A text of at most so many characters stays where it is. */
export const mostInlineChars = 1_024;

/** The beginning says what it is about; of outputs the end says what went wrong. */
const headChars = 600;
const tailChars = 300;

/** Gives a text its name and takes care that it is kept under it. */
export type KeepText = (text: string) => string;

export function shorten(text: LongText, keep: KeepText): LongText {
  if (typeof text !== 'string' || text.length <= mostInlineChars) return text;
  const left = text.length - headChars - tailChars;
  const excerpt = `${text.slice(0, headChars)}\n[… ${left} characters left out …]\n${text.slice(-tailChars)}`;
  return { excerpt, hash: keep(text), chars: text.length };
}

/** Whether two texts are one, however much of each is shown here. */
export function isSameText(a: LongText, b: LongText): boolean {
  return typeof a === 'string' || typeof b === 'string' ? a === b : a.hash === b.hash;
}

/** What there is to show without asking for more. */
export function excerptOf(text: LongText): string {
  return typeof text === 'string' ? text : text.excerpt;
}
