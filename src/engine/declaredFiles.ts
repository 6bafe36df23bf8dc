// What features declare, as it stands in the workspace today: globs as their files, links as what they lead to.
import type { Snapshot } from '../core/events/snapshot';
import { changedFeatures } from '../core/features/changedFeatures';
import type { Feature, FeatureSpec } from '../core/features/feature';
import { lockKey, type PathScope, parseLockScope, sameScopes } from '../core/locks/lockPath';
import type { FeatureId } from '../core/shared/ids';
import { eachInSteps, type Steps } from '../core/shared/steps';
import type { Isolation } from '../ports/isolation';
import type { Clock } from '../ports/system';
import { inTurns } from './inTurns';

type Features = Snapshot['features'];
type Scopes = readonly PathScope[];

export class DeclaredFiles {
  /** By declared text. */
  readonly #named = new Map<string, Scopes>();
  /** Who declares a glob. */
  readonly #globs = new Map<string, Set<FeatureId>>();
  /** The features, and the run, as they were when it was last looked. */
  #seen: { readonly runId: number; readonly features: Features } = { runId: 0, features: {} };
  /** What `scoped` said last, and of which features. */
  #last: { readonly from: Features; readonly scoped: Features } = { from: {}, scoped: {} };
  /** Features of which it would say something else by now though they are the same. */
  readonly #stale = new Set<FeatureId>();
  /** By spec, with the learned files that count as well: a feature changes its state more often than its files. */
  #scopes = new WeakMap<FeatureSpec, { readonly learned: readonly string[]; readonly scopes: Scopes }>();

  /** @param isShared names files that no claim locks, for they are changed by turns */
  constructor(
    private readonly files: Isolation,
    private readonly isShared: (path: string) => boolean,
    private readonly clock: Clock,
  ) {}

  /**
   * Looks up what is not known yet, globs again after a feature has passed, and everything again in a new run. To be
   * called before `scoped`; costs nothing when there is nothing to look up.
   */
  async look({ features, lastFeatureId, run }: Facts): Promise<void> {
    const runId = run?.id ?? 0;
    const isNewRun = runId !== this.#seen.runId;
    if (features === this.#seen.features && !isNewRun) return;
    if (isNewRun) this.#forget(); // what is shared may be another now
    const before = isNewRun ? {} : this.#seen.features;
    const texts = new Set<string>();
    const changed = changedFeatures(before, features, lastFeatureId);
    const noting = eachInSteps(changed, (id) => {
      const feature = features[id];
      if (feature && !isPassing(feature)) this.#note(feature, texts);
      else if (feature && !isPassing(before[id])) for (const glob of this.#globs.keys()) texts.add(glob);
    });
    await inTurns(noting, this.clock);
    if (texts.size > 0) await inTurns(this.#learn(await this.files.expand([...texts])), this.clock);
    // What `scoped` is to say of them is known then.
    const knowing = eachInSteps(changed, (id) => features[id] && this.#withScopes(features[id]));
    await inTurns(knowing, this.clock);
    this.#seen = { runId, features }; // only now: what could not be looked up is looked up the next time
  }

  /** The features with what a claim of each would lock now. A step changes few: the others stay the same values. */
  scoped({ features, lastFeatureId }: Pick<Facts, 'features' | 'lastFeatureId'>): Features {
    const { from } = this.#last;
    if (from === features && this.#stale.size === 0) return this.#last.scoped;
    const scoped: Record<FeatureId, Feature> = { ...this.#last.scoped };
    for (const id of [...changedFeatures(from, features, lastFeatureId), ...this.#stale]) {
      const feature = features[id];
      if (feature) scoped[id] = this.#withScopes(feature);
      else delete scoped[id];
    }
    this.#stale.clear();
    this.#last = { from: features, scoped };
    return scoped;
  }

  #forget(): void {
    this.#named.clear();
    this.#globs.clear();
    this.#last = { from: {}, scoped: {} };
    this.#scopes = new WeakMap();
  }

  /** Adds to `texts` what the feature declares and nobody has looked up. */
  #note(feature: Feature, texts: Set<string>): void {
    for (const text of textsOf(feature)) {
      if (!this.#named.has(text)) texts.add(text);
      if (!isGlob(text)) continue;
      const users = this.#globs.get(text) ?? new Set();
      this.#globs.set(text, users.add(feature.id));
    }
  }

  #learn(named: ReadonlyMap<string, Scopes>): Steps<void> {
    return eachInSteps(named, ([text, scopes]) => {
      const before = this.#named.get(text);
      if (before && sameScopes(before, scopes)) return;
      this.#named.set(text, scopes);
      for (const id of (before && this.#globs.get(text)) ?? []) {
        const feature = this.#last.from[id];
        if (feature) this.#scopes.delete(feature.spec);
        this.#stale.add(id);
      }
    });
  }

  #withScopes(feature: Feature): Feature {
    const { spec, learnedFiles: learned } = feature;
    const known = this.#scopes.get(spec);
    if (known?.learned === learned) return { ...feature, scopes: known.scopes };
    const texts = textsOf(feature);
    if (texts.length === 0 || isPassing(feature)) return feature;
    const scopes = this.#scopesOf(texts);
    this.#scopes.set(spec, { learned, scopes });
    return { ...feature, scopes };
  }

  #scopesOf(texts: readonly string[]): Scopes {
    const scopes = new Map<string, PathScope>();
    for (const scope of texts.flatMap((text) => this.#named.get(text) ?? asWritten(text))) {
      if (scope.kind === 'file' && this.isShared(scope.path)) continue;
      scopes.set(`${scope.kind} ${lockKey(scope.path)}`, scope);
    }
    return [...scopes.values()];
  }
}

type Facts = Pick<Snapshot, 'features' | 'lastFeatureId' | 'run'>;

function isPassing(feature: Feature | undefined): boolean {
  return feature?.state.status === 'passing';
}

function isGlob(text: string): boolean {
  return /[*?[{]/.test(text);
}

function asWritten(text: string): Scopes {
  const scope = parseLockScope(text);
  return scope.ok ? [scope.value] : [];
}

function textsOf({ spec, learnedFiles }: Feature): readonly string[] {
  return learnedFiles.length > 0 ? [...spec.files, ...learnedFiles] : spec.files;
}
