// Whether a green check proves work that changed what it judges by: by what texts tell, and where they do not tell, by
// running it once more on the work with those files as they were before.
import type { Feature } from '../core/features/feature';
import { isDeclared } from '../core/features/judgeChange';
import { reachOf } from '../core/proof/checkReach';
import { type ProofVerdicts, proofVerdicts } from '../core/proof/proofVerdicts';
import { maybeTestData, placesOfReaders, readByTests } from '../core/proof/testData';
import type { ProvedChange, Weakening } from '../core/proof/weakenings';
import type { Slot } from '../core/shared/ids';
import type { Isolation, Overlap } from '../ports/isolation';
import type { LiveAttempt } from './attempt';
import { placeOf } from './placeOf';
import { ProvedWork } from './provedWork';
import type { Checked, Verification } from './verification';

/** Manifests name scripts, scripts name others: so often what is named is read. */
const mostReads = 8;
/** Files near data that are read to find out which of them read it. */
const mostReaders = 500;

/** A check that was green on the work. */
export interface GreenCheck {
  readonly command: string;
  /** Whose it is, where it is another feature's than the attempt's. */
  readonly guards?: Feature;
}

/** Why the user has to be asked; nothing of it: the green counts. */
export interface Doubts {
  /** What shows by its text. */
  readonly weaker: readonly Weakening[];
  /** A check that fails with these files as they were before. */
  readonly red?: Red & { readonly paths: readonly string[]; readonly check: GreenCheck };
}

interface Red {
  readonly reason: string;
  /** It could not be run so. */
  readonly isUntried?: true;
}

export type TrialVerdict =
  | ({ readonly kind: 'judged' } & Doubts)
  /** The work is not what it was when its own check passed; with what of it went together with nothing that came in. */
  | { readonly kind: 'altered'; readonly overlaps: readonly Overlap[] };

export class ProofTrial {
  constructor(
    private readonly isolation: Isolation,
    private readonly verification: Verification,
  ) {}

  /**
   * Costs no check where nothing is uncertain. Afterwards the place is what the attempt's own check left, byte by byte and with
   * its modes, whatever came of the trial; what is put back meanwhile is never staged, and so never published.
   *
   * @param paths what the attempt has changed @param checks that were green on it, its own first
   */
  async judge(
    live: LiveAttempt,
    paths: readonly string[],
    checks: readonly GreenCheck[],
    verifyMs: number,
  ): Promise<TrialVerdict> {
    const { slot } = live.attempt;
    const declared = live.feature.spec.files;
    if (checks.length === 0 || paths.every((path) => isDeclared(path, declared)))
      return { kind: 'judged', weaker: [] };
    live.timeLimit?.hold(); // the attempt's time is for its own work
    try {
      const changes: ProvedChange[] = [];
      for (const [path, texts] of await this.isolation.texts(slot, paths))
        changes.push({ path, isDeclared: isDeclared(path, declared), ...texts });
      const data = await this.#testData(slot, changes);
      const judged: (readonly [GreenCheck, ProofVerdicts])[] = [];
      for (const check of checks) {
        const reached = new Set([...(await this.#reached(slot, check.command, changes)), ...data]);
        judged.push([check, proofVerdicts(check.command, changes, reached)]);
      }
      const weaker = new Map(
        judged.flatMap(([, said]) => said.weaker.map((one) => [one.path, one] as const)),
      );
      if (weaker.size > 0) return { kind: 'judged', weaker: [...weaker.values()] };
      if (judged.every(([, { uncertain }]) => uncertain.length === 0)) return { kind: 'judged', weaker: [] };
      const place = placeOf(this.isolation, live);
      const work = await ProvedWork.keep(place, slot, paths, () => live.isOver);
      if (!work) return { kind: 'altered', overlaps: [] };
      const red = await this.#firstRed(live, work, judged, verifyMs);
      if (work.overlaps.length > 0) return { kind: 'altered', overlaps: work.overlaps };
      return { kind: 'judged', weaker: [], ...(red && { red }) };
    } finally {
      live.timeLimit?.goOn();
    }
  }

  /** What the check comes to, as its command, manifests and scripts were before the work. */
  async #reached(
    slot: Slot,
    command: string,
    changes: readonly ProvedChange[],
  ): Promise<ReadonlySet<string>> {
    const asked = changes.filter((change) => !change.isDeclared).map(({ path }) => path);
    const texts = new Map(changes.map(({ path, before }) => [path, before]));
    for (let reads = 0; ; reads++) {
      const { files, wants } = reachOf(command, asked, (path) => texts.get(path));
      if (wants.length === 0 || reads === mostReads) return files;
      for (const [path, { before }] of await this.isolation.texts(slot, wants)) texts.set(path, before);
    }
  }

  /** Of these changes, the data that only tests near it read, as these were before the work. */
  async #testData(slot: Slot, changes: readonly ProvedChange[]): Promise<readonly string[]> {
    const paths = maybeTestData(changes);
    if (paths.length === 0) return [];
    const near = await this.isolation.expand(placesOfReaders(paths));
    const files = [...near.values()].flat().flatMap(({ kind, path }) => (kind === 'file' ? [path] : []));
    const texts = await this.isolation.texts(slot, [...new Set(files)].slice(0, mostReaders));
    return readByTests(paths, new Map([...texts].map(([path, { before }]) => [path, before ?? ''])));
  }

  async #firstRed(
    live: LiveAttempt,
    work: ProvedWork,
    judged: readonly (readonly [GreenCheck, ProofVerdicts])[],
    verifyMs: number,
  ): Promise<Doubts['red']> {
    for (const [check, { uncertain, harmless, instead }] of judged) {
      if (uncertain.length === 0) continue;
      // All as it was shows most: new tests may need what is put back. Where the check needs what only adds, with that.
      const tries = harmless.length === 0 ? [uncertain] : [[...uncertain, ...harmless], uncertain];
      let red: Doubts['red'];
      for (const paths of tries) {
        const failed = await this.#fails(live, () => work.putBack(paths, instead), work, check, verifyMs);
        if (live.isOver || work.overlaps.length > 0) return undefined;
        red = failed && { ...failed, paths: uncertain, check };
        if (!red) break;
      }
      if (red) return red;
    }
    return undefined;
  }

  /** Undefined when it is green. */
  async #fails(
    live: LiveAttempt,
    without: () => Promise<string | undefined>,
    work: ProvedWork,
    { command, guards }: GreenCheck,
    verifyMs: number,
  ): Promise<Red | undefined> {
    const whose = guards && { feature: guards, guards: guards.id };
    const subject = {
      ...live,
      attempt: live.attempt,
      timeLimit: undefined,
      isTrial: true,
      ...whose,
    } as const;
    try {
      let refused: string | undefined;
      const checked = await this.verification.verify<Checked>(subject, command, verifyMs, async () => {
        refused = await without();
        return refused === undefined ? undefined : { kind: 'failed', reason: refused };
      });
      if (checked.kind !== 'failed') return undefined;
      return { reason: checked.reason, ...(refused !== undefined && { isUntried: true }) };
    } finally {
      await work.restore();
    }
  }
}
