// Slows down clients that ask too often: each has a bucket of requests that fills up again at a steady rate.

const mostClients = 10_000;

/**
 * Wraps `inner`: `requestsPerMinute` at once, and as many a minute in the long run. Without a number there is no limit.
 * @param now gives the time in milliseconds
 */
export function limitRate(inner, { requestsPerMinute, now = Date.now }) {
  if (!requestsPerMinute) return inner;
  const perMs = requestsPerMinute / 60_000;
  const buckets = new Map();
  return (request) => {
    const at = now();
    const last = buckets.get(request.client) ?? { left: requestsPerMinute, at };
    const left = Math.min(requestsPerMinute, last.left + (at - last.at) * perMs);
    const allowed = left >= 1;
    buckets.delete(request.client); // the map keeps its order: whoever asked longest ago stands first
    buckets.set(request.client, { left: allowed ? left - 1 : left, at });
    if (buckets.size > mostClients) buckets.delete(buckets.keys().next().value);
    if (allowed) return inner(request);
    const seconds = Math.ceil((1 - left) / perMs / 1000);
    const body = { error: `Too many requests; come back in ${seconds} s.` };
    return { status: 429, headers: { 'retry-after': String(seconds) }, body };
  };
}
