// Compares the backlog as the user has it now with the features on record, and says what changes.

import type { FeatureId } from '../shared/ids';
import { eachInSteps, type Steps } from '../shared/steps';
import type { Feature, FeatureSpec } from './feature';
import type { FeatureChange } from './featureChange';
import { canRemove } from './featureMachine';
import { canonicalName } from './featureName';
import { mapSpec } from './featureTexts';

export interface Reconciled {
  readonly changes: readonly FeatureChange[];
  /** Features at work whose edit or removal waits for the end of their attempt; reconcile again then. */
  readonly deferred: readonly FeatureId[];
}

/**
 * New names get the next ids in file order. A feature that an attempt holds is left alone until the attempt ends.
 * Loading the same backlog again changes nothing. In steps.
 *
 * @param asStored a spec as it is on record, where long texts are only named; what is new comes out in whole
 */
export function* reconcile(
  features: Readonly<Record<FeatureId, Feature>>,
  lastId: FeatureId,
  specs: readonly FeatureSpec[],
  asStored: (spec: FeatureSpec) => FeatureSpec = (spec) => spec,
): Steps<Reconciled> {
  const known = new Map<string, Feature>();
  yield* eachInSteps(Object.values(features), (f) => void known.set(canonicalName(f.spec.name), f));
  const wanted = new Set<string>();
  yield* eachInSteps(specs, ({ name }) => void wanted.add(name));
  const changes: FeatureChange[] = [];
  const deferred: FeatureId[] = [];
  let nextId = lastId;
  yield* eachInSteps(specs, (spec) => {
    const feature = known.get(spec.name);
    if (!feature) changes.push({ type: 'feature.added', featureId: ++nextId, spec });
    else if (!sameSpec(feature.spec, asStored(spec))) {
      if (canRemove(feature.state)) changes.push({ type: 'feature.edited', featureId: feature.id, spec });
      else deferred.push(feature.id);
    }
  });
  yield* eachInSteps(known, ([name, feature]) => {
    if (wanted.has(name)) return;
    if (canRemove(feature.state)) changes.push({ type: 'feature.removed', featureId: feature.id });
    else deferred.push(feature.id);
  });
  return { changes, deferred };
}

function sameSpec(a: FeatureSpec, b: FeatureSpec): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

/** Of a long text its hash alone counts: how much of it is shown may change with a version. */
function sorted(spec: FeatureSpec): unknown {
  return Object.entries(mapSpec(spec, (text) => (typeof text === 'string' ? text : `sha256 ${text.hash}`)))
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
