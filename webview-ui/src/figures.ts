// Numbers as people read them.

/** `$0.00`, `$0.042`, `$12.30`: enough digits that a cent's tenth is seen while it matters. */
function formatCost(usd: number): string {
  const digits = usd > 0 && usd < 1 ? 3 : 2;
  return `$${usd.toFixed(digits)}`;
}

export function formatTokens(tokens: number): string {
  if (tokens < 1000) return `${tokens} tokens`;
  if (tokens < 1_000_000) return `${(tokens / 1000).toFixed(tokens < 10_000 ? 1 : 0)}k tokens`;
  return `${(tokens / 1_000_000).toFixed(1)}M tokens`;
}

export function formatTime(at: number): string {
  return new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

/** `0 s`, `3.2 s`, `45 s`, `2 min 10 s`, `1 h 20 min`. */
export function formatSpan(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return withRest(Math.floor(whole / 60), 'min', whole % 60, 's');
  const minutes = Math.round(seconds / 60);
  return withRest(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function withRest(n: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${n} ${unit}` : `${n} ${unit} ${rest} ${restUnit}`;
}

/** Where nobody has said what a model costs, nothing is made up. */
export function costText({
  costUsd,
  unpricedTokens = 0,
}: {
  readonly costUsd: number;
  readonly unpricedTokens?: number;
}): string {
  if (unpricedTokens === 0) return formatCost(costUsd);
  return costUsd === 0 ? 'price unknown' : `${formatCost(costUsd)} and more, price unknown`;
}
