// Looks at the machine's cores while commands run, so that each can be told how long it stood waiting for one.
import type { CoreUse } from '../core/events/event';
import { waitedForCore } from '../core/scheduler/coreWaiting';
import type { Clock, Cores } from '../ports/system';

/** The watch over one command. */
export interface CoreSpan {
  /** @param cpuMs absent where the system did not tell */
  end(durationMs: number, cpuMs: number | undefined): CoreUse;
}

/** A command of a few seconds is seen some dozens of times, at a thousandth of a core. */
const lookEveryMs = 100;

export class CoreWatch {
  readonly #open = new Set<Map<number, number>>();
  #lookedMs = 0;
  #cancel: (() => void) | undefined;

  constructor(
    private readonly cores: Cores,
    private readonly clock: Clock,
  ) {}

  /** From now until its `end`, which is to be called in any case. */
  begin(): CoreSpan {
    this.#look();
    const loads = new Map<number, number>();
    this.#open.add(loads);
    this.#lookAgain();
    return {
      end: (durationMs, cpuMs) => {
        this.#look();
        this.#open.delete(loads);
        if (this.#open.size === 0) this.#stop();
        if (cpuMs === undefined) return {};
        if (loads.size === 0) return { cpuMs };
        const rate = cpuMs / Math.max(1, durationMs);
        const seen = [...loads].map(([wanted, ms]) => ({ wanted, ms }));
        return { cpuMs, coreWaitMs: Math.round(waitedForCore(seen, rate, this.cores.count)) };
      },
    };
  }

  /** What is wanted now stands for the time since the last look. */
  #look(): void {
    const nowMs = this.clock.monotonic();
    const ms = nowMs - this.#lookedMs;
    this.#lookedMs = nowMs;
    if (this.#open.size === 0) return;
    const wanted = this.cores.wanted();
    if (wanted === undefined) return;
    // Beside no other of ours it waits for nobody: its own threads are more than there are cores, or other programs want them.
    const contended = this.#open.size > 1 ? wanted : 0;
    for (const loads of this.#open) loads.set(contended, (loads.get(contended) ?? 0) + ms);
  }

  #lookAgain(): void {
    this.#cancel ??= this.clock.after(lookEveryMs, () => {
      this.#cancel = undefined;
      this.#look();
      if (this.#open.size > 0) this.#lookAgain();
    });
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
