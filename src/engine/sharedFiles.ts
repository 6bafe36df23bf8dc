// Which files several attempts change at once (`locks.shared`): nobody holds them, and they are merged on the way in.
import { pathMatcher } from '../core/locks/sharedPaths';
import type { EventLog } from './eventLog';

export class SharedFiles {
  /** Made for these globs, which are the same value as long as the run has the same of them. */
  #matcher: { readonly globs: readonly string[]; readonly matches: (path: string) => boolean } | undefined;

  constructor(private readonly log: EventLog) {}

  isNamed(path: string): boolean {
    const globs = this.log.head.run?.settings.sharedLocks ?? [];
    if (this.#matcher?.globs !== globs) this.#matcher = { globs, matches: pathMatcher(globs) };
    return this.#matcher.matches(path);
  }
}
