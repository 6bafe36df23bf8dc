// Which shell commands an agent may run: the feature's check and what the user's allow list names, each to the letter.
import { ok, type Result, refuse } from '../shared/result';

/**
 * `command` is allowed when it equals the check or an entry of `allow`, white space at the ends aside. An entry ending in
 * ` *` allows further plain arguments. Nothing is interpreted: a text with any character that a shell could give a
 * meaning is never matched by a `*`, so a chain or a substitution cannot ride on an allowed start.
 */
export function judgeCommand(
  command: string,
  check: string | undefined,
  allow: readonly string[],
): Result<string> {
  const text = command.trim();
  const allowed = (entry: string) => {
    const rule = entry.trim();
    if (!rule.endsWith(' *')) return rule === text;
    return text.startsWith(rule.slice(0, -1)) && isPlain(text.slice(rule.length - 1));
  };
  if (text !== '' && (text === check?.trim() || allow.some(allowed))) return ok(text);
  const own =
    check === undefined ? 'This feature has no check of its own to run' : `You may run the check: ${check}`;
  return refuse(
    'commandDenied',
    `"${text}" is not allowed here. ${own}. Other commands must be named in commands.allow.`,
  );
}

/**
 * Words of letters, digits and a few marks that no shell gives a meaning (`%` has one on Windows), none of which can name
 * a place outside the folder: no `..` part, no address, and no path from the root, also not glued to an option.
 */
function isPlain(text: string): boolean {
  if (!/^[\w@+=:,./ -]*$/.test(text)) return false;
  return !text.split(' ').some((word) => /\.\.(\/|$)/.test(word) || /(^|[^\w.-]|^-\w+)\//.test(word));
}
