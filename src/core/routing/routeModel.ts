// Chooses the model for a feature: its own wish, the run's, or the default of its category.
import type { FeatureSpec } from '../features/feature';
import { isModelName, type ModelName } from './modelCatalog';

export interface Route {
  readonly model: ModelName;
  /** Why this model, for people. */
  readonly reason: string;
}

/** Categories that the cheaper model serves well; everything else goes to the default model. */
const light = new Set(['testing', 'documentation']);

/** @param runModel the model named for the whole run (`--model`), above every other wish */
export function routeModel(spec: FeatureSpec, runModel: ModelName | undefined): Route {
  if (runModel !== undefined) return { model: runModel, reason: 'chosen for this run' };
  if (spec.model !== undefined && isModelName(spec.model))
    return { model: spec.model, reason: 'named by the feature' };
  const unknown = spec.model === undefined ? '' : `; "${spec.model}" is not a known model`;
  return light.has(spec.category)
    ? { model: 'haiku', reason: `category ${spec.category}${unknown}` }
    : { model: 'sonnet', reason: `the default${unknown}` };
}
