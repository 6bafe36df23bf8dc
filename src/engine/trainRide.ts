// One handing in, in the merge train: what its checks are run on, what it adds for those behind it, its wait for those ahead of
// it, and how its place is cleaned of what a check on work that has not come left there.
import { attemptOf } from '../core/events/event';
import type { Feature } from '../core/features/feature';
import type { FeatureId } from '../core/shared/ids';
import { unreadOf } from '../core/shared/unread';
import type { Isolation, Overlap, PlaceChange, StagedFile } from '../ports/isolation';
import type { Clock } from '../ports/system';
import { type Approval, exposing, showing } from './approval';
import type { LiveAttempt } from './attempt';
import { printOf } from './attemptChanges';
import type { EventLog } from './eventLog';
import type { EndStep, Insistence } from './insistence';
import type { MergeTrain, TrainCar } from './mergeTrain';
import { placeOf } from './placeOf';
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

/** Work that is about to be checked, kept as it is. */
export interface Boarding {
  readonly files: readonly StagedFile[];
  /** May others be checked on it? */
  readonly isForOthers: boolean;
}

export class TrainRide {
  /** Those whose work a check in this place was run on since the place held nothing but the workspace and the attempt's own. */
  readonly #riddenOn = new Set<TrainCar>();
  /** The attempt's own work as it was before the first of these checks. */
  #own: readonly StagedFile[] = [];
  /** Stays in the train over rounds, as long as the work does not change. */
  #car: TrainCar | undefined;
  #isBorneOut: Promise<boolean> | undefined;
  #lost = new AbortController();
  #isAnew = false;

  constructor(
    private readonly parts: RideParts,
    private readonly live: LiveAttempt,
    /** Called when the place is made anew: what was found in it is gone. */
    private readonly onAnew: () => void,
  ) {}

  /** The place was made anew, so that nothing is left of what the agent's commands built or installed in it. */
  get isAnew(): boolean {
    return this.#isAnew;
  }

  /**
   * Is there anything in the place that was made of work which is not in the workspace? A check builds what the user's rules
   * ignore, and may write into the attempt's own files: that work leaves the place, and what was made of it does not.
   */
  get isSpoilt(): boolean {
    return this.#isLostBut(new Set());
  }

