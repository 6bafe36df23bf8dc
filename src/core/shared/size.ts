// Sizes in words, for people and agents.

const units = ['bytes', 'KB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `5 GB`, `1.4 MB`, `300 bytes`: two digits tell enough, in thousands as disks are sold. */
export function sizeText(bytes: number): string {
  let size = Math.max(0, bytes);
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size < 9.95 && unit > 0 ? Number(size.toFixed(1)) : Math.round(size)} ${units[unit]}`;
}

/** The line that stands in a live view for what was printed faster than it can be shown. */
export function notShown(bytes: number): string {
  return `\n[… ${sizeText(bytes)} not shown …]\n`;
}
