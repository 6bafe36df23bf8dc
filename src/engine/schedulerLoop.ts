// Asks for the next decisions whenever something happened, and has them carried out, one round at a time.

import type { RunOutcome } from '../core/events/event';
import type { Snapshot } from '../core/events/snapshot';
import { mendOf } from '../core/guardrails/breaker';
import { restMs } from '../core/guardrails/failurePolicy';
import { Board } from '../core/scheduler/board';
import { type AccountOf, decide, type Judgement } from '../core/scheduler/decide';
import type { EpochMs } from '../core/shared/ids';
import { troubleOf } from '../ports/failure';
import type { Clock } from '../ports/system';
import type { AgentPool } from './agentPool';
import type { BreakerKeeper } from './breakerKeeper';
import type { DeclaredFiles } from './declaredFiles';
import { sentenceOf } from './endText';
import type { EventLog } from './eventLog';
import type { FileLocks } from './fileLocks';
import { inTurns } from './inTurns';

export interface LoopParts {
  readonly log: EventLog;
  readonly locks: FileLocks;
  readonly declared: DeclaredFiles;
  readonly pool: AgentPool;
  readonly clock: Clock;
  readonly accountOf: AccountOf;
  /** What is on record is not what the user wants, and about to be brought in line: nothing is decided until then. */
  readonly isBehind: () => boolean;
  readonly finishRun: (outcome: RunOutcome) => Promise<void>;
  readonly breaker: BreakerKeeper;
  readonly report: (where: string, error: unknown) => void;
}

export class SchedulerLoop {
  #asked = false;
  #running: Promise<void> | undefined;
  #closed = false;
  #held = true;
  /** Rounds in a row that met an error. */
  #failed = 0;
  #finishing: Promise<void> | undefined;
  /** Ends of the run in a row that met an error. */
  #unfinished = 0;
  /** Works under way during which nothing may be decided. */
  #undecided = 0;
  #cancelAlarm = () => {};
  readonly #board = new Board();

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
    if (this.#undecided > 0) return;
    this.#running ??= this.#rounds().finally(() => {
      this.#running = undefined;
      if (this.#asked) this.wake();
    });
  }

  /** The round under way is let through, then nothing is decided until `work` is done. */
  async undecided<T>(work: () => Promise<T>): Promise<T> {
    this.#undecided++;
    try {
      await this.#running;
      return await work();
    } finally {
      this.#undecided--;
      this.wake();
    }
  }

  /** No further rounds; resolves when the one under way is through. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelAlarm();
    await Promise.all([this.#running, this.#finishing]);
  }

  async #rounds(): Promise<void> {
    while (this.#asked && !this.#closed && this.#undecided === 0) {
      this.#asked = false;
      try {
        await this.#round();
        this.#failed = 0;
      } catch (error) {
        // Nothing else may happen that would wake it: it tries again by itself.
        this.#failed += 1;
        void this.#tell(error, this.#failed > 1);
        this.#wakeAt(this.parts.clock.now() + restMs(this.#failed));
        return;
      }
    }
  }

  async #round(): Promise<void> {
    const { log, locks, declared, pool } = this.parts;
    await locks.grantWaiting();
    await declared.look(log.head);
    await inTurns(this.#board.seeing(this.#facts()), this.parts.clock);
    if (this.parts.isBehind()) return;
    const first = this.#decide();
    const changes = first.decisions.flatMap((d) => (d.kind === 'change' ? [d.change] : []));
    // What they lead to is decided in the same turn, so that both reach the disk together.
    const stored = changes.length > 0 ? log.append(changes) : undefined;
    if (stored) this.#asked = true;
    const { decisions, wakeAt } = stored ? this.#decide() : first;
    this.#wakeAt(wakeAt);
    const choices = decisions.flatMap((decision) => (decision.kind === 'claim' ? [decision.choice] : []));
    // Claims are made at once; the workers behind them start beside each other while the loop goes on.
    if (choices.length > 0 && !this.#held)
      pool.start(choices).catch((error: unknown) => this.#tell(error, false));
    const finish = decisions.find((decision) => decision.kind === 'finishRun');
    if (finish) this.#finishing ??= this.#finish(finish.outcome);
    await stored;
  }

  /** Beside the rounds: the last checks of a run may take minutes, in which features may come or the user stop it. */
  async #finish(outcome: RunOutcome): Promise<void> {
    try {
      await this.parts.finishRun(outcome);
      this.#unfinished = 0;
      this.#asked = true;
    } catch (error) {
      this.#unfinished += 1;
      void this.#tell(error, this.#unfinished > 1);
      this.#wakeAt(this.parts.clock.now() + restMs(this.#unfinished));
    }
    this.#finishing = undefined;
    if (this.#asked) this.wake();
  }

  /** Once for as long as it lasts. Trouble holds the queue, for the claims of every round would meet it. */
  async #tell(error: unknown, isAgain: boolean): Promise<void> {
    const { breaker, report } = this.parts;
    const trouble = troubleOf(error);
    // Asked at each try: the run may have begun, and forgotten what was told, since the first.
    const isShown = trouble && (await breaker.meetBefore(trouble).catch(() => true)); // a broken log has said so itself
    if (isShown || isAgain) return;
    report(
      'Scheduling',
      `${sentenceOf(error)} ${trouble ? mendOf(trouble) : 'It is tried again by itself.'}`,
    );
  }

  #decide(): Judgement {
    return decide(this.#facts(), this.parts.clock.now(), this.#board, this.parts.accountOf);
  }

  #facts(): Snapshot {
    const { log, locks, declared } = this.parts;
    return { ...log.head, features: declared.scoped(log.head), locks: locks.table };
  }

  #wakeAt(at: EpochMs | undefined): void {
    this.#cancelAlarm();
    this.#cancelAlarm = () => {};
    if (at === undefined || this.#closed) return;
    const { clock } = this.parts;
    this.#cancelAlarm = clock.after(Math.max(0, at - clock.now()), () => this.wake());
  }
}
