// What becomes of work that is handed in: it is brought up to date, checked as it would be published, and published if
// nothing came in between; else all of that again.
import { Failure } from '../ports/failure';
import type { Overlap, PlaceChange } from '../ports/isolation';
import { type Returned, returned } from './arrivals';
import type { Ending, LiveAttempt } from './attempt';
import type { AttemptChanges } from './attemptChanges';
import { Entrance, type EntranceParts, type Proved, stopped } from './entrance';
import type { FileLocks } from './fileLocks';
import type { Guarded } from './guardWork';
import { attemptIsOver, placeOf } from './placeOf';
import type { ProofTrial } from './proofTrial';
import { Rounds } from './rounds';
import { tellWaiting } from './tellWaiting';
import { held } from './timeLimit';
import { type RideParts, TrainRide } from './trainRide';
import type { Subject, Verification } from './verification';

/** Rounds in which others may publish while the check runs; in the next they wait. */
const freeRounds = 2;
/** After so many it is not other attempts that keep changing the workspace. */
const mostRounds = 6;
const mostNamed = 3;
/** What is over before that is no waiting to people. */
const tellAfterMs = 1_000;

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
    const rounds = new Rounds(this.parts.log.head.features);
    const ride = new TrainRide(this.parts, live, () => rounds.green.clear());
    let isPassed = false;
    try {
      const verdict = await this.#inRounds({
        live,
        verifyMs,
        rounds,
        ride,
        command: await live.checkCommand,
      });
      isPassed = verdict.kind === 'passed'; // it leaves once that is stored
      if (verdict.kind !== 'returned') return verdict;
      return await held(live.timeLimit, () => this.#giveBack(live, ride, rounds, verdict));
    } catch (error) {
      if (live.isOver && Failure.is(error, 'closed')) return stopped;
      throw error;
    } finally {
      if (!isPassed) ride.leave(false);
    }
  }

  async #inRounds(about: Omit<Round, 'isAlone'>): Promise<Ending | Returned> {
    const { live, rounds } = about;
    for (let k = 1; k <= mostRounds; k++) {
      const round: Round = { ...about, isAlone: k > freeRounds };
      const lost = await held(live.timeLimit, () => this.#clean(round));
      if (lost) return lost;
      const hindered = await this.#settle(live, rounds); // outside the gate: whoever holds a file may be waiting for that
      if (hindered) return hindered;
      const once = () => this.#round(round);
      const verdict = await (round.isAlone ? this.#atGate(live, once) : once());
      if (verdict !== 'again') return verdict;
    }
    return { kind: 'failed', reason: neverRests(rounds.altered) };
  }

  /** To its agent, with nothing left of a check that does not count. */
  async #giveBack(live: LiveAttempt, ride: TrainRide, rounds: Rounds, verdict: Returned): Promise<Returned> {
    ride.leave(false); // nobody is to build on it meanwhile
    if (rounds.work) await this.#entrance.putBackMade(live, rounds.work);
    const overlaps = ride.isSpoilt ? await ride.startOver((path) => live.changed.has(path)) : [];
    const told = overlaps.length === 0 ? [] : [(await this.#toldOf(live, overlaps)).why];
    return { ...verdict, why: [verdict.why, ...told, ...(ride.isAnew ? [madeAnew] : [])].join('\n\n') };
  }

  /** Takes away what a check that does not count left in the place. Returns where the work is not whole any more. */
  async #clean({ live, isAlone, rounds, ride }: Round): Promise<Returned | undefined> {
    if (rounds.work) await this.#entrance.putBackMade(live, rounds.work);
    const overlaps = await ride.clean(isAlone);
    return overlaps.length === 0 ? undefined : this.#toldOf(live, overlaps);
  }

  /** Within the gate, for which it may have to wait: its time stands still then. */
  async #atGate<T>(live: LiveAttempt, work: () => Promise<T>): Promise<T> {
    const { log, publications } = this.parts;
    if (!publications.gate.isBusy) return publications.gate.run(work);
    tellWaiting(log, live.attempt, 'waiting for another feature to enter the workspace');
    live.timeLimit?.hold();
    return publications.gate.run(async () => {
      live.timeLimit?.goOn();
      if (live.isOver) throw attemptIsOver();
      return work();
    });
  }

  async #round(round: Round): Promise<Ending | Returned | 'again'> {
    const { live, ride } = round;
    const verdict = await this.#try(round);
    const isRed = verdict !== 'again' && verdict.kind === 'failed';
    // It may be so for what its agent's commands had built or installed, and that is gone.
    const isExcused = isRed && ride.isAnew && live.budget.commands > 0;
    return isExcused ? { kind: 'returned', why: verdict.reason } : verdict;
  }

  async #try(round: Round): Promise<Ending | Returned | 'again'> {
    const { live, command, rounds, ride, verifyMs } = round;
    const subject: Subject = {
      attempt: live.attempt,
      feature: live.feature,
      tag: live.tag,
      timeLimit: live.timeLimit,
      putBack: live.putBack,
      check: ride.watch(),
      get unread() {
        return live.unread; // of the place, which may be made anew before the check
      },
    };
    const ready = async () => {
      if (live.isOver) throw attemptIsOver();
      return held(
        live.timeLimit,
        async () => (await this.#clean(round)) ?? (await this.#bringToCheck(round)),
      );
    };
    const checked =
      command === undefined
        ? ((await ready()) ?? ({ kind: 'unchecked' } as const))
        : await this.parts.verification.verify(subject, command, verifyMs, ready);
    if (checked === 'again' || checked.kind === 'returned') return checked;
    if (ride.isLost || (subject.check.signal.aborted && !live.check.signal.aborted)) return 'again';
    if (checked.kind === 'failed') {
      ride.leave(false); // nobody is to build on it while it waits for those ahead
      if (!(await ride.isBorneOut(0))) return 'again'; // it may be so for work that never came
      return checked.isOfUser ? { kind: 'yielded', cause: 'packages', note: checked.reason } : checked;
    }
    const news = ride.isSpoilt ? await placeOf(this.parts.isolation, live).news(live.attempt.slot) : [];
    if (rounds.isNews({ paths: news }, this.parts.publications)) return 'again'; // to wait for those ahead would help nobody
    const checkMs = checked.kind === 'passed' ? checked.evidence.durationMs : 0;
    const work = rounds.work ?? [];
    const proved = await this.#prove(round, work, checkMs);
    if (proved === 'again' || 'kind' in proved) return proved;
    const enter = () =>
      this.#entrance.enter(live, { ...proved, work, checked }, rounds, () => ride.leave(true));
    return round.isAlone ? enter() : this.#atGate(live, enter);
  }

  /**
   * Whoever waited for its turn to be checked, or for the gate, may find more than was there before; and what those ahead are
   * about to publish. Undefined once all of that is in the place, and the work is known to those behind it.
   */
  async #bringToCheck(round: Round): Promise<Returned | 'again' | undefined> {
    const { live, command, isAlone, rounds, ride } = round;
    const { log, changes, publications, train } = this.parts;
    for (;;) {
      await this.#restOf(live);
      const { count } = publications;
      rounds.features = log.head.features;
      rounds.publications = count;
      const arrived = await this.#entrance.bring(live, rounds);
      if (arrived.overlaps) return returned(arrived);
      const look = await changes.look(live);
      await changes.takeAll(live, look);
      if (live.contested.size > 0) return 'again';
      rounds.work = look.own;
      const kept = command === undefined ? undefined : await ride.keep(look.own);
      if (!kept) return undefined;
      // What came in meanwhile is ahead no more, and not in the place, or only some of it.
      const isLate = () => publications.isPutting || publications.count !== count;
      const boarded = await train.boarding.run(async () => (isLate() ? 'late' : ride.board(kept, isAlone)));
      if (boarded === 'late') continue;
      for (const path of boarded ?? []) rounds.came.add(path);
      if (boarded) return undefined;
      const overlaps = await ride.startOver();
      if (overlaps.length > 0) return this.#toldOf(live, overlaps);
    }
  }

  /** Of a publication that is under way the workspace has some files, and not yet others. */
  async #restOf(live: LiveAttempt): Promise<void> {
    const { log, publications, clock } = this.parts;
    if (!publications.isPutting) return;
    const words = 'waiting for the files of another feature, which are entering the workspace';
    const cancel = clock.after(tellAfterMs, () => tellWaiting(log, live.attempt, words));
    await publications.rested(live.check.signal);
    cancel();
    if (live.isOver) throw attemptIsOver();
  }

  async #toldOf(live: LiveAttempt, overlaps: readonly Overlap[]): Promise<Returned> {
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
    return overlaps.length === 0 ? 'again' : this.#toldOf(live, overlaps);
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
  'Your copy was made anew, with all that you changed in it: its check had been run together with the work of another feature, which has not come into the workspace. Whatever commands had built or installed in ignored folders is gone; do that again where the check needs it.';

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
