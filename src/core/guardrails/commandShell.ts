// Which shell commands run in, and whether a failed check was written for another one.
import { inert } from '../shared/inert';
import type { FailedCheck } from './failedCheck';

/** The system's own on all but Windows, which has another; whoever names it asks for nothing else. */
export const usualShell = '/bin/sh';

/** Why this cannot be the name of a shell; undefined for one that can. */
export function wrongShell(value: string): string | undefined {
  const isPath = /[\\/]/.test(value);
  const isAbsolute = /^(\/|[a-z]:[\\/])/i.test(value);
  // A place in the project would be an agent's to write.
  if (isPath && !isAbsolute) return 'the name of a shell, as `bash`, or its absolute path';
  if (!isPath && /\s/.test(value)) return 'a shell alone, without arguments';
  return undefined;
}

/** What a shell that knows only the common words says of others. */
const complaints = [
  /syntax error|bad substitution|(?:illegal|invalid|bad) option|unexpected operator|unknown operand|bad trap|arithmetic expression/i,
  /(?:^|\s)(?:source|\[\[|declare|typeset|shopt|setopt|pushd|popd|let|mapfile|readarray|function|coproc|select|disown|time): (?:command )?not found/,
  /[A-Za-z_]\w*(?:\+=|\[\w+\]=|\+\+|--)\S*: (?:command )?not found/,
];

/** Words to which other shells give a meaning, and the common one none or another. */
const foreign = [
  /(?:^|[\s;&|(!])(?:\[\[\s|(?:source|declare|shopt|mapfile|readarray)\s|function\s+\w+\s*[({]|set -\w*o pipefail)/,
  /(?:^|[\s;&|(])(?:\(\(|echo -[en]*e)|[\w./-]\{[\w.]+(?:,[\w.]+)+\}/,
  /<<<|[<>]\(|&>|\|&|(?:^|[\s=])\$'|\{\d+\.\.\d+\}|\b\w+=\(/,
  /\$\{\w+(?:\^|,|:\d|\/|\[)|\$\{!\w|\$\{?(?:RANDOM|SECONDS|BASH_\w+|PIPESTATUS)\b/,
];

/** For people: that the check may be written for another shell than the one it ran in. */
export function describeShell({ command, output }: FailedCheck, shell: string): string | undefined {
  if (isRich(shell)) return undefined;
  const own = output.split('\n').filter((line) => line.startsWith(`${shell}: `));
  const isMisread = own.some((line) => complaints.some((sign) => sign.test(line)));
  if (!isMisread && !foreign.some((sign) => sign.test(command))) return undefined;
  return `The check ran in ${inert(shell)}, which does not know all that bash and others do; if it is written for another shell, name that in parallelAgents.verify.shell in your own settings.`;
}

/** Whoever names one of these writes for it. */
function isRich(shell: string): boolean {
  return /(?:^|[\\/])(?:bash|zsh|ksh\w*|mksh|fish|pwsh)(?:\.exe)?$/i.test(shell);
}
