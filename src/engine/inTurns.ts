// Long work of the engine, beside which everybody else has a turn: a host that does one thing for seconds hears no signal.
import type { Steps } from '../core/shared/steps';
import type { Clock } from '../ports/system';

/** Milliseconds before others get their turn. */
const sliceMs = 8;

export async function inTurns<T>(steps: Steps<T>, clock: Clock): Promise<T> {
  let since = clock.monotonic();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (clock.monotonic() - since < sliceMs) continue;
    await clock.giveWay();
    since = clock.monotonic();
  }
}
