// Chooses the model for a feature: its own wish, the run's, or the default of its category.
import type { FeatureSpec } from '../features/feature';
import { isModelName, type ModelName, modelOf } from '../models/models';
import type { ProviderId } from '../models/providers';
import { inert } from '../shared/inert';

export interface Route {
  readonly model: ModelName;
  /** Why this model, for people. */
  readonly reason: string;
}

/** Why a provider cannot be asked, as the end of a sentence; undefined when it can. */
export type WhyNot = (provider: ProviderId) => string | undefined;

/** Categories that the cheaper model serves well; everything else goes to the default model. */
const light = new Set(['testing', 'documentation']);

/** @param runModel the model named for the whole run (`--model`), above every other wish */
export function routeModel(
  spec: FeatureSpec,
  runModel: ModelName | undefined,
  whyNot: WhyNot = () => undefined,
): Route {
  if (runModel !== undefined) return { model: runModel, reason: 'chosen for this run' };
  const wrong = spec.model === undefined ? undefined : whyNotNamed(spec.model, whyNot);
  if (spec.model !== undefined && isModelName(spec.model) && wrong === undefined)
    return { model: spec.model, reason: 'named by the feature' };
  const because = wrong === undefined ? '' : `; ${wrong}`;
  return light.has(spec.category)
    ? { model: 'haiku', reason: `category ${spec.category}${because}` }
    : { model: 'sonnet', reason: `the default${because}` };
}

function whyNotNamed(name: string, whyNot: WhyNot): string | undefined {
  if (!isModelName(name)) return `"${inert(name)}" is not a known model`;
  const why = whyNot(modelOf(name).provider);
  return why && `not "${name}": ${why}`;
}
