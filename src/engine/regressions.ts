// Whether what passed still passes: before other work enters the workspace, and once more at a run's end.
import type { Attempt, NewEvent } from '../core/events/event';
import type { Snapshot } from '../core/events/snapshot';
import type { Feature } from '../core/features/feature';
import { isMeant } from '../core/scheduler/decide';
import { endangeredBy } from '../core/scheduler/endangered';
import type { RunSettings } from '../core/settings/runSettings';
import type { FeatureId, Fence, Slot } from '../core/shared/ids';
import type { Isolation } from '../ports/isolation';
import type { LiveAttempt } from './attempt';
import type { CleanPlace } from './cleanPlace';
import type { EventLog } from './eventLog';
import { type Guarded, type GuardVerdict, guardWork, sideBySide } from './guardWork';
import { placeOf } from './placeOf';
import { ProvedWork } from './provedWork';
import type { Publications } from './publications';
import type { Subject, Verification } from './verification';

/** Of an earlier round of the same work, and of the present one. */
export interface Standing {
  /** As they were before the place was brought up to date: it need not have what has passed since. */
  readonly features: Snapshot['features'];
  /** Checks that were green then. */
  readonly green: ReadonlyMap<string, Guarded>;
  /** What has come into the place since. */
  readonly came: ReadonlySet<string>;
}

/** Work whose own check is green. */
export interface Guardable {
  /** What the attempt has changed. */
  readonly paths: readonly string[];
  /** That check. */
  readonly own: string;
  readonly verifyMs: number;
}

interface Green {
  readonly attempt: Attempt;
  /** Publications until then. */
  readonly count: number;
}

export interface RegressionParts {
  readonly log: EventLog;
  readonly isolation: Isolation;
  readonly verification: Verification;
  readonly publications: Publications;
  readonly clean: CleanPlace;
  readonly tagOf: (attempt: Attempt) => string;
}

export class Regressions {
  /** By check, when it was last green in an attempt's place that was what the workspace then became. */
  readonly #greenAt = new Map<string, Green>();
  /** Aborts the checks of a run's end. */
  #last = new AbortController();

  constructor(private readonly parts: RegressionParts) {}

  /**
   * Runs the checks of features that pass and that the attempt's changes may break, in its place. One that fails on the
   * workspace without these changes, too, reopens its own features and is held against nobody else. What they change in the
   * place is no work of the attempt: it is put back to what the attempt's own check left.
   *
   * @param standing what was green on the same work before stays so, but for what came in since may break it
   * @param isBorneOut asked before a red one is held against anybody: is what it was run on what the workspace has become?
   */
  async guard(
    live: LiveAttempt,
    { paths, own, verifyMs }: Guardable,
    standing: Standing,
    isBorneOut: () => Promise<boolean>,
  ): Promise<GuardVerdict> {
    const { features } = standing;
    const ids = endangeredBy(features, paths).filter((id) => id !== live.attempt.featureId);
    const anew = new Set(endangeredBy(features, [...standing.came]));
    const stands = ({ command, features: own }: Guarded) =>
      standing.green.has(command) && own.every(({ id }) => !anew.has(id));
    const guarded = (await this.#checksOf(ids)).filter((one) => one.command !== own && !stands(one));
    if (guarded.length === 0) return { kind: 'unbroken', green: [] };
    live.timeLimit?.hold(); // the attempt's time is for its own work
    try {
      const isOver = () => live.isOver;
      const place = placeOf(this.parts.isolation, live);
      const work = await ProvedWork.keep(place, live.attempt.slot, paths, isOver);
      if (!work) return { kind: 'altered', overlaps: [] };
      const subject = { ...live, attempt: live.attempt, timeLimit: undefined };
      const verdict = await guardWork(work, guarded, {
        isOver,
        isBorneOut,
        verify: (one) => this.#verify(subject, one, verifyMs),
        isElsewhere: (one) => this.#isBrokenAnyway(live, one, verifyMs),
      });
      return work.overlaps.length > 0 ? { kind: 'altered', overlaps: work.overlaps } : verdict;
    } finally {
      live.timeLimit?.goOn();
    }
  }

  /**
   * The same for work that was laid anew in the clean place, which then cannot show whether a check is red without it: why the
   * work may not enter, in words; undefined when it may.
   */
  async guardLaid(
    subject: Omit<Subject, 'feature' | 'guards'>,
    work: ProvedWork,
    own: string | undefined,
    verifyMs: number,
  ): Promise<string | undefined> {
    const paths = work.files.map(({ path }) => path);
    const ids = endangeredBy(this.parts.log.head.features, paths);
    const others = await this.#checksOf(ids.filter((id) => id !== subject.attempt.featureId));
    const verdict = await guardWork(
      work,
      others.filter(({ command }) => command !== own),
      {
        isOver: () => false,
        isBorneOut: async () => true,
        verify: (one) => this.#verify(subject, one, verifyMs),
        isElsewhere: async () => false,
      },
    );
    return verdict.kind === 'failed' ? verdict.reason : undefined;
  }

  /** Has a feature passed since these were looked at that the attempt's changes may break? It need not have brought a file. */
  hasMore({ attempt }: LiveAttempt, paths: readonly string[], since: Snapshot['features']): boolean {
    const now = this.parts.log.head.features;
    const passes = (features: Snapshot['features'], id: FeatureId) =>
      features[id]?.state.status === 'passing';
    return endangeredBy(now, paths).some(
      (id) => id !== attempt.featureId && passes(now, id) && !passes(since, id),
    );
  }

  /** These checks were green in the attempt's place, and the workspace is now what that is. */
  proved(attempt: Attempt, commands: readonly string[]): void {
    const green = { attempt, count: this.parts.publications.count };
    for (const command of commands) this.#greenAt.set(command, green);
  }

  /** Those that were green on what the workspace still is. */
  async #stillGreen(): Promise<ReadonlySet<string>> {
    const { log, isolation, publications } = this.parts;
    const still = new Set<string>();
    const isAsThen = new Map<Fence, boolean>();
    for (const [command, { attempt, count }] of this.#greenAt) {
      const { slot, fence } = attempt;
      if (count !== publications.count || log.head.agents[slot]?.fence !== fence) continue;
      if (!isAsThen.has(fence)) {
        const { taken, merged, overlaps } = await isolation.bringUpToDate(slot);
        isAsThen.set(fence, taken.length + merged.length + overlaps.length === 0);
      }
      if (isAsThen.get(fence)) still.add(command);
    }
    return still;
  }

