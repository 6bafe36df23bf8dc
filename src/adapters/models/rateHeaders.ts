// What services say in headers of what is left of an account's rate, so that it need not be found out by a refusal.

/** Of requests or tokens, each with what is left and when there is more; Anthropic's names, and OpenAI's that others took over. */
const counted = ['requests', 'tokens', 'input-tokens', 'output-tokens'].flatMap((what) => [
  { left: `anthropic-ratelimit-${what}-remaining`, reset: `anthropic-ratelimit-${what}-reset` },
  { left: `x-ratelimit-remaining-${what}`, reset: `x-ratelimit-reset-${what}` },
]);

/** Milliseconds until there is more of what is used up; undefined while something is left of all. */
export function restOf(headers: Headers): number | undefined {
  const date = Date.parse(headers.get('date') ?? '');
  // By the service's own clock where it tells it: ours may be wrong.
  const now = Number.isNaN(date) ? Date.now() : date;
  const rests = counted.flatMap(({ left, reset }) => {
    const remaining = headers.get(left);
    const until = headers.get(reset);
    if (remaining === null || until === null || Number(remaining) > 0) return [];
    return untilReset(until, now) ?? [];
  });
  const rest = Math.max(0, ...rests);
  return rest > 0 ? rest : undefined;
}

/** A date, or a time as Go writes it: `6m0s`, `1.5s`, `20ms`; alone a number is seconds. */
function untilReset(text: string, now: number): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  if (parts.length > 0 && parts.map(([part]) => part).join('') === text.trim())
    return parts.reduce((sum, [, amount, unit = 's']) => sum + Number(amount) * (unitMs[unit] ?? 0), 0);
  const seconds = Number(text);
  if (text.trim() !== '' && seconds >= 0 && seconds < 1_000_000) return seconds * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
