// Files that a command compares what something else prints or writes with: they hold its answers, whatever they are called.

const comparing = /(?:^|[\s;|&(])(?:diff|cmp|colordiff|comm)\s+([^;|&\n]*)/g;
/** Of two outputs that are compared, one may be that of a file alone. */
const outputs = /\$\(([^()\n]*)\)"?\s*(?:={1,2}|!=|-eq|-ne)\s*"?\$\(([^()\n]*)\)/g;
const patterns = /(?:^|[\s;|&(])[ef]?grep\s+(?:-\w+\s+)*(?:-\w*f|--file)[= ]\s*([^\s;|&]+)/g;
const longestText = 20_000;

/** Names as the command has them. Where two files are compared that both may be the work's, neither is told. */
export function answersIn(command: string): readonly string[] {
  if (command.length > longestText) return [];
  const text = command.replace(/<\([^()\n]*\)/g, ' - ');
  const made = new Set(
    [...text.matchAll(/(?:>{1,2}\|?|\btee|\s-o)\s*["']?([^\s"'<>;|&]+)/g)].map(([, name = '']) =>
      plain(name),
    ),
  );
  const isMade = (name: string) => name === '-' || /^(?:\/|\$|~)/.test(name) || made.has(name);
  const files = [...text.matchAll(comparing)].flatMap(([, said = '']) => {
    const names = said
      .replace(/\d?>{1,2}&?\s*\S+/g, ' ')
      .split(/[\s"'`<>()]+/)
      .map(plain)
      .filter((name) => name !== '' && (name === '-' || !name.startsWith('-')));
    return names.some(isMade) || /<\s*\S/.test(said) ? names.filter((name) => !isMade(name)) : [];
  });
  const shown = [...text.matchAll(outputs)].flatMap(([, one = '', other = '']) => {
    const both = [one, other].map((said) => /^\s*(?:cat\s|<)\s*["']?([^\s"'|]+)["']?\s*$/.exec(said)?.[1]);
    return both.filter((name) => name !== undefined && both.includes(undefined));
  });
  const kept = [...text.matchAll(patterns)].map(([, name = '']) => name);
  return [...new Set([...files, ...shown, ...kept].map((name) => plain(name ?? '')))];
}

function plain(name: string): string {
  return name.replace(/["']/g, '').replace(/^(?:\.\/)+/, '');
}