  /**
   * Runs each check by which a feature of the run passes once more on the workspace as it is, but for those that have just
   * proved it. What is to be stored of those that fail; undefined when it was broken off.
   */
  async look({ only, limits }: RunSettings): Promise<readonly NewEvent[] | undefined> {
    const { log, clean, tagOf } = this.parts;
    const ids = Object.values(log.head.features).flatMap(({ id }) => (isMeant(only, id) ? [id] : []));
    const still = await this.#stillGreen();
    const guarded = (await this.#checksOf(ids)).filter(({ command }) => !still.has(command));
    this.#last = new AbortController();
    const check = this.#last;
    const broken: NewEvent[] = [];
    const red: Guarded[] = [];
    if (guarded.length === 0) return broken;
    const look = async (slot: Slot, one: Guarded, whenRed: (verdict: string) => void) => {
      if (check.signal.aborted) return;
      const attempt = { slot, featureId: one.features[0].id, attempt: 0, fence: 0 };
      const subject = { attempt, tag: tagOf(attempt), check, unread: undefined, timeLimit: undefined };
      const verdict = await this.#verify(subject, one, limits.verifyMs);
      if (check.signal.aborted) return;
      if (verdict !== undefined) whenRed(verdict);
    };
    if (guarded.length > 1)
      await clean.use((slot) => sideBySide(guarded, (one) => look(slot, one, () => red.push(one))));
    // What is red beside others may be so for what they do in the same place: only what is so by itself counts.
    for (const one of guarded.length > 1 ? red : guarded)
      await clean.use((slot) =>
        look(slot, one, (verdict) => void broken.push(...this.#reopened(one, verdict))),
      );
    return check.signal.aborted ? undefined : broken;
  }

  /** Breaks off the checks of a run's end. */
  stop(): void {
    this.#last.abort();
  }

  /** The distinct checks of those of the features that pass by one. */
  async #checksOf(ids: readonly FeatureId[]): Promise<readonly Guarded[]> {
    const { log } = this.parts;
    const byCommand = new Map<string, [Feature, ...Feature[]]>();
    for (const id of ids) {
      const feature = log.head.features[id];
      if (feature?.state.status !== 'passing') continue;
      const { evidence } = feature.state;
      const proof = evidence.kind === 'check' ? evidence : evidence.check;
      if (proof === undefined) continue;
      const command = await log.text(proof.command);
      const same = byCommand.get(command);
      if (same) same.push(feature);
      else byCommand.set(command, [feature]);
    }
    return [...byCommand].map(([command, features]) => ({ command, features }));
  }

  /** Undefined when it is green. */
  async #verify(
    subject: Omit<Subject, 'feature' | 'guards'>,
    { command, features: [feature] }: Guarded,
    verifyMs: number,
  ): Promise<string | undefined> {
    const guards = { ...subject, feature, guards: feature.id };
    const checked = await this.parts.verification.verify(guards, command, verifyMs, async () => undefined);
    return checked?.kind === 'failed' ? checked.reason : undefined;
  }

  /** Does it fail on the workspace without the attempt's work? Then that is told of its features. */
  #isBrokenAnyway(live: LiveAttempt, one: Guarded, verifyMs: number): Promise<boolean> {
    return this.parts.clean.use(async (slot) => {
      const subject = {
        ...live,
        attempt: { ...live.attempt, slot },
        timeLimit: undefined,
        putBack: undefined,
      };
      const verdict = await this.#verify(subject, one, verifyMs);
      if (verdict === undefined || live.isOver) return false;
      await this.parts.log.append(this.#reopened(one, verdict));
      return true;
    });
  }

  #reopened({ features }: Guarded, verdict: string): readonly NewEvent[] {
    const now = this.parts.log.head.features;
    const reason = `It passes no more on what the workspace is now. ${verdict}`;
    return features.flatMap(({ id }) =>
      now[id]?.state.status === 'passing'
        ? [{ type: 'feature.regressed', by: 'check', reason, featureId: id }]
        : [],
    );
  }
}
