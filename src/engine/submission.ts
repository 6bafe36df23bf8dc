// What becomes of work that is handed in: it is brought up to date, checked as it would be published, and published if
// nothing came in between; else all of that again.
import type { CheckProof } from '../core/features/feature';
import type { Isolation, Overlap, PlaceChange } from '../ports/isolation';
import { type Approval, showing } from './approval';
import type { Arrived, Arriving } from './arrivals';
import type { Ending, LiveAttempt } from './attempt';
import { type AttemptChanges, printOf } from './attemptChanges';
import type { EventLog } from './eventLog';
import type { FileLocks } from './fileLocks';
import type { Guarded } from './guardWork';
import type { EndStep, Insistence } from './insistence';
import type { Doubts, ProofTrial } from './proofTrial';
import type { Publications } from './publications';
import type { Regressions, Standing } from './regressions';
import type { Verification } from './verification';

/** Rounds in which others may publish while the check runs; in the next they wait. */
const freeRounds = 2;
/** A file that came in so many times while the check ran is one that never rests, such as a server's log: it counts no more. */
const mostArrivals = 2;
/** After so many it is not other attempts that keep changing the workspace. */
const mostRounds = 6;
const mostNamed = 3;

const keeping: EndStep = {
  doing: 'Keeping the files of a feature that passed',
  mend: 'Make the place one that you can read and write.',
};
const publishing: EndStep = {
  doing: 'Putting the files of a feature that passed into the workspace',
  mend: 'Make the place one that you can read and write.',
};

/** Handed back to its agent, who goes on with the same attempt. */
export interface Returned {
  readonly kind: 'returned';
  /** For the agent. */
  readonly why: string;
}

/** What is known from one round of the same handing in to the next. */
interface Rounds {
  /** How often files came in while the work was checked. */
  readonly arrivals: Map<string, number>;
  /** The work, as prints of its files, that `green` holds for. */
  work: string;
  /** Checks of other features that were green on it, by command. */
  green: Map<string, Guarded>;
  /** What has come in since they were. */
  came: Set<string>;
  /** Files of the work that the check left otherwise than it found them, when it ran last. */
  altered: readonly string[];
  /** As they were before the place was last brought up to date. */
  features: Standing['features'];
}

export interface SubmissionParts {
  readonly log: EventLog;
  readonly isolation: Isolation;
  readonly arriving: Arriving;
  readonly changes: AttemptChanges;
  readonly approval: Approval;
  readonly locks: FileLocks;
  readonly publications: Publications;
  readonly verification: Verification;
  readonly regressions: Regressions;
  readonly proofTrial: ProofTrial;
  readonly insistence: Insistence;
  /** Brings an attempt to its end; settles when that is on disk. */
  readonly end: (live: LiveAttempt, ending: Ending) => Promise<void>;
}

export class Submission {
  constructor(private readonly parts: SubmissionParts) {}

  /** How the attempt is to end, or why it is to go on. Rejects with a `Failure` when the check could not be run at all. */
  async handIn(live: LiveAttempt, verifyMs: number): Promise<Ending | Returned> {
    const command = await live.checkCommand;
    const { features } = this.parts.log.head;
    const rounds: Rounds = {
      ...{ arrivals: new Map(), work: '', green: new Map(), came: new Set(), altered: [], features },
    };
    for (let round = 1; round <= mostRounds; round++) {
      const isAlone = round > freeRounds;
      const hindered = await this.#settle(live, rounds); // outside the gate: whoever holds a file may be waiting for that
      const once = () => this.#round(live, command, verifyMs, rounds, isAlone);
      const verdict = hindered ?? (await (isAlone ? this.parts.publications.gate.run(once) : once()));
      if (verdict !== 'again') return verdict;
    }
    return { kind: 'failed', reason: neverRests(rounds.altered) };
  }

