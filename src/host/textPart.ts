// A text that is too long for one message, in parts.

/** Half a MiB of text, at worst 3 MiB as JSON: well below what a frame takes. */
const partChars = 512 * 1024;

/** `next`: where the part after this begins; missing in the last. */
export function textPart(text: string, offset: number): { readonly part: string; readonly next?: number } {
  const next = offset + partChars;
  return { part: text.slice(offset, next), ...(next < text.length && { next }) };
}
