// What becomes of work that is handed in: it is brought up to date, checked as it would be published, and published if
// nothing came in between; else all of that again.
import type { Overlap, PlaceChange } from '../ports/isolation';
import { type Returned, returned } from './arrivals';
import type { Ending, LiveAttempt } from './attempt';
import type { AttemptChanges } from './attemptChanges';
import { Entrance, type EntranceParts, type Proved } from './entrance';
import type { FileLocks } from './fileLocks';
import type { Guarded } from './guardWork';
import type { ProofTrial } from './proofTrial';
import { Rounds } from './rounds';
import { tellWaiting } from './tellWaiting';
import { type RideParts, TrainRide } from './trainRide';
import type { Verification } from './verification';

/** Rounds in which others may publish while the check runs; in the next they wait. */
const freeRounds = 2;
/** After so many it is not other attempts that keep changing the workspace. */
const mostRounds = 6;
const mostNamed = 3;

export interface SubmissionParts extends EntranceParts, RideParts {
  readonly changes: AttemptChanges;
  readonly locks: FileLocks;
  readonly verification: Verification;
  readonly proofTrial: ProofTrial;
}

/** One round of handing in. */
interface Round {
  readonly live: LiveAttempt;
  readonly command: string | undefined;
  readonly verifyMs: number;
  /** The gate is ours all the while: others wait. */
  readonly isAlone: boolean;
  readonly rounds: Rounds;
  readonly ride: TrainRide;
}

export class Submission {
  readonly #entrance: Entrance;

  constructor(private readonly parts: SubmissionParts) {
    this.#entrance = new Entrance(parts);
  }

  /** How the attempt is to end, or why it is to go on. Rejects with a `Failure` when the check could not be run at all. */
  async handIn(live: LiveAttempt, verifyMs: number): Promise<Ending | Returned> {
    const ride = new TrainRide(this.parts, live);
    const verdict = await this.#inRounds(live, verifyMs, ride);
    if (verdict.kind !== 'returned') return verdict;
    if (ride.isSpoilt()) {
      const again = await this.#startOver(live, ride);
      if (again) return { ...again, why: `${verdict.why}\n\n${again.why}` };
    }
    return ride.isAnew ? { ...verdict, why: `${verdict.why}\n\n${madeAnew}` } : verdict;
  }

  async #inRounds(live: LiveAttempt, verifyMs: number, ride: TrainRide): Promise<Ending | Returned> {
    const { log } = this.parts;
    const command = await live.checkCommand;
    const rounds = new Rounds(log.head.features);
    for (let k = 1; k <= mostRounds; k++) {
      const isAlone = k > freeRounds;
      const hindered = await this.#settle(live, rounds); // outside the gate: whoever holds a file may be waiting for that
      if (hindered) return hindered;
      const once = () => this.#round({ live, command, verifyMs, isAlone, rounds, ride });
      const verdict = await (isAlone ? this.#atGate(live, once) : once());
      if (verdict !== 'again') return verdict;
    }
    return { kind: 'failed', reason: neverRests(rounds.altered) };
  }

