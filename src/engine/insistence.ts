// Does what an attempt's end needs of the machine again, with growing rests, until it works; tells once what is in the way.
import type { Attempt } from '../core/events/event';
import { restMs } from '../core/guardrails/failurePolicy';
import type { FeatureId } from '../core/shared/ids';
import { Failure, troubleOf } from '../ports/failure';
import type { Clock } from '../ports/system';
import type { BreakerKeeper } from './breakerKeeper';
import { sentenceOf } from './endText';

/** A part of an attempt's end that the machine may refuse. */
export interface EndStep {
  /** What is being done, as the beginning of a line for people. */
  readonly doing: string;
  /** What a person can do about it, a sentence. */
  readonly mend: string;
}

export class Insistence {
  /** Wakes those who rest between two tries. */
  readonly #resting = new Set<() => void>();
  #isClosing = false;

  constructor(
    private readonly breaker: BreakerKeeper,
    private readonly clock: Clock,
    private readonly report: (where: string, error: unknown, featureId?: FeatureId) => void,
  ) {}

  /** What `work` comes to in the end. Rejects only when nobody may wait any longer: then it is the next host's. */
  async until<T>(attempt: Attempt, { doing, mend }: EndStep, work: () => Promise<T>): Promise<T> {
    let isTold = false;
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (error) {
        const { fence, featureId } = attempt;
        if (Failure.is(error, 'closed')) throw error;
        const next = this.#isClosing ? 'The next start does it.' : 'It is tried again by itself.';
        const trouble = troubleOf(error);
        const isShown = !this.#isClosing && trouble && (await this.breaker.meet(trouble, { fence }));
        if (!isShown && !isTold) {
          isTold = true;
          this.report(doing, `${sentenceOf(error)} ${mend} ${next}`, featureId);
        }
        if (this.#isClosing) throw error;
        await this.#rest(restMs(tries));
      }
    }
  }

  /** A person asks for it, or may have mended something: whoever rests tries at once. */
  tryNow(): void {
    for (const wake of this.#resting) wake();
  }

  /** From now on each gets one more try and no rest. */
  giveUp(): void {
    this.#isClosing = true;
    this.tryNow();
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        cancel();
        this.#resting.delete(wake);
        resolve();
      };
      const cancel = this.clock.after(ms, wake);
      this.#resting.add(wake);
    });
  }
}
