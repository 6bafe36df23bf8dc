// May an agent change a file, for the feature it works on? Power files need to be named by the feature, and an approval.
import { type PowerFile, powerOf } from '../guardrails/powerFiles';
import { parseWorkspacePath, type WorkspacePath } from '../locks/lockPath';
import { pathMatcher } from '../locks/sharedPaths';
import { lenientName } from '../shared/lenientName';
import type { SecretFiles } from './namedSecrets';

export type ChangeVerdict =
  | { readonly kind: 'free' }
  /** Allowed, but the feature passes only with the user's approval. `why` is the end of a sentence that begins with the path. */
  | { readonly kind: 'approval'; readonly why: string }
  | { readonly kind: 'denied'; readonly message: string };

/** @param files what the feature declares: paths, folders and globs */
export function judgeChange(
  path: WorkspacePath,
  files: readonly string[],
  isSecret: SecretFiles,
): ChangeVerdict {
  const power = powerOf(path);
  if (power?.may === 'never')
    return { kind: 'denied', message: `"${path}" ${power.why}; agents do not write it.` };
  if (isSecret(path)) return { kind: 'denied', message: secretMessage(path) };
  if (!power) return { kind: 'free' };
  const why = whyYes(path, files);
  if (why !== undefined) return { kind: 'approval', why };
  return {
    kind: 'denied',
    message: `"${path}" ${power.why}; only a feature that declares it may change it. To allow that, add "${path}" to the feature's "files" in the backlog.`,
  };
}

/** Why a change that the feature declares needs the user's approval, as in `ChangeVerdict`; undefined where it needs none. */
export function whyYes(path: WorkspacePath, files: readonly string[]): string | undefined {
  const power = powerOf(path);
  if (power === undefined || power.may === 'never') return undefined;
  return files.some((entry) => isPlainlyNamed(path, power, entry)) ? power.why : undefined;
}

/** Does the feature name the file, or a folder or glob that it is in? Then changing it is what the feature is for. */
export function isDeclared(path: WorkspacePath, files: readonly string[]): boolean {
  return files.some((entry) => reachedBy(entry)(path));
}

/** What an agent is told of a file that is withheld from it; always the same, whether the file is there or not. */
export function secretMessage(path: WorkspacePath): string {
  return `"${path}" may hold secrets, so agents neither read nor write it; leave it to the user.`;
}

/**
 * Does `entry` mean the file, and say so? A glob such as `**` or `.github/**` reaches power files without naming them:
 * the names that give the file its power must stand in the entry.
 */
export function isPlainlyNamed(path: WorkspacePath, power: PowerFile, entry: string): boolean {
  const whole = parseWorkspacePath(entry);
  if (!whole.ok) return false;
  const written = whole.value.split('/').map(lenientName);
  const named = power.names.map(lenientName);
  const isNamed = written.some((_, at) =>
    named.every((name, k) => [name, power.pattern[k]].includes(written[at + k])),
  );
  return isNamed && reachedBy(entry)(path);
}

function reachedBy(entry: string): (path: WorkspacePath) => boolean {
  const whole = parseWorkspacePath(entry);
  return whole.ok ? pathMatcher([`/${whole.value}`, `/${whole.value}/`]) : () => false;
}
