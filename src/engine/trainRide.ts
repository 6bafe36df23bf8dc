// One check in the merge train: what it is run on, what it adds for those behind it, and its wait for those ahead of it.
import { attemptOf } from '../core/events/event';
import type { Feature } from '../core/features/feature';
import type { FeatureId } from '../core/shared/ids';
import type { Isolation, PlaceChange, StagedFile } from '../ports/isolation';
import type { Clock } from '../ports/system';
import type { LiveAttempt } from './attempt';
import type { EventLog } from './eventLog';
import type { EndStep, Insistence } from './insistence';
import type { MergeTrain, TrainCar } from './mergeTrain';
import { tellWaiting } from './tellWaiting';

const keeping: EndStep = {
  doing: 'Keeping the files of a feature that is checked',
  mend: 'Make the place one that you can read and write.',
};

export interface RideParts {
  readonly log: EventLog;
  readonly isolation: Isolation;
  readonly train: MergeTrain;
  readonly insistence: Insistence;
  readonly clock: Clock;
}

export class TrainRide {
  #ahead: readonly TrainCar[] = [];
  #car: TrainCar | undefined;
  #isBorneOut: Promise<boolean> | undefined;

  constructor(
    private readonly parts: RideParts,
    private readonly live: LiveAttempt,
  ) {}

  /** Takes into the place, which is up to date, what those ahead are about to publish, where it goes together with its own work. */
  async board(): Promise<readonly string[]> {
    const { train, isolation } = this.parts;
    const { slot } = this.live.attempt;
    this.leave(false); // it may have been on it before
    this.#isBorneOut = undefined;
    const ahead: TrainCar[] = [];
    for (const car of train.ahead) if (await isolation.anticipate(slot, car.files)) ahead.push(car);
    this.#ahead = ahead;
    return ahead.flatMap(({ files }) => files.map(({ path }) => path));
  }

  /** From now on checks of others may be run on this work. */
  async join(work: readonly PlaceChange[]): Promise<void> {
    const { log, train, isolation, insistence } = this.parts;
    const { attempt } = this.live;
    this.leave(false);
    const isWithOthers = (log.head.run?.settings.maxAgents ?? 1) > 1;
    if (work.length === 0 || !isWithOthers) return;
    const paths = work.map(({ path }) => path);
    const stage = async (): Promise<readonly StagedFile[]> =>
      this.live.isOver ? [] : isolation.stage(attempt.slot, paths);
    const files = await insistence.until(attempt, keeping, stage);
    if (!this.live.isOver) this.#car = train.join(attempt, files);
  }

  /**
   * Is what the check was run on what the workspace has become? Settles once that is known. @param checkMs how long it took
   */
  isBorneOut(checkMs: number): Promise<boolean> {
    this.#isBorneOut ??= this.#awaitAhead(checkMs);
    return this.#isBorneOut;
  }

  async #awaitAhead(checkMs: number): Promise<boolean> {
    const { log, train, clock } = this.parts;
    const { attempt, timeLimit, check } = this.live;
    if (!this.#ahead.some((car) => train.has(car))) return train.areIn(this.#ahead, checkMs, check.signal);
    const ahead = this.#ahead.map((car) => car.attempt.featureId);
    const askedMs = clock.monotonic();
    timeLimit?.hold();
    tellWaiting(log, attempt, `waiting for ${namesOf(ahead)}: its check was run on that work as well`);
    const published = await train.areIn(this.#ahead, checkMs, check.signal);
    timeLimit?.goOn();
    const waitedMs = Math.round(clock.monotonic() - askedMs);
    if (waitedMs > 0 && !this.live.isOver)
      await log.append([{ type: 'verify.awaited', ahead, published, waitedMs, ...attemptOf(attempt) }]);
    return published;
  }

  /** Those ahead, as they are by now: their work is in the place. */
  featuresAhead(): Readonly<Record<FeatureId, Feature>> {
    const { features } = this.parts.log.head;
    const entries = this.#ahead.flatMap(({ attempt: { featureId } }) => {
      const feature = features[featureId];
      return feature ? [[featureId, feature] as const] : [];
    });
    return Object.fromEntries(entries);
  }

  /** May be called twice; only the first time counts. */
  leave(isPublished: boolean): void {
    this.#car?.leave(isPublished);
  }
}

function namesOf(ids: readonly FeatureId[]): string {
  return `${ids.length === 1 ? 'feature' : 'features'} ${ids.join(', ')}`;
}
