// The last step of work that is green: within the gate it is looked at once more, and enters the workspace if it still is what
// was checked, on what it was checked on.
import type { CheckProof } from '../core/features/feature';
import type { Isolation, PlaceChange } from '../ports/isolation';
import { type Approval, exposing, showing } from './approval';
import { type Arrived, type Arriving, type Returned, returned } from './arrivals';
import type { Ending, LiveAttempt } from './attempt';
import { printOf } from './attemptChanges';
import type { EndStep, Insistence } from './insistence';
import { placeOf } from './placeOf';
import type { Doubts } from './proofTrial';
import type { Publications } from './publications';
import type { Regressions } from './regressions';
import type { Rounds } from './rounds';

const keeping: EndStep = {
  doing: 'Keeping the files of a feature that passed',
  mend: 'Make the place one that you can read and write.',
};
const publishing: EndStep = {
  doing: 'Putting the files of a feature that passed into the workspace',
  mend: 'Make the place one that you can read and write.',
};

/** What was found of the work. */
export interface Proved {
  readonly work: readonly PlaceChange[];
  readonly checked:
    | { readonly kind: 'passed'; readonly evidence: CheckProof }
    | { readonly kind: 'unchecked' };
  /** Checks that were green on it. */
  readonly green: readonly string[];
  readonly doubts: Doubts;
}

export interface EntranceParts {
  readonly isolation: Isolation;
  readonly arriving: Arriving;
  readonly approval: Approval;
  readonly publications: Publications;
  readonly regressions: Regressions;
  readonly insistence: Insistence;
  /** Brings an attempt to its end; settles when that is on disk. */
  readonly end: (live: LiveAttempt, ending: Ending) => Promise<void>;
}

export class Entrance {
  constructor(private readonly parts: EntranceParts) {}

  /**
   * To be called within the gate: nothing else enters the workspace between the last look and the publication.
   *
   * @param onPassed called once the feature passes, with its files in the workspace
   */
  async enter(
    live: LiveAttempt,
    { work, checked, green, doubts }: Proved,
    rounds: Rounds,
    onPassed: () => void,
  ): Promise<Ending | Returned | 'again'> {
    const { approval, insistence } = this.parts;
    const isolation = placeOf(this.parts.isolation, live);
    const { slot } = live.attempt;
    const prints = new Map(work.map(({ path, after }) => [path, printOf(after)]));
    const own = await this.putBackMade(live, work);
    const now = new Map(
      own.flatMap(({ path, after, why }) => (why === undefined ? [[path, printOf(after)]] : [])),
    );
    rounds.altered = [...prints.keys()].filter((path) => now.get(path) !== prints.get(path));
    const isAsTried = own.length === prints.size && rounds.altered.length === 0;
    const arrived = await this.bring(live, rounds);
    if (arrived.overlaps) return returned(arrived);
    if (rounds.isNews(arrived, this.parts.publications) || !isAsTried) return 'again';
    if (this.parts.regressions.hasMore(live, [...prints.keys()], rounds.features)) return 'again';
    const stage = () => isolation.stage(slot, [...prints.keys()]);
    const files = await insistence.until(live.attempt, keeping, stage);
    if (live.isOver) return stopped;
    if (files.some(({ path, after }) => prints.get(path) !== printOf(after))) return 'again';
    const held = await insistence.until(live.attempt, keeping, () => isolation.secretsIn(files));
    if (live.isOver) return stopped;
    const shown = [...showing(own), ...exposing(held)];
    if (checked.kind === 'unchecked')
      return { kind: 'unconfirmed', why: approval.whyWithoutCheck(live, shown), files };
    const { evidence } = checked;
    const weaker = [...doubts.weaker, ...shown];
    const needsYes = await approval.whyBesideCheck(live, files, { ...doubts, weaker });
    if (needsYes !== undefined) return { kind: 'unconfirmed', why: needsYes, check: evidence, files };
    const passed = { kind: 'passed', evidence, files } as const;
    // A file that never rests is in the workspace otherwise than the check found it: the run's end looks at that.
    const proved = arrived.paths.length === 0 ? green : [];
    return (await this.#publish(live, passed, proved, onPassed)) ? passed : 'again';
  }

  async bring(live: LiveAttempt, { came }: Rounds): Promise<Arrived> {
    const arrived = await this.parts.arriving.bring(live);
    for (const path of arrived.paths) came.add(path);
    return arrived;
  }

  /** What the check made of files that are not the attempt's is no work of the feature. Returns what is left. */
  async putBackMade(live: LiveAttempt, work: readonly PlaceChange[]): Promise<readonly PlaceChange[]> {
    const isolation = placeOf(this.parts.isolation, live);
    const { slot } = live.attempt;
    const own = new Set(work.map(({ path }) => path));
    const now = await isolation.changes(slot);
    const made = now.flatMap(({ path }) => (own.has(path) ? [] : [path]));
    if (made.length > 0) await isolation.putBack(slot, made);
    return now.filter(({ path }) => own.has(path));
  }

  /** False where the workspace has changed since the last look. @param green checks of what it is then */
  async #publish(
    live: LiveAttempt,
    passed: Extract<Ending, { kind: 'passed' }>,
    green: readonly string[],
    onPassed: () => void,
  ): Promise<boolean> {
    const { publications, insistence, regressions, end } = this.parts;
    const publish = async () => {
      const put = () => publications.publish(live.attempt, passed.files, passed.evidence);
      const done = await insistence.until(live.attempt, publishing, put);
      // At once, so that no other end comes first: what is in the workspace has passed.
      if (done.ok) {
        regressions.proved(live.attempt, green);
        end(live, passed).then(onPassed, onPassed); // whoever asks for its end hears of what broke it
      } else live.publishing = undefined;
      return done.ok;
    };
    const published = publish();
    live.publishing = published.catch(() => undefined);
    return published;
  }
}

export const stopped: Ending = { kind: 'failed', reason: 'The attempt was ended.' };
