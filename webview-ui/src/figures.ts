// Numbers as people read them.

/** `$0.00`, `$0.042`, `$12.30`: enough digits that a cent's tenth is seen while it matters. */
export function formatCost(usd: number): string {
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
