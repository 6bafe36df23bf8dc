// Asks for the next decisions whenever something happened, and has them carried out, one round at a time.
import type { Happening } from '../core/events/event';
import { decide } from '../core/scheduler/decide';
import type { Choice } from '../core/scheduler/selectBatch';
import type { AgentPool } from './agentPool';
import type { EventLog } from './eventLog';
import type { FileLocks } from './fileLocks';

export interface LoopParts {
  readonly log: EventLog;
  readonly locks: FileLocks;
  readonly pool: AgentPool;
  readonly finishRun: (outcome: 'complete' | 'incomplete' | 'stopped') => Promise<void>;
  readonly onError: (error: unknown) => void;
}

export class SchedulerLoop {
  #asked = false;
  #running: Promise<void> | undefined;
  #closed = false;
  #held = true;

  constructor(private readonly parts: LoopParts) {}

  /** Claims may be made from now on. Until then readiness is kept up and a run that is being stopped is ended, no more. */
  goOn(): void {
    this.#held = false;
    this.wake();
  }

  /** Something happened that may free a slot, a file or a feature. Cheap; calls while a round is under way add one more. */
  wake(): void {
    if (this.#closed) return;
    this.#asked = true;
    this.#running ??= this.#rounds().finally(() => {
      this.#running = undefined;
      if (this.#asked) this.wake();
    });
  }

  /** No further rounds; resolves when the one under way is through. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #rounds(): Promise<void> {
    while (this.#asked && !this.#closed) {
      this.#asked = false;
      try {
        await this.#round();
      } catch (error) {
        this.parts.onError(error);
        return;
      }
    }
  }

  async #round(): Promise<void> {
    const { log, locks, pool } = this.parts;
    await locks.grantWaiting();
    const { decisions } = decide({ ...log.head, locks: locks.table });
    const changes: Happening[] = [];
    const choices: Choice[] = [];
    for (const decision of decisions) {
      switch (decision.kind) {
        case 'change':
          changes.push(decision.change);
          break;
        case 'claim':
          if (!this.#held) choices.push(decision.choice);
          break;
        case 'finishRun':
          await this.parts.finishRun(decision.outcome);
          break;
        default:
          decision satisfies never;
      }
    }
    if (changes.length > 0) {
      await log.append(changes);
      this.#asked = true;
    }
    // Claims are made at once; the workers behind them start beside each other while the loop goes on.
    if (choices.length > 0) pool.start(choices).catch(this.parts.onError);
  }
}
