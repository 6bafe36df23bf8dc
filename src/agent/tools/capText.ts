// Keeps what a tool says to the model at a readable length, and says so where something was left out.

/** Characters of one result; about 8,000 tokens. */
export const maxResultLength = 30_000;

/** The beginning of `text`, ending on a whole line. */
export function capHead(text: string, most = maxResultLength): string {
  if (text.length <= most) return text;
  const end = text.lastIndexOf('\n', most);
  const kept = text.slice(0, end > most / 2 ? end : most);
  return `${kept}\n[… ${text.length - kept.length} more characters are not shown]`;
}

/** The end of `text`, where a command says how it went, beginning on a whole line. */
export function capTail(text: string, most = maxResultLength): string {
  if (text.length <= most) return text;
  const from = text.length - most;
  const start = text.indexOf('\n', from) + 1;
  const kept = text.slice(start > 0 && start < from + most / 2 ? start : from);
  return `[… ${text.length - kept.length} characters before this are not shown]\n${kept}`;
}
