// Says what a command is busy with for as long as that keeps it from saying anything else: nobody waits for 5 s in silence.
import { createNodeClock } from '../adapters/system/nodeSystem';
import type { Clock } from '../ports/system';

export interface LongWork {
  /** What is done from now on, as the beginning of a sentence, and why that may take long. */
  now(doing: string, because: string): void;
  /** Something else was said by which a person knows that it goes on. @param restMs that it covers */
  said(restMs?: number): void;
  /** Nothing is told any more, whatever is said. May be called twice. */
  end(): void;
}

const firstMs = 3_000;
const nextMs = 4_000;
/** What takes longer than a minute is told less often: then it hangs, or is as large as a person knows it to be. */
const oftenMs = 60_000;
const seldomMs = 20_000;

/** @param note takes the lines @param clock for tests */
export function tellLong(note: (line: string) => void, clock: Clock = createNodeClock()): LongWork {
  let work: { readonly doing: string; readonly because: string; readonly since: number } | undefined;
  let isNamed = false;
  let isOver = false;
  const begunAt = clock.monotonic();
  let cancel = clock.after(firstMs, tell);

  function tell(): void {
    if (work) {
      const seconds = Math.round((clock.monotonic() - work.since) / 1000);
      const { doing, because } = work;
      note(
        isNamed
          ? `⏳ ${doing} goes on; it has taken ${seconds} s so far.`
          : `⏳ ${doing} takes long: ${because}. It goes on by itself.`,
      );
      isNamed = true;
    }
    wait(clock.monotonic() - begunAt < oftenMs ? nextMs : seldomMs);
  }
  function wait(ms: number): void {
    cancel();
    if (isOver) return;
    cancel = clock.after(ms, tell);
  }
  return {
    now(doing, because) {
      if (doing === work?.doing) return;
      work = { doing, because, since: clock.monotonic() };
      isNamed = false;
    },
    said: (restMs = nextMs) => wait(restMs),
    end() {
      isOver = true;
      cancel();
    },
  };
}
