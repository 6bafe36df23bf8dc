// The user's own folders, by what their environment says of them as far as that can be meant.
import { homedir, userInfo } from 'node:os';
import path from 'node:path';

/**
 * Absolute. A `HOME` that is relative or empty would be another folder from each place that it is asked in, such as a workspace:
 * then the system's own word counts.
 */
export function homeFolder(): string {
  const named = homedir();
  if (path.isAbsolute(named)) return named;
  try {
    return userInfo().homedir;
  } catch {
    return path.resolve(named); // the system knows no such user, as in some containers
  }
}

/** What a variable such as `XDG_CACHE_HOME` names; a relative path is to be ignored, says the specification of these. */
export function baseFolder(named: string | undefined): string | undefined {
  return named !== undefined && path.isAbsolute(named) ? named : undefined;
}
