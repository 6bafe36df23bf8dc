// Checks that are green whatever there is.

const empty = /^(?:true|:|exit 0|\/(?:usr\/)?bin\/true)\s*;?$/;

/** Does the command find out nothing? Whoever writes such a check asks for no proof, and need not be asked for one. */
export function findsNothing(command: string): boolean {
  return empty.test(command.trim());
}
