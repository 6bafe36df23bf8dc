// Chooses the model for a feature's next attempt: the run's, the feature's own wish, or what serves its kind of work; one
// rung up the ladder for every attempt that failed.
import type { Feature, FeatureSpec } from '../features/feature';
import { isModelName, type ModelName, modelOf } from '../models/models';
import { defaultProvider, type ProviderId } from '../models/providers';
import { inert } from '../shared/inert';
import { excerptOf } from '../shared/longText';
import { defaultPreset, type PresetName, presets, usualLadder } from './presets';

/** How a run chooses models. */
export interface Routing {
  /** For all features, above their own wishes. */
  readonly model?: ModelName;
  /** Absent: `balanced`. */
  readonly preset?: PresetName;
  /** Above the preset; categories in small letters. */
  readonly byCategory?: Readonly<Record<string, ModelName>>;
  /** From the cheapest on; absent: the usual one. */
  readonly ladder?: readonly ModelName[];
}

export interface Route {
  readonly model: ModelName;
  /** Why this model, for people. */
  readonly reason: string;
}

/** Why a provider cannot be asked, as the end of a sentence; undefined when it can. */
export type WhyNot = (provider: ProviderId) => string | undefined;

/** What a person named for the run or the feature stays as it is, however often it fails: they may have meant its price. */
export function routeModel(
  { spec, failures }: Pick<Feature, 'spec' | 'failures'>,
  routing: Routing,
  whyNot: WhyNot = () => undefined,
): Route {
  if (routing.model !== undefined) return { model: routing.model, reason: 'chosen for this run' };
  const { model: wish } = spec;
  const wrong = wish === undefined ? undefined : whyNotNamed(wish, whyNot);
  if (wish !== undefined && isModelName(wish) && wrong === undefined)
    return { model: wish, reason: 'named by the feature' };
  const { model, reason } = climbed(routeByKind(spec, routing, whyNot), failures, routing, whyNot);
  return { model, reason: wrong === undefined ? reason : `${reason}; ${wrong}` };
}

function routeByKind(
  spec: FeatureSpec,
  { preset = defaultPreset, byCategory = {} }: Routing,
  whyNot: WhyNot,
): Route {
  const { category } = spec;
  const { usual, byCategory: ofPreset, forUi } = presets[preset];
  const kind = `category ${category}`;
  const own = entryOf(byCategory, category);
  const named = entryOf(ofPreset, category);
  const choices: readonly Route[] = [
    ...(own === undefined ? [] : [{ model: own, reason: `${kind}, by your settings` }]),
    ...(forUi !== undefined && speaksOfUi(spec)
      ? [{ model: forUi, reason: `a user interface (${preset})` }]
      : []),
    ...(named === undefined ? [] : [{ model: named, reason: `${kind} (${preset})` }]),
    { model: usual, reason: preset === defaultPreset ? 'the default' : `the default (${preset})` },
  ];
  const refused: string[] = [];
  for (const choice of choices) {
    const why =
      modelOf(choice.model).provider === defaultProvider ? undefined : whyNotNamed(choice.model, whyNot);
    if (why === undefined) return { ...choice, reason: [choice.reason, ...refused].join('; ') };
    refused.push(why);
  }
  return { model: usual, reason: ['the default', ...refused].join('; ') };
}

/** One rung up for each attempt that failed; rungs that cannot be asked are passed over, and the last one is the last. */
function climbed(route: Route, failures: number, { ladder = usualLadder }: Routing, whyNot: WhyNot): Route {
  const from = ladder.indexOf(route.model);
  if (failures === 0 || from === -1) return route;
  const rungs = ladder.slice(from + 1).filter((model) => whyNot(modelOf(model).provider) === undefined);
  const model = rungs[Math.min(failures, rungs.length) - 1];
  if (model === undefined) return route;
  const attempts = failures === 1 ? '1 failed attempt' : `${failures} failed attempts`;
  return { model, reason: `up from ${route.model} after ${attempts}; ${route.reason}` };
}

function whyNotNamed(name: string, whyNot: WhyNot): string | undefined {
  if (!isModelName(name)) return `"${inert(name)}" is not a known model`;
  const why = whyNot(modelOf(name).provider);
  return why && `not "${name}": ${why}`;
}

/** All that these settings and wishes of features may come to, but for the usual ones. */
export function modelsMeant(
  { model, byCategory = {}, ladder = [] }: Routing,
  named: readonly (string | undefined)[],
): readonly string[] {
  if (model !== undefined) return [model];
  return [...named.filter((name) => name !== undefined), ...Object.values(byCategory), ...ladder];
}

/** The word itself, and the longer ones for it; "build" and "guide" are none. */
function speaksOfUi({ description }: FeatureSpec): boolean {
  return /\b(ui|user interface)\b/i.test(excerptOf(description));
}

function entryOf(of: Readonly<Record<string, ModelName>>, category: string): ModelName | undefined {
  return Object.hasOwn(of, category) ? of[category] : undefined;
}
