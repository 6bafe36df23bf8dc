// What features declare, as it stands in the workspace today: globs as their files, links as what they lead to.
import type { Snapshot } from '../core/events/snapshot';
import type { Feature } from '../core/features/feature';
import { type LockScope, lockKey, parseLockScope } from '../core/locks/lockPath';
import type { WorkspaceFiles } from '../ports/workspace';

type Features = Snapshot['features'];

export class DeclaredFiles {
  #named: ReadonlyMap<string, readonly LockScope[]> = new Map();
  /** When it was last looked: in which run, and with how many features passing, each of which may have made files. */
  #lookedAt = { runId: 0, passing: 0 };
  /** Made for the features and names as they were then. */
  #last: { readonly from: Features; readonly scoped: Features } | undefined;
  /** Of each feature what `scoped` made of it: a step changes few of many, and the others stay the same values. */
  #made = new WeakMap<Feature, Feature>();

  /** @param isShared names files that no claim locks, for they are changed by turns */
  constructor(
    private readonly files: WorkspaceFiles,
    private readonly isShared: (path: string) => boolean,
  ) {}

  /**
   * Looks up what is not known yet, globs again after a feature has passed, and everything again in a new run. To be
   * called before `scoped`; costs nothing when there is nothing to look up.
   */
  async look({ features, run }: Pick<Snapshot, 'features' | 'run'>): Promise<void> {
    const runId = run?.id ?? 0;
    const isNewRun = runId !== this.#lookedAt.runId;
    if (this.#last?.from === features && !isNewRun) return;
    const open = Object.values(features).filter(isOpen);
    const passing = Object.keys(features).length - open.length;
    const texts = new Set(open.flatMap(textsOf));
    const isStale = passing !== this.#lookedAt.passing && [...texts].some((text) => /[*?[{]/.test(text));
    // What is shared may be another in a new run.
    if (isNewRun) this.#forget();
    const isKnown = [...texts].every((text) => this.#named.has(text));
    if (texts.size > 0 && (!isKnown || isNewRun || isStale)) {
      this.#named = await this.files.expand([...texts]);
      this.#forget();
    }
    this.#lookedAt = { runId, passing }; // only now: what could not be looked up is looked up the next time
  }

  /** The features with what a claim of each would lock now. */
  scoped(features: Features): Features {
    if (this.#last?.from === features) return this.#last.scoped;
    const scoped = Object.fromEntries(
      Object.entries(features).map(([id, one]) => [id, this.#withScopes(one)]),
    );
    this.#last = { from: features, scoped };
    return scoped;
  }

  #forget(): void {
    this.#last = undefined;
    this.#made = new WeakMap();
  }

  #withScopes(feature: Feature): Feature {
    const made = this.#made.get(feature) ?? this.#scope(feature);
    this.#made.set(feature, made);
    return made;
  }

  #scope(feature: Feature): Feature {
    const texts = textsOf(feature);
    if (texts.length === 0 || !isOpen(feature)) return feature;
    const scopes = new Map<string, LockScope>();
    for (const scope of texts.flatMap((text) => this.#named.get(text) ?? asWritten(text))) {
      if (scope.kind === 'file' && this.isShared(scope.path)) continue;
      scopes.set(`${scope.kind} ${lockKey(scope.path)}`, scope);
    }
    return { ...feature, scopes: [...scopes.values()] };
  }
}

function isOpen({ state }: Feature): boolean {
  return state.status !== 'passing';
}

function asWritten(text: string): readonly LockScope[] {
  const scope = parseLockScope(text);
  return scope.ok ? [scope.value] : [];
}

function textsOf({ spec, learnedFiles }: Feature): readonly string[] {
  return [...spec.files, ...learnedFiles];
}
