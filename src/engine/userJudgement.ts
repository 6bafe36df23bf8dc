// What the user decides about a feature: to have it built again, and yes or no to work that waits for their word, which
// they can look at.
import type { Claim } from '../core/claims/claim';
import type { Attempt, NewEvent } from '../core/events/event';
import type { Feature } from '../core/features/feature';
import type { FeatureId } from '../core/shared/ids';
import { ok, type Result, refuse } from '../core/shared/result';
import type { FileTexts, Isolation, StagedFile } from '../ports/isolation';
import type { PublicationRecord } from '../ports/store';
import type { CleanPlace } from './cleanPlace';
import type { EventLog } from './eventLog';
import { ProvedWork } from './provedWork';
import type { Publications } from './publications';
import { confirmed, workLost } from './recovery';
import type { Regressions } from './regressions';
import type { Verification } from './verification';

/** Work that waits for the user's approval, at least one file of it. */
export interface KeptWork {
  readonly files: readonly StagedFile[];
  readonly textsOf: (file: StagedFile) => Promise<FileTexts>;
}

export class UserJudgement {
  /** Features that are being judged: nobody else may judge them meanwhile. */
  readonly #judging = new Set<FeatureId>();

  constructor(
    private readonly log: EventLog,
    private readonly isolation: Isolation,
    private readonly publications: Publications,
    private readonly verification: Verification,
    private readonly regressions: Regressions,
    private readonly clean: CleanPlace,
    private readonly tagOf: (attempt: Attempt) => string,
  ) {}

  /** Back to the queue: a failed feature with its count set back, a passing one to be built again. */
  async retry(featureId: FeatureId): Promise<Result<object>> {
    const feature = this.log.head.features[featureId];
    if (!feature) return unknown(featureId);
    const { status } = feature.state;
    if (status !== 'failed' && status !== 'passing' && status !== 'skipped') {
      return refuse(
        'badTransition',
        `Feature ${featureId} is ${status}; only a failed, skipped or passing feature can be run again.`,
      );
    }
    await this.log.append([again(featureId, status)]);
    return ok({});
  }

  /** What the user is asked about, as it was checked: what an approval lets in is merged with what has come in since. */
  kept(featureId: FeatureId): Result<KeptWork> {
    const asked = this.#asked(featureId);
    if (!asked.ok) return asked;
    const record = this.publications.of(asked.value.claim.fence);
    if (!record) return refuse('badInput', workLost(featureId));
    const { files } = record;
    if (files.length === 0) return refuse('badInput', `Nothing was changed for feature ${featureId}.`);
    return ok({ files, textsOf: (file) => this.isolation.read(file) });
  }

  /** The user's approval for work that no check could prove, or that needs it beside its check: it enters the workspace. */
  confirm(featureId: FeatureId): Promise<Result<object>> {
    return this.#judge(featureId, (feature, claim) =>
      this.publications.gate.run(() => this.#enter(feature, { ...claim, featureId })),
    );
  }

