// The checks of one work in the merge train: what each is run on, what it adds for those behind it, its wait for those ahead
// of it, and a place made anew where what it was run on never came.
import { attemptOf } from '../core/events/event';
import type { Feature } from '../core/features/feature';
import type { FeatureId } from '../core/shared/ids';
import { unreadOf } from '../core/shared/unread';
import type { Isolation, Overlap, PlaceChange, StagedFile } from '../ports/isolation';
import type { Clock } from '../ports/system';
import { type Approval, showing } from './approval';
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
  readonly approval: Approval;
  readonly insistence: Insistence;
  readonly clock: Clock;
}

export class TrainRide {
  /** Those whose work is, or was, in the place since it held nothing but the workspace and the attempt's own. */
  readonly #riddenOn = new Set<TrainCar>();
  /** The attempt's own work as it was before the first check on theirs. */
  #own: readonly StagedFile[] = [];
  #car: TrainCar | undefined;
  #isBorneOut: Promise<boolean> | undefined;
  #isAnew = false;

  constructor(
    private readonly parts: RideParts,
    private readonly live: LiveAttempt,
  ) {}

  /** The place was made anew, so that nothing is left of what the agent's commands built or installed in it. */
  get isAnew(): boolean {
    return this.#isAnew;
  }

  /**
   * Is there anything in the place that was made of work which is not in the workspace? A check builds what the user's rules
   * ignore, and may write into the attempt's own files: that work leaves the place, and what was made of it does not.
   *
   * @param stays is it in the place again in a moment?
   */
  isSpoilt(stays: (car: TrainCar) => boolean = () => false): boolean {
    return [...this.#riddenOn].some((car) => car.isPublished !== true && !stays(car));
  }

  /** May this work be checked on that of others, next time? Those are the ones that stay. */
  readonly isAhead = (car: TrainCar): boolean => this.parts.train.ahead.includes(car);

  /**
   * Makes the place what the workspace is, with the attempt's own work as it was before it was checked on what others were
   * about to publish. Answers with what of it does not go together with the workspace any more.
   */
  async startOver(): Promise<readonly Overlap[]> {
    const { isolation } = this.parts;
    const { live } = this;
    const { slot } = live.attempt;
    this.leave(false);
    const own = this.#own.filter(({ path }) => live.changed.has(path)); // else it was given up for what came in
    if (live.isOver) return [];
    live.unread = unreadOf((await isolation.prepare(slot)).unread);
    this.#isAnew = true;
    this.#forget();
    return live.isOver ? [] : isolation.restore(slot, own);
  }

  /** Takes into the place, which is up to date, what those ahead are about to publish, where it goes together with its own work. */
  async board(): Promise<readonly string[]> {
    const { train, isolation } = this.parts;
    const { slot } = this.live.attempt;
    this.leave(false); // it may have been on it before
    if (!this.isSpoilt()) this.#forget();
    this.#isBorneOut = undefined;
    const came: string[] = [];
    for (const car of train.ahead) {
      if (this.live.isOver || car.isPublished !== undefined) continue;
      if (!(await isolation.anticipate(slot, car.files))) continue;
      this.#riddenOn.add(car);
      came.push(...car.files.map(({ path }) => path));
    }
    return came;
  }

  /** From now on checks of others may be run on this work, unless the user is to be asked about it first. */
  async join(work: readonly PlaceChange[]): Promise<void> {
    const { log, train, isolation, approval, insistence } = this.parts;
    const { live } = this;
    this.leave(false);
    const isWithOthers = (log.head.run?.settings.maxAgents ?? 1) > 1;
    if (work.length === 0 || !(isWithOthers || this.#riddenOn.size > 0)) return;
    const paths = work.map(({ path }) => path);
    const stage = async (): Promise<readonly StagedFile[]> =>
      live.isOver ? [] : isolation.stage(live.attempt.slot, paths);
    const files = await insistence.until(live.attempt, keeping, stage);
    if (this.#own.length === 0) this.#own = files;
    const waitsForYes = await approval.whyBesideCheck(live, files, { weaker: showing(work) });
    if (live.isOver || waitsForYes !== undefined) return;
    const car = train.join(live.attempt, files);
    this.#car = car;
    // What stands on work that never comes is to be checked again: nobody builds on it until then.
    for (const ahead of this.#riddenOn) void ahead.published.then((isIn) => isIn || car.leave(false));
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
    const cars = [...this.#riddenOn];
    const open = cars.filter((car) => car.isPublished === undefined);
    if (open.length === 0 || this.#isLost(cars)) return !this.isSpoilt();
    const ahead = open.map((car) => car.attempt.featureId);
    const askedMs = clock.monotonic();
    timeLimit?.hold();
    tellWaiting(log, attempt, `waiting for ${namesOf(ahead)}: its check was run on that work as well`);
    const published = await train.areIn(cars, checkMs, check.signal);
    timeLimit?.goOn();
    const waitedMs = Math.round(clock.monotonic() - askedMs);
    if (waitedMs > 0 && !this.live.isOver)
      await log.append([{ type: 'verify.awaited', ahead, published, waitedMs, ...attemptOf(attempt) }]);
    return published;
  }

  #isLost(cars: readonly TrainCar[]): boolean {
    return cars.some((car) => car.isPublished === false);
  }

  /** Those ahead, as they are by now: their work is in the place. */
  featuresAhead(): Readonly<Record<FeatureId, Feature>> {
    const { features } = this.parts.log.head;
    const entries = [...this.#riddenOn].flatMap(({ attempt: { featureId } }) => {
      const feature = features[featureId];
      return feature ? [[featureId, feature] as const] : [];
    });
    return Object.fromEntries(entries);
  }

  /** May be called twice; only the first time counts. */
  leave(isPublished: boolean): void {
    this.#car?.leave(isPublished);
  }

  #forget(): void {
    this.#riddenOn.clear();
    this.#own = [];
    this.#isBorneOut = undefined;
  }
}

function namesOf(ids: readonly FeatureId[]): string {
  return `${ids.length === 1 ? 'feature' : 'features'} ${ids.join(', ')}`;
}
