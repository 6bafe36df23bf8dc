// What past attempts teach the scheduler: how long features of a category take, and which files they touch.

/** One category's past, newest knowledge last in the list of all. Plain data: it is stored and crosses the wire. */
export interface CategoryHistory {
  readonly category: string;
  /** Features of it that passed their check. */
  readonly passed: number;
  readonly models: readonly ModelTime[];
  /** Files that passing features held, and how many held each; the most frequent first. */
  readonly files: readonly { readonly path: string; readonly count: number }[];
}

export interface ModelTime {
  readonly model: string;
  readonly count: number;
  readonly totalMs: number;
  /** Of those whose cost is known; absent: of none. */
  readonly costs?: ModelCosts;
}

export interface ModelCosts {
  readonly count: number;
  /** US dollars, and the sum of their squares. */
  readonly usd: number;
  readonly squares: number;
}

export type History = readonly CategoryHistory[];

/** One feature that passed: what there is to learn from it. */
export interface Sample {
  readonly category: string;
  readonly model: string;
  /** From the claim to the pass, in milliseconds. */
  readonly tookMs: number;
  /** US dollars; absent where not all of it is known, or nothing was to be paid. */
  readonly costUsd?: number;
  /** What its attempt had locked when it passed. */
  readonly files: readonly string[];
}

/** Both bound what is rewritten with every pass, at worst to some 500 KB. */
const mostCategories = 500;
const mostFiles = 20;

/** The experience with one lesson more. A category not heard of for longest is forgotten when there are too many. */
export function learn(experience: History, lesson: Sample): History {
  const { category, model, tookMs, costUsd } = lesson;
  const known = experience.find((e) => e.category === category);
  const time = known?.models.find((m) => m.model === model);
  const models = [
    ...(known?.models ?? []).filter((m) => m !== time),
    {
      model,
      count: (time?.count ?? 0) + 1,
      totalMs: (time?.totalMs ?? 0) + tookMs,
      ...withCost(time?.costs, costUsd),
    },
  ];
  const counts = new Map((known?.files ?? []).map((f) => [f.path, f.count]));
  for (const path of lesson.files) counts.set(path, (counts.get(path) ?? 0) + 1);
  const files = [...counts].map(([path, count]) => ({ path, count })).sort((a, b) => b.count - a.count);
  const next = { category, passed: (known?.passed ?? 0) + 1, models, files: files.slice(0, mostFiles) };
  return [...experience.filter((e) => e !== known), next].slice(-mostCategories);
}

function withCost(
  costs: ModelCosts | undefined,
  costUsd: number | undefined,
): { readonly costs?: ModelCosts } {
  if (costUsd === undefined) return costs ? { costs } : {};
  const { count, usd, squares } = costs ?? { count: 0, usd: 0, squares: 0 };
  return { costs: { count: count + 1, usd: usd + costUsd, squares: squares + costUsd ** 2 } };
}
