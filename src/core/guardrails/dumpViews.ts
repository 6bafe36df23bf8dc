// What a dump of bytes shows (`xxd`, `hexdump -C`, `od`) once its frame is taken away: addresses, and the one of two columns.

/** A line that begins as those of a dump do; what is none costs no more than this look. */
const dumped = /^[ \t]*[0-9a-f]{6,8}:?[ \t]+\S/im;
/** The last line may be of an address alone, or be cut within it. */
const lastAddress = String.raw`^[ \t]*[0-9a-f]{1,8}:?[ \t]*(?![\s\S])`;
const address = String.raw`^[ \t]*[0-9a-f]{6,8}:?[ \t]+`;
/** Up to 16 characters at the line's end, apart from what is before them. */
const shown = String.raw`\|?[ -~]{1,16}\|?$`;

/** Each is what to leave out, so that the rest is in a row: nothing but characters, hex alone, what the bytes show alone. */
const frames: readonly RegExp[] = [
  `${address}|${lastAddress}`,
  `${address}|${lastAddress}|[ \\t]{2}${shown}`,
  `${address}.{0,80}?[ \\t]{2}\\|?(?=[ -~]{1,16}\\|?$)|\\|$|^[ \\t]*[0-9a-f]{1,8}:?(?:[ \\t].{0,80})?(?![\\s\\S])`,
].map((pattern) => new RegExp(pattern, 'gim'));

const unfinished = /(?:^|\n)([ \t]*(?:[0-9a-f]{6,8}:?[ \t].{0,100}|[0-9a-f]{1,8}:?))$/i;

/** Where the text's last line begins if it may be one of a dump that is not all there; the text's length where not. */
export function unfinishedLineAt(text: string): number {
  const line = unfinished.exec(text.slice(-120))?.[1];
  return text.length - (line?.length ?? 0);
}

/** Is there a line of one in it? Its lines are not to be cut: what is left of one would be none. */
export function isDump(text: string): boolean {
  return dumped.test(text);
}

/** None where the text is no dump. */
export function dumpFramesIn(text: string): readonly RegExp[] {
  return isDump(text) ? frames : [];
}
