// Makes text from outside harmless to show.

/**
 * The text with every run of control characters, line separators and marks that turn the direction of what follows as
 * one space: nothing in it can move the cursor, add a line or show a name backwards.
 */
export function inert(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g, ' ');
}
