// What a backlog will probably cost, from what attempts like those to come have cost here; what nobody can know is said.
import type { History, ModelCosts } from '../events/history';
import type { Feature } from '../features/feature';
import { agentIn } from '../models/agents';
import { costUsd, isOffline, type ModelName } from '../models/models';
import type { Providers } from '../models/providers';
import { type Routing, routeModel, type WhyNot } from '../routing/routeModel';

export interface CostEstimates {
  /** Features of which something is known. */
  readonly features: number;
  /** US dollars, four times in five; for one attempt at each feature. */
  readonly lowUsd: number;
  readonly highUsd: number;
  /** Attempts that passed, and that this is from. */
  readonly attempts: number;
  /** Features like which none was built yet, on models whose price is known. */
  readonly unlike: number;
  /** Models of which nobody has said what they cost. */
  readonly unpriced: readonly string[];
}

/** Four in five lie so many standard deviations about the mean. */
const deviations = 1.28;
/** One or two attempts say little of how far others lie apart: half the mean at least. */
const fewestKnown = 3;

/** @param features those that are to be built */
export function costOutlook(
  features: readonly Feature[],
  experience: History,
  routing: Routing,
  providers: Providers,
  whyNot?: WhyNot,
): CostEstimates {
  const groups = new Map<string, { readonly costs: ModelCosts; readonly many: number }>();
  const unpriced = new Set<string>();
  let unlike = 0;
  for (const feature of features) {
    const { model } = routeModel(feature, routing, whyNot);
    if (isOffline(model)) continue;
    const like = costsLike(experience, feature.spec.category, model);
    if (like) groups.set(like.of, { costs: like.costs, many: (groups.get(like.of)?.many ?? 0) + 1 });
    else if (hasPrice(model, providers)) unlike += 1;
    else unpriced.add(model);
  }
  let mean = 0;
  let variance = 0;
  for (const { costs, many } of groups.values()) {
    const { count, usd, squares } = costs;
    const each = usd / count;
    const spread = Math.max(squares / count - each ** 2, count < fewestKnown ? (each / 2) ** 2 : 0);
    mean += many * each;
    // That of the features themselves, and that of a mean of so few.
    variance += many * spread + (many ** 2 * spread) / count;
  }
  const apart = deviations * Math.sqrt(variance);
  return {
    features: [...groups.values()].reduce((sum, { many }) => sum + many, 0),
    lowUsd: Math.max(0, mean - apart),
    highUsd: mean + apart,
    attempts: [...groups.values()].reduce((sum, { costs }) => sum + costs.count, 0),
    unlike,
    unpriced: [...unpriced],
  };
}

/** `10 features: about $1.20-2.60, from 14 attempts like them`; undefined where nothing is to be paid for. */
export function describeCost(estimates: CostEstimates): string | undefined {
  const { features, lowUsd, highUsd, attempts, unlike, unpriced } = estimates;
  const parts: string[] = [];
  if (features > 0) {
    const digits = highUsd < 0.1 ? 3 : 2;
    const [low, high] = [lowUsd, highUsd].map((usd) => usd.toFixed(digits));
    const range = low === high ? `$${high}` : `$${low}-${high}`;
    parts.push(`${count(features, 'feature')}: about ${range}, from ${count(attempts, 'attempt')} like them`);
  }
  if (unlike > 0)
    parts.push(
      `${count(unlike, features > 0 ? 'other feature' : 'feature')}: none like ${unlike === 1 ? 'it' : 'them'} was built here yet, so what ${unlike === 1 ? 'it costs' : 'they cost'} is not known`,
    );
  if (unpriced.length > 0)
    parts.push(`no price is known of ${unpriced.join(', ')} (parallelAgents.providers takes prices)`);
  return parts.length === 0 ? undefined : parts.join('; ');
}

/** Of its category on this model, else of all on this model; `of` names the group. */
function costsLike(
  experience: History,
  category: string,
  model: string,
): { readonly of: string; readonly costs: ModelCosts } | undefined {
  const onModel = experience.flatMap((known) =>
    known.models.flatMap((time) =>
      time.model === model && time.costs ? [{ category: known.category, costs: time.costs }] : [],
    ),
  );
  const own = onModel.find((known) => known.category === category);
  if (own) return { of: `${model} ${category}`, costs: own.costs };
  if (onModel.length === 0) return undefined;
  const costs = onModel.reduce(
    (sum, { costs: { count, usd, squares } }) => ({
      count: sum.count + count,
      usd: sum.usd + usd,
      squares: sum.squares + squares,
    }),
    { count: 0, usd: 0, squares: 0 },
  );
  return { of: model, costs };
}

function hasPrice(model: ModelName, providers: Providers): boolean {
  const nothing = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
  return agentIn(model) === undefined && costUsd(model, nothing, providers) !== undefined;
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
