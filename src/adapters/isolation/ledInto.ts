// Has the variables of an environment name a place of work where they name the workspace.

/**
 * `variables` with `place` for every `workspace` in their values, be it in a list of paths or in the address of a
 * database's file: what is there is in the place as well, and the workspace is not a command's to change.
 *
 * @param place absolute, as `workspace` is
 */
export function ledInto(
  place: string,
  workspace: string,
  variables: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const literal = workspace.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const path = new RegExp(`(?<![\\p{L}\\p{N}_.~-])${literal}(?![\\p{L}\\p{N}_.~-])`, 'gu');
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, value.replace(path, () => place)]),
  );
}
