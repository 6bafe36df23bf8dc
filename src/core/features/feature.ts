// A feature: what the user wants built, and where it stands.
import type { Claim } from '../claims/claim';
import { lockKey, type PathScope, parseLockScope } from '../locks/lockPath';
import type { LockScope } from '../locks/lockScope';
import type { EpochMs, FeatureId } from '../shared/ids';
import type { LongText } from '../shared/longText';
import type { Moment } from '../shared/moment';
import { canonicalName } from './featureName';

/** One backlog entry with its defaults filled in. The name is its identity. */
export interface FeatureSpec {
  readonly name: string;
  readonly category: string;
  /** 1 is the most urgent. */
  readonly priority: number;
  readonly description: LongText;
  /** Names of features, as resolved from the names or ids in the file. */
  readonly dependsOn: readonly string[];
  /** Paths, folders or globs the feature expects to change, relative to the workspace. */
  readonly files: readonly string[];
  /** Names of what only one feature can use at a time, such as a port; canonical, each once. Absent where there is none. */
  readonly resources?: readonly string[];
  /** Shell command whose exit code 0 proves the feature; absent means the workspace's. */
  readonly verify?: LongText;
  readonly model?: string;
  /** Minutes of work, as the user guesses. */
  readonly estimate?: number;
}

export interface Feature {
  readonly id: FeatureId;
  readonly spec: FeatureSpec;
  readonly state: FeatureState;
  /** Attempts that counted: ended by a failure, not by a hand-back. */
  readonly failures: number;
  /** Attempts lost without a fault of their work: the agent died, or gave up over an overlap; three are a failure. */
  readonly losses: number;
  /** Files it asked for but had not declared; locked with the next claim. */
  readonly learnedFiles: readonly string[];
  /** What all its files name in the workspace today, where someone has looked; never stored. */
  readonly scopes?: readonly PathScope[];
  /** Why the last counted attempt failed, or its check on what had passed; the next attempt is told. */
  readonly lastFailure?: LongText;
}

/** Where a feature stands; each status carries only its own data. */
export type FeatureState =
  /** `notBefore`: it rests after an attempt at it was lost. */
  | ({ readonly status: 'pending'; readonly notBefore?: EpochMs } & Reopened)
  | ({ readonly status: 'waiting'; readonly missing: readonly FeatureId[] } & Reopened)
  | ({
      readonly status: 'claimed';
      readonly phase: 'working' | 'verifying';
      readonly claim: Claim;
    } & Reopened)
  | {
      readonly status: 'claimed';
      readonly phase: 'unconfirmed';
      readonly claim: Claim;
      readonly why: LongText;
      /** The check, where there is one: it passed, and the user's approval is needed beside it. */
      readonly check?: CheckProof;
    }
  | ({
      readonly status: 'passing';
      readonly evidence: Evidence;
      /** Files that it put into the workspace; at most `mostBuilt`. */
      readonly built?: readonly string[];
    } & Moment)
  | { readonly status: 'failed'; readonly reason: LongText; readonly at: EpochMs }
  | ({ readonly status: 'skipped'; readonly because: SkipCause } & Reopened);

/** Files that are remembered of a feature: what else it changed is found by what it declares. */
export const mostBuilt = 100;

interface Reopened {
  /** What it put into the workspace when it passed before. */
  readonly built?: readonly string[];
  /** It has passed, and its text or its check is another since: before an agent begins, the check is run on it as it is. */
  readonly checkFirst?: true;
}

/** What proved a feature: a check that the host ran, or the user's approval. */
export type Evidence =
  | CheckProof
  /** With the check that passed before the user was asked, where there is one. */
  | { readonly kind: 'user'; readonly check?: CheckProof };

export interface CheckProof {
  readonly kind: 'check';
  readonly command: LongText;
  readonly exitCode: 0;
  readonly outputTail: LongText;
  readonly durationMs: number;
}

export type SkipCause =
  | { readonly kind: 'dependency'; readonly featureId: FeatureId }
  | { readonly kind: 'user' };

/**
 * What is locked with the feature's claim: what the user declared and what earlier attempts learned, each place once
 * however it is written; as far as someone looked, what these names mean in the workspace. The backlog was checked, so a
 * path that does not parse was learned and is dropped. Its resources come last.
 */
export function declaredScopes({ spec, learnedFiles, scopes: named }: Feature): readonly LockScope[] {
  const files = named ?? scopesAsWritten(spec, learnedFiles);
  if (!spec.resources) return files;
  return [...files, ...spec.resources.map((resource) => ({ kind: 'resource', resource }) as const)];
}

function scopesAsWritten(spec: FeatureSpec, learnedFiles: readonly string[]): readonly PathScope[] {
  const scopes = new Map<string, PathScope>();
  for (const declared of [...spec.files, ...learnedFiles]) {
    const scope = parseLockScope(declared);
    if (!scope.ok) continue;
    const { kind, path } = scope.value;
    const key = `${kind} ${lockKey(path)}`;
    if (!scopes.has(key)) scopes.set(key, scope.value);
  }
  return [...scopes.values()];
}

/** Is the feature to be proved, or being proved, without an agent? */
export function isCheckedFirst({ state }: Feature): boolean {
  return 'checkFirst' in state && state.checkFirst === true;
}

const noFiles: readonly string[] = [];

/** What the feature has put into the workspace, as far as that is remembered. */
export function builtFiles({ state }: Feature): readonly string[] {
  return 'built' in state && state.built !== undefined ? state.built : noFiles;
}

/** The ids given so far, by name. */
export function idsOf(features: Readonly<Record<FeatureId, Feature>>): ReadonlyMap<string, FeatureId> {
  return new Map(Object.values(features).map((f) => [canonicalName(f.spec.name), f.id]));
}

/** A feature as it is when the backlog first names it. */
export function newFeature(id: FeatureId, spec: FeatureSpec): Feature {
  return { id, spec, state: { status: 'pending' }, failures: 0, losses: 0, learnedFiles: [] };
}
