// Which packages of the user's own folder are behind its lockfiles, for a feature that passed has changed those.
import { installCommand, isLockfile } from '../guardrails/lockfiles';
import type { RunSettings } from '../settings/runSettings';
import type { Event } from './event';

export interface OutdatedPackages {
  /** Of the lockfiles that came in. */
  readonly paths: readonly string[];
  /** What brings the packages up to them, to be run in the opened folder. */
  readonly commands: readonly string[];
}

/** Undefined where no lockfile came in. @param settings of the run: their own set-up command goes before the usual ones */
export function outdatedBy(
  events: readonly Event[],
  { copySetUp }: Pick<RunSettings, 'copySetUp'>,
): OutdatedPackages | undefined {
  const paths = events.flatMap((e) => (e.type === 'file.published' && isLockfile(e.path) ? [e.path] : []));
  if (paths.length === 0) return undefined;
  const usual = paths.flatMap((path) => installCommand(path) ?? []);
  return {
    paths: [...new Set(paths)],
    commands: copySetUp === undefined ? [...new Set(usual)] : [copySetUp],
  };
}