  /** The user's no: the work is given up; the workspace never had it. */
  reject(featureId: FeatureId): Promise<Result<object>> {
    return this.#judge(featureId, async (_, { fence }) => {
      const record = this.publications.of(fence);
      const left = record?.stage === 'published' ? await this.isolation.withdraw(record.files) : [];
      const also = left.length > 0 ? ` Left as they are, since they were changed: ${left.join(', ')}.` : '';
      const reason = `You rejected it.${also}`;
      await this.publications.close(fence, [{ type: 'feature.failed', reason, featureId }]);
      return ok({});
    });
  }

  async #enter(feature: Feature, attempt: Attempt): Promise<Result<object>> {
    const { publications } = this;
    const { fence, featureId } = attempt;
    const record = publications.of(fence);
    if (!record) return refuse('badInput', workLost(featureId));
    const { files, evidence } = record;
    if (record.stage === 'published') {
      await publications.close(fence, confirmed(attempt, { files: [], evidence }));
      return ok({});
    }
    let done: Result<object> = refuse('changedOnDisk', '');
    let placed: readonly StagedFile[] = files;
    if (publications.isCurrent(fence)) done = await publications.publish(attempt, files, evidence);
    if (!done.ok) {
      // The workspace has gone on since: what enters it now is not what was checked.
      const anew = await this.#layAnew(feature, attempt, record);
      if (!anew.ok) return anew;
      placed = anew.value;
      done = await publications.publish(attempt, placed, evidence);
    }
    if (done.ok) await publications.close(fence, confirmed(attempt, { files: placed, evidence }));
    return done;
  }

  /** The same work on the workspace as it is now, merged with what came in since, and checked again. */
  #layAnew(
    feature: Feature,
    attempt: Attempt,
    { files, evidence }: PublicationRecord,
  ): Promise<Result<readonly StagedFile[]>> {
    return this.clean.use(async (slot) => {
      const { overlaps } = await this.isolation.lay(slot, files);
      if (overlaps.length > 0) {
        const paths = overlaps.map(({ path }) => path).join(', ');
        return refuse(
          'changedOnDisk',
          `Since feature ${feature.id} was built, the same lines of ${paths} were changed. Reject it and have it built again.`,
        );
      }
      const paths = files.map(({ path }) => path);
      const proved = await this.#proveLaid(feature, { ...attempt, slot }, paths, evidence);
      return typeof proved === 'string'
        ? refuse('changedOnDisk', `With what has come into the workspace since: ${proved}`)
        : ok(proved.files);
    });
  }

  /** By its own check, where it has one, and those of what passed and it may break; else why not. */
  async #proveLaid(
    feature: Feature,
    attempt: Attempt,
    paths: readonly string[],
    evidence: PublicationRecord['evidence'],
  ): Promise<string | ProvedWork> {
    const common = { attempt, tag: this.tagOf(attempt), check: new AbortController() };
    const subject = { ...common, unread: undefined, timeLimit: undefined };
    const { verifyMs } = this.log.settings.limits;
    const command = evidence && (await this.log.text(evidence.command));
    if (command !== undefined) {
      const checked = await this.verification.verify(
        { ...subject, feature },
        command,
        verifyMs,
        async () => undefined,
      );
      if (checked?.kind === 'failed') return checked.reason;
    }
    const work = await ProvedWork.keep(this.isolation, attempt.slot, paths, () => false);
    if (!work) return 'its check made something else of its files.';
    return (await this.regressions.guardLaid(subject, work, command, verifyMs)) ?? work;
  }

  async #judge(
    featureId: FeatureId,
    judge: (feature: Feature, claim: Claim) => Promise<Result<object>>,
  ): Promise<Result<object>> {
    const asked = this.#asked(featureId);
    if (!asked.ok) return asked;
    if (this.#judging.has(featureId))
      return refuse('badTransition', `Feature ${featureId} is being judged already.`);
    this.#judging.add(featureId);
    try {
      return await judge(asked.value.feature, asked.value.claim);
    } finally {
      this.#judging.delete(featureId);
    }
  }

  /** A feature that waits for the user's word. */
  #asked(featureId: FeatureId): Result<{ readonly feature: Feature; readonly claim: Claim }> {
    const feature = this.log.head.features[featureId];
    if (!feature) return unknown(featureId);
    const { state } = feature;
    if (state.status === 'claimed' && state.phase === 'unconfirmed')
      return ok({ feature, claim: state.claim });
    return refuse(
      'badTransition',
      `Feature ${featureId} does not wait for your check; it is ${state.status}.`,
    );
  }
}

function again(featureId: FeatureId, status: 'failed' | 'passing' | 'skipped'): NewEvent {
  switch (status) {
    case 'passing':
      return { type: 'feature.regressed', by: 'user', featureId };
    case 'skipped':
      return { type: 'feature.unskipped', featureId };
    case 'failed':
      return { type: 'feature.retried', by: 'user', featureId };
    default:
      return status satisfies never;
  }
}

function unknown(featureId: FeatureId) {
  return refuse('unknownFeature', `There is no feature with the id ${featureId}.`);
}
