// Which features that pass may pass no more once certain files are changed.
import { builtFiles, type Feature, idsOf } from '../features/feature';
import { canonicalName } from '../features/featureName';
import { isDeclared } from '../features/judgeChange';
import { lockKey, parseWorkspacePath, type WorkspacePath } from '../locks/lockPath';
import type { FeatureId } from '../shared/ids';
import { excerptOf } from '../shared/longText';

/**
 * Those that changed one of `paths` themselves, declare it or name it in their check; and those that build on them, over
 * any number of steps. By rising id; only features that pass.
 */
export function endangeredBy(
  features: Readonly<Record<FeatureId, Feature>>,
  paths: readonly string[],
): readonly FeatureId[] {
  const changed = paths.flatMap((text) => {
    const path = parseWorkspacePath(text);
    return path.ok ? [path.value] : [];
  });
  const keys = new Set(changed.map(lockKey));
  const passing = Object.values(features).filter(({ state }) => state.status === 'passing');
  const found = new Set(passing.filter((one) => touches(one, changed, keys)).map(({ id }) => id));
  const ids = idsOf(features);
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const { id, spec } of passing)
      if (spec.dependsOn.some((name) => found.has(ids.get(canonicalName(name)) ?? 0))) found.add(id);
  }
  return [...found].sort((a, b) => a - b);
}

function touches(feature: Feature, changed: readonly WorkspacePath[], keys: ReadonlySet<string>): boolean {
  const { spec, learnedFiles } = feature;
  if ([...builtFiles(feature), ...learnedFiles].some((path) => keys.has(lockKey(path as WorkspacePath))))
    return true;
  const check = spec.verify === undefined ? '' : excerptOf(spec.verify);
  return changed.some((path) => isDeclared(path, spec.files) || check.includes(path));
}
