// Which features that pass may pass no more once certain files are changed.
import { builtFiles, type Feature } from '../features/feature';
import { canonicalName } from '../features/featureName';
import { isDeclared } from '../features/judgeChange';
import { lockKey, type WorkspacePath } from '../locks/lockPath';
import type { FeatureId } from '../shared/ids';
import { excerptOf } from '../shared/longText';
import { keyedScopeOf, keyedScopesOf, ScopeIndex } from './keyedScopes';

/**
 * Those that changed one of `paths` themselves, declare it or name it in their check; and those that build on them, over
 * any number of steps. By rising id; only features that pass.
 */
export function endangeredBy(
  features: Readonly<Record<FeatureId, Feature>>,
  paths: readonly WorkspacePath[],
): readonly FeatureId[] {
  const changed = changeOf(paths);
  const passing = Object.values(features).filter(({ state }) => state.status === 'passing');
  const found = new Set(passing.filter((one) => isTouched(one, changed)));
  const names = new Set([...found].map(({ spec }) => canonicalName(spec.name)));
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const feature of passing) {
      if (found.has(feature) || !feature.spec.dependsOn.some((name) => names.has(canonicalName(name))))
        continue;
      found.add(feature);
      names.add(canonicalName(feature.spec.name));
    }
  }
  return [...found].map(({ id }) => id).sort((a, b) => a - b);
}

interface Change {
  readonly paths: readonly WorkspacePath[];
  readonly keys: ReadonlySet<string>;
  readonly places: ScopeIndex<true>;
}

function changeOf(paths: readonly WorkspacePath[]): Change {
  const places = new ScopeIndex<true>();
  for (const path of paths) places.add(keyedScopeOf({ kind: 'file', path }), true);
  return { paths, keys: new Set(paths.map(lockKey)), places };
}

function isTouched(feature: Feature, { paths, keys, places }: Change): boolean {
  const { spec } = feature;
  if (keysOf(builtFiles(feature)).some((key) => keys.has(key))) return true;
  // Places are where globs may reach, found at once; only there it is worth asking what they say.
  if (places.meeting(keyedScopesOf(feature)).length > 0) {
    const declared = [...spec.files, ...feature.learnedFiles];
    if (paths.some((path) => isDeclared(path, declared))) return true;
  }
  const check = spec.verify === undefined ? '' : excerptOf(spec.verify);
  return check !== '' && paths.some((path) => isNamed(path, check));
}

/** As a name of its own, not as a part of a longer one. */
function isNamed(path: string, check: string): boolean {
  for (let at = check.indexOf(path); at >= 0; at = check.indexOf(path, at + 1)) {
    const isWhole =
      !/[\w.-]$/.test(check.slice(0, at)) && !/^(?:[\w-]|\.\w)/.test(check.slice(at + path.length));
    if (isWhole) return true;
  }
  return false;
}

/** Asked of every feature that passes, at every one that is to pass. */
function keysOf(files: readonly string[]): readonly string[] {
  const known = keysKnown.get(files);
  if (known) return known;
  const keys = files.map((file) => lockKey(file));
  keysKnown.set(files, keys);
  return keys;
}

const keysKnown = new WeakMap<readonly string[], readonly string[]>();