  /** @param isAlone the gate is ours all the while */
  async #round(
    live: LiveAttempt,
    command: string | undefined,
    verifyMs: number,
    rounds: Rounds,
    isAlone: boolean,
  ): Promise<Ending | Returned | 'again'> {
    const { changes, approval, verification, publications, regressions, proofTrial } = this.parts;
    let tried: readonly PlaceChange[] | undefined;
    // Whoever waited for its turn to be checked, or for the gate, may find more than was there before.
    const ready = async () => {
      if (tried) await this.#putBackMade(live, tried); // by a check that does not count
      rounds.features = this.parts.log.head.features;
      const arrived = await this.#bring(live, rounds);
      if (arrived.overlaps) return returned(arrived);
      const look = await changes.look(live);
      await changes.takeAll(live, look);
      tried = look.own;
      return live.contested.size > 0 ? ('again' as const) : undefined;
    };
    const checked =
      command === undefined
        ? ((await ready()) ?? ({ kind: 'unconfirmed', why: approval.whyWithoutCheck(live) } as const))
        : await verification.verify(live, command, verifyMs, ready);
    if (checked === 'again' || checked.kind === 'returned') return checked;
    if (checked.kind === 'failed')
      return checked.isOfUser ? { kind: 'yielded', cause: 'packages', note: checked.reason } : checked;
    const work = tried ?? [];
    const print = work.map(({ path, after }) => `${path} ${printOf(after)}`).join('\n');
    if (rounds.work !== print) rounds.green.clear();
    const paths = work.map(({ path }) => path);
    const guarded = await regressions.guard(live, paths, command ?? '', verifyMs, rounds);
    if (guarded.kind === 'failed') return guarded;
    if (guarded.kind === 'altered') return this.#altered(live, guarded.overlaps);
    rounds.work = print;
    for (const one of guarded.green) rounds.green.set(one.command, one);
    rounds.came.clear();
    const others = [...rounds.green.values()].map(({ command, features: [guards] }) => ({ command, guards }));
    const own = command === undefined ? [] : [{ command }];
    const judged = await proofTrial.judge(live, paths, own.length > 0 ? [...own, ...others] : [], verifyMs);
    if (judged.kind === 'altered') return this.#altered(live, judged.overlaps);
    const green = [...own, ...guarded.green].map((one) => one.command);
    const enter = () => this.#enter(live, work, checked, { green, doubts: judged }, rounds);
    return isAlone ? enter() : publications.gate.run(enter);
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
      const arrived = await this.#bring(live, rounds);
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

  /** To be called within the gate: nothing else enters the workspace between the last look and the publication. */
  async #enter(
    live: LiveAttempt,
    tried: readonly PlaceChange[],
    checked:
      | { readonly kind: 'passed'; readonly evidence: CheckProof }
      | { readonly kind: 'unconfirmed'; readonly why: string },
    { green, doubts }: { readonly green: readonly string[]; readonly doubts: Doubts },
    rounds: Rounds,
  ): Promise<Ending | Returned | 'again'> {
    const { isolation, approval, publications, regressions } = this.parts;
    const { slot } = live.attempt;
    const prints = new Map(tried.map(({ path, after }) => [path, printOf(after)]));
    const own = await this.#putBackMade(live, tried);
    const now = new Map(
      own.flatMap(({ path, after, why }) => (why === undefined ? [[path, printOf(after)]] : [])),
    );
    rounds.altered = [...prints.keys()].filter((path) => now.get(path) !== prints.get(path));
    const isAsTried = own.length === prints.size && rounds.altered.length === 0;
    const arrived = await this.#bring(live, rounds);
    if (arrived.overlaps) return returned(arrived);
    if (isNews(arrived, rounds.arrivals) || !isAsTried) return 'again';
    const stage = async () => (live.isOver ? [] : isolation.stage(slot, [...prints.keys()]));
    const files = await this.parts.insistence.until(live.attempt, keeping, stage);
    if (live.isOver) return stopped;
    if (files.some(({ path, after }) => prints.get(path) !== printOf(after))) return 'again';
    if (checked.kind === 'unconfirmed') return { ...checked, files };
    const { evidence } = checked;
    const weaker = [...doubts.weaker, ...showing(own)];
    const needsYes = await approval.whyBesideCheck(live, files, { ...doubts, weaker });
    if (needsYes !== undefined) return { kind: 'unconfirmed', why: needsYes, check: evidence, files };
    const passed = { kind: 'passed', evidence, files } as const;
    const publish = async () => {
      const put = () => publications.publish(live.attempt, files, evidence);
      const done = await this.parts.insistence.until(live.attempt, publishing, put);
      // At once, so that no other end comes first: what is in the workspace has passed.
      if (done.ok) {
        regressions.proved(green);
        this.parts.end(live, passed).catch(() => undefined); // whoever asks for its end hears of it
      } else live.publishing = undefined;
      return done.ok;
    };
    const published = publish();
    live.publishing = published.catch(() => undefined);
    return (await published) ? passed : 'again';
  }

  async #bring(live: LiveAttempt, { came }: Rounds): Promise<Arrived> {
    const arrived = await this.parts.arriving.bring(live);
    for (const path of arrived.paths) came.add(path);
    return arrived;
  }

  /** What the check made of files that are not the attempt's is no work of the feature. Answers with what is left. */
  async #putBackMade(
    { attempt: { slot } }: LiveAttempt,
    tried: readonly PlaceChange[],
  ): Promise<readonly PlaceChange[]> {
    const { isolation } = this.parts;
    const own = new Set(tried.map(({ path }) => path));
    const now = await isolation.changes(slot);
    const made = now.flatMap(({ path }) => (own.has(path) ? [] : [path]));
    if (made.length > 0) await isolation.putBack(slot, made);
    return now.filter(({ path }) => own.has(path));
  }
}

/** Counts what came in. */
function isNews({ paths }: Arrived, arrivals: Map<string, number>): boolean {
  for (const path of paths) arrivals.set(path, (arrivals.get(path) ?? 0) + 1);
  return paths.some((path) => (arrivals.get(path) ?? 0) <= mostArrivals);
}

const stopped: Ending = { kind: 'failed', reason: 'The attempt was ended.' };

function returned({ notes }: Arrived): Returned {
  return { kind: 'returned', why: notes.join('\n\n') };
}

/** @param altered what the last check made of the work */
function neverRests(altered: readonly string[]): string {
  const end = `during each of ${mostRounds} checks, so none of them proved what would have been published.`;
  if (altered.length === 0) return `The workspace changed ${end}`;
  const named = altered.slice(0, mostNamed).map((path) => `"${path}"`);
  const more = altered.length > mostNamed ? ` and ${altered.length - mostNamed} more` : '';
  return `The check itself changed files of the work (${named.join(', ')}${more}) ${end} It has to leave such files as they are the second time that it runs.`;
}
