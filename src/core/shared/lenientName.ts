// A file's name as the most lenient file system reads it, so that a rule about a name holds on every machine.

/** Nothing in such a name has a second way of being written, apart from letter case. */
const plain = /^[!-9;-~]*[!-\-/-9;-~]$/;

/**
 * Without regard to case (upper first, so that `ſ` meets `s`) and Unicode form, without the invisible characters that
 * HFS+ skips, and without what Windows drops: a stream behind `:`, and dots and spaces at the end.
 */
export function lenientName(name: string): string {
  if (plain.test(name)) return name.toLowerCase();
  return name
    .normalize('NFC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/(?<=.):.*$/u, '')
    .replace(/(?<=[^. ])[. ]+$/u, '')
    .toUpperCase()
    .toLowerCase();
}