  /** Some of it never comes: a check on it counts for nothing, whatever it finds. */
  get isLost(): boolean {
    return [...this.#riddenOn].some((car) => car.isPublished === false);
  }

  /** For the next check: aborted once it counts for nothing, because some of that never comes, or because the attempt is over. */
  watch(): AbortController {
    const { signal } = this.live.check;
    const lost = new AbortController();
    this.#lost = lost;
    if (signal.aborted) lost.abort();
    else signal.addEventListener('abort', () => lost.abort(), { once: true });
    for (const car of this.#riddenOn) this.#watch(car);
    return lost;
  }

  #watch(car: TrainCar): void {
    const lost = this.#lost;
    void car.published.then((isIn) => {
      if (!isIn && this.#riddenOn.has(car)) lost.abort(); // the place may have been made anew without it
    });
  }

  /**
   * Has the place clean for the next check: as it is where all that the last one was run on has come; with the own work as it
   * was before where that is still ahead, and so will be in the place again; else made anew. Returns what of the own work does
   * not go together with the workspace any more.
   *
   * @param isAlone the next check is run on nobody's work
   */
  async clean(isAlone: boolean): Promise<readonly Overlap[]> {
    const { isolation } = this.parts;
    const { attempt } = this.live;
    if (!this.isSpoilt) this.#forget();
    if (this.#isLostBut(new Set(this.#ahead(isAlone)))) return this.startOver();
    return this.#own.length === 0 ? [] : placeOf(isolation, this.live).restore(attempt.slot, this.#own);
  }

  /** Is, or was, anything else in the place that has not come? */
  #isLostBut(stays: ReadonlySet<TrainCar>): boolean {
    return [...this.#riddenOn].some((car) => car.isPublished !== true && !stays.has(car));
  }

  #ahead(isAlone: boolean): readonly TrainCar[] {
    return isAlone || !this.#isWithOthers ? [] : this.parts.train.ahead(this.#car);
  }

  get #isWithOthers(): boolean {
    return (this.parts.log.head.run?.settings.maxAgents ?? 1) > 1;
  }

  /**
   * Makes the place what the workspace is, with the attempt's own work as it was before it was checked on that of others.
   *
   * @param isStillOwn false of files that were given up for what came in
   */
  async startOver(isStillOwn: (path: string) => boolean = () => true): Promise<readonly Overlap[]> {
    const { live } = this;
    const { log } = this.parts;
    const isolation = placeOf(this.parts.isolation, live);
    const { slot } = live.attempt;
    tellWaiting(log, live.attempt, 'making its copy anew, without the work of others that has not come');
    const { unread } = await isolation.prepare(slot);
    live.unread = unreadOf(unread);
    this.#isAnew = true;
    this.onAnew();
    const own = this.#own.filter(({ path }) => isStillOwn(path));
    this.#forget();
    return isolation.restore(slot, own);
  }

  /** Keeps the work, which nobody waits for; undefined where there is no train. */
  async keep(work: readonly PlaceChange[]): Promise<Boarding | undefined> {
    const { isolation, approval, insistence } = this.parts;
    const { live } = this;
    if (!this.#isWithOthers && !this.#car && !this.isSpoilt) return undefined;
    const paths = work.map(({ path }) => path);
    const stage = () => placeOf(isolation, live).stage(live.attempt.slot, paths);
    const files = paths.length === 0 ? [] : await insistence.until(live.attempt, keeping, stage);
    if (files.length === 0) return { files, isForOthers: false };
    const look = () => placeOf(isolation, live).secretsIn(files);
    const weaker = [...showing(work), ...exposing(await insistence.until(live.attempt, keeping, look))];
    return { files, isForOthers: !(await approval.whyBesideCheck(live, files, { weaker })) };
  }

  /**
   * Takes into the place, which is up to date, what those ahead are about to publish, where it goes together with its own work;
   * from now on checks of others may be run on that.
   *
   * @param isAlone on nobody's work
   * @returns the files that came; undefined where the place is to be made anew first, for it was on work that cannot be taken in
   * again
   */
  async board({ files, isForOthers }: Boarding, isAlone: boolean): Promise<readonly string[] | undefined> {
    const { train } = this.parts;
    const { live } = this;
    const isolation = placeOf(this.parts.isolation, live);
    this.#isBorneOut = undefined;
    if (!this.isSpoilt) this.#own = files;
    if (this.#car && !(isForOthers && isSame(this.#car.files, files))) this.leave(false);
    const came: string[] = [];
    const taken = new Set<TrainCar>();
    for (const car of this.#ahead(isAlone)) {
      if (!(await isolation.anticipate(live.attempt.slot, car.files))) continue;
      taken.add(car);
      came.push(...car.files.map(({ path }) => path));
    }
    const isLost = this.#isLostBut(taken);
    for (const car of taken) {
      this.#riddenOn.add(car);
      this.#watch(car);
    }
    if (isLost) return undefined;
    if (isForOthers && !live.isOver) this.#car ??= train.join(live.attempt, files);
    return came;
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
    if (open.length === 0 || this.isLost) return !this.isSpoilt;
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
    this.#car = undefined;
  }

  #forget(): void {
    this.#riddenOn.clear();
    this.#own = [];
    this.#isBorneOut = undefined;
  }
}

function isSame(one: readonly StagedFile[], other: readonly StagedFile[]): boolean {
  const printsOf = (files: readonly StagedFile[]) =>
    files.map(({ path, before, after }) => `${path} ${printOf(before)} ${printOf(after)}`).join('\n');
  return printsOf(one) === printsOf(other);
}

function namesOf(ids: readonly FeatureId[]): string {
  return `${ids.length === 1 ? 'feature' : 'features'} ${ids.join(', ')}`;
}