  /** Within the gate, for which it may have to wait: its time stands still then. */
  async #atGate<T>(live: LiveAttempt, work: () => Promise<T>): Promise<T> {
    const { log, publications } = this.parts;
    if (!publications.gate.isBusy) return publications.gate.run(work);
    tellWaiting(log, live.attempt, 'waiting for another feature to enter the workspace');
    live.timeLimit?.hold();
    return publications.gate.run(() => {
      live.timeLimit?.goOn();
      return work();
    });
  }

  async #round(round: Round): Promise<Ending | Returned | 'again'> {
    const { live, ride } = round;
    let isPassed = false;
    try {
      const verdict = await this.#try(round);
      isPassed = verdict !== 'again' && verdict.kind === 'passed'; // it leaves once that is stored
      const isRed = verdict !== 'again' && verdict.kind === 'failed';
      // It may be so for what its agent's commands had built or installed, and that is gone.
      const isExcused = isRed && ride.isAnew && live.budget.commands > 0;
      return isExcused ? { kind: 'returned', why: verdict.reason } : verdict;
    } finally {
      if (!isPassed) ride.leave(false);
    }
  }

  async #try(round: Round): Promise<Ending | Returned | 'again'> {
    const { live, command, rounds, ride, verifyMs } = round;
    let work: readonly PlaceChange[] | undefined;
    const ready = async () => {
      if (work) await this.#entrance.putBackMade(live, work); // by a check that does not count
      const found = await this.parts.train.boarding.run(() => this.#bringToCheck(round));
      if ('own' in found) work = found.own;
      return 'own' in found ? undefined : found.verdict;
    };
    const checked =
      command === undefined
        ? ((await ready()) ??
          ({ kind: 'unconfirmed', why: this.parts.approval.whyWithoutCheck(live) } as const))
        : await this.parts.verification.verify(live, command, verifyMs, ready);
    if (checked === 'again' || checked.kind === 'returned') return checked;
    if (checked.kind === 'failed') {
      ride.leave(false); // nobody is to build on it while it waits for those ahead
      if (!(await ride.isBorneOut(0))) return 'again'; // it may be so for work that never came
      return checked.isOfUser ? { kind: 'yielded', cause: 'packages', note: checked.reason } : checked;
    }
    const checkMs = checked.kind === 'passed' ? checked.evidence.durationMs : 0;
    const proved = await this.#prove(round, work ?? [], checkMs);
    if (proved === 'again' || 'kind' in proved) return proved;
    const enter = () =>
      this.#entrance.enter(live, { ...proved, work: work ?? [], checked }, rounds, () => ride.leave(true));
    return round.isAlone ? enter() : this.#atGate(live, enter);
  }

  /**
   * Whoever waited for its turn to be checked, or for the gate, may find more than was there before; and what those ahead are
   * about to publish.
   */
  async #bringToCheck({
    live,
    command,
    isAlone,
    rounds,
    ride,
  }: Round): Promise<{ readonly own: readonly PlaceChange[] } | { readonly verdict: Returned | 'again' }> {
    const { log, changes } = this.parts;
    rounds.features = log.head.features;
    if (ride.isSpoilt(isAlone ? undefined : ride.isAhead)) {
      rounds.green.clear(); // they were run on what is gone
      const lost = await this.#startOver(live, ride);
      if (lost) return { verdict: lost };
    }
    const arrived = await this.#entrance.bring(live, rounds);
    if (arrived.overlaps) return { verdict: returned(arrived) };
    const isChecked = command !== undefined;
    if (isChecked && !isAlone) for (const path of await ride.board()) rounds.came.add(path);
    const look = await changes.look(live);
    await changes.takeAll(live, look);
    if (live.contested.size > 0) return { verdict: 'again' };
    if (isChecked) await ride.join(look.own);
    return look;
  }

  /** Undefined where all of its own work is in the new place. */
  async #startOver(live: LiveAttempt, ride: TrainRide): Promise<Returned | undefined> {
    tellWaiting(this.parts.log, live.attempt, 'making its copy anew: work it was checked on did not pass');
    const overlaps = await ride.startOver();
    if (overlaps.length === 0) return undefined;
    return returned(await this.parts.arriving.tell(live, { taken: [], merged: [], overlaps }));
  }

  /** Its own check is green: so are those of other features, and that proves the work? */
  async #prove(
    round: Round,
    work: readonly PlaceChange[],
    checkMs: number,
  ): Promise<Pick<Proved, 'green' | 'doubts'> | Ending | Returned | 'again'> {
    const { live, command, verifyMs, rounds, ride } = round;
    const paths = work.map(({ path }) => path);
    rounds.isOn(work);
    const green = command === undefined ? [] : [command];
    const guard = async (): Promise<Ending | Returned | 'again' | undefined> => {
      const isBorneOut = () => {
        ride.leave(false); // nobody is to build on it while it waits for those ahead
        return ride.isBorneOut(checkMs);
      };
      const asked = { paths, own: command ?? '', verifyMs };
      const guarded = await this.parts.regressions.guard(live, asked, rounds, isBorneOut);
      if (guarded.kind === 'failed') return guarded;
      if (guarded.kind === 'altered') return this.#altered(live, guarded.overlaps);
      rounds.wereGreen(guarded.green);
      green.push(...guarded.green.map((one) => one.command));
      return undefined;
    };
    const hindered = await guard();
    if (hindered) return hindered;
    if (!(await ride.isBorneOut(checkMs))) return 'again';
    const passedAhead = ride.featuresAhead();
    if (Object.keys(passedAhead).length > 0) {
      rounds.features = { ...rounds.features, ...passedAhead };
      const hinderedByThem = await guard();
      if (hinderedByThem) return hinderedByThem;
    }
    const checks = greenChecks(command, rounds);
    const doubts = await this.parts.proofTrial.judge(live, paths, checks, verifyMs);
    if (doubts.kind === 'altered') return this.#altered(live, doubts.overlaps);
    return { green, doubts };
  }

  /** The work is not what it was when its check passed. */
  async #altered(live: LiveAttempt, overlaps: readonly Overlap[]): Promise<Returned | 'again'> {
    if (overlaps.length === 0) return 'again';
    return returned(await this.parts.arriving.tell(live, { taken: [], merged: [], overlaps }));
  }

  /** Up to date, and every file that was changed held; undefined once that is so. */
  async #settle(live: LiveAttempt, rounds: Rounds): Promise<Ending | Returned | undefined> {
    const { changes, locks } = this.parts;
    for (;;) {
      const arrived = await this.#entrance.bring(live, rounds);
      if (arrived.overlaps) return returned(arrived);
      await changes.take(live, await changes.look(live));
      const [first] = live.contested;
      if (first === undefined) return undefined;
      const [path] = first;
      live.timeLimit?.hold();
      const outcome = await locks.acquire(live.attempt, path);
      live.timeLimit?.goOn();
      if (outcome.ok) continue;
      const { message } = outcome.error;
      return 'yieldFor' in outcome
        ? { kind: 'yielded', cause: 'lock', note: message, path: outcome.yieldFor }
        : { kind: 'failed', reason: message };
    }
  }
}

/** For an agent whose work is to be looked at once more. */
const madeAnew =
  'Your copy was made anew, with all that you changed in it: its check had been run together with the work of another feature, which then did not pass. Whatever commands had built or installed in ignored folders is gone; do that again where the check needs it.';

/** Its own first. Without one of its own there is none that a trial could be made of. */
function greenChecks(command: string | undefined, { green }: Rounds): Parameters<ProofTrial['judge']>[2] {
  if (command === undefined) return [];
  const others = [...green.values()].map(({ command, features: [guards] }: Guarded) => ({ command, guards }));
  return [{ command }, ...others];
}

/** @param altered what the last check made of the work */
function neverRests(altered: readonly string[]): string {
  const end = `during each of ${mostRounds} checks, so none of them proved what would have been published.`;
  if (altered.length === 0) return `The workspace changed ${end}`;
  const named = altered.slice(0, mostNamed).map((path) => `"${path}"`);
  const more = altered.length > mostNamed ? ` and ${altered.length - mostNamed} more` : '';
  return `The check itself changed files of the work (${named.join(', ')}${more}) ${end} It has to leave such files as they are the second time that it runs.`;
}
