// The user's own folders, by what their environment says of them as far as that can be meant.
import { homedir, userInfo } from 'node:os';
import path from 'node:path';

/**
 * Absolute. A `HOME` that is relative or empty would be another folder from each place that it is asked in, such as a workspace:
 * then the system's own word counts.
 */
export function homeFolder(): string {
  const named = known(homedir);
  if (named !== undefined && path.isAbsolute(named)) return named;
  // What the system has for those who have none: never the folder that somebody happens to stand in.
  return known(() => userInfo().homedir) ?? path.parse(process.execPath).root;
}

/** Undefined where the system has no name for this user: a container may be started with any number. */
export function userName(): string | undefined {
  return known(() => userInfo().username);
}

/** The system throws when asked about a user that it has not heard of. */
function known(ask: () => string): string | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

/** What a variable such as `XDG_CACHE_HOME` names; a relative path is to be ignored, says the specification of these. */
export function baseFolder(named: string | undefined): string | undefined {
  return named !== undefined && path.isAbsolute(named) ? named : undefined;
}
