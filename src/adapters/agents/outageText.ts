// What agents say of their model's service in words alone, when they could not go on: each has its own, and no field for it.
import type { AgentManners } from '../../core/models/agents';
import { Failure, type FailureReason } from '../../ports/failure';
import { waitIn } from '../models/openAiFailure';

const status = (numbers: string) =>
  new RegExp(`\\b(?:status|http|error|code)\\D{0,12}(?:${numbers})\\b`, 'i');

/** The first that holds counts. Of an agent's errors only: its model may say anything. */
const rows: readonly (readonly [RegExp, FailureReason])[] = [
  [/insufficient_quota|credit balance|out of credits|payment required|hit your usage limit/i, 'noCredit'],
  [/too many requests|rate.?limit|resource.?exhausted|(?:retry|try again) in \d/i, 'rateLimited'],
  [status('429'), 'rateLimited'],
  [/quota exceeded|exceeded your current quota/i, 'noCredit'],
  [/incorrect api key|invalid.{0,3}api.{0,3}key|api key not valid|unauthori[sz]ed/i, 'noAgent'],
  [status('401'), 'noAgent'],
  [/overloaded|service unavailable|at capacity|high demand/i, 'overloaded'],
  [status('503|529'), 'overloaded'],
  [/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|getaddrinfo/, 'noConnection'],
  [/unable to connect|error sending request|connection failed/i, 'noConnection'],
  [
    /ECONNRESET|socket hang up|fetch failed|stream disconnected|connection (?:was )?(?:closed|reset)/i,
    'unreachable',
  ],
  [status('50[0-4]'), 'unreachable'],
];

/** What stands in an agent's way of its service's doing; undefined where nothing of that kind is said. */
export function serviceReasonIn(words: string): FailureReason | undefined {
  return rows.find(([pattern]) => pattern.test(words))?.[1];
}

/** Of Codex: its whole last piece of words, which it ends its turn with in good order, as if it had nothing to do. */
const codexLast =
  /^(exceeded retry limit, last status: |unexpected status \d{3} |stream disconnected before completion: |Connection failed: |error sending request |We.re currently experiencing high demand|Selected model is at capacity\.|Quota exceeded\.|You.ve hit your usage limit)[^\n]*\n\n$/;

/** The failure that a turn's last words tell of, where the agent has no other way. @param last the last piece of them, as it came */
export function failureInLastText(
  last: string,
  { title, manners }: { readonly title: string; readonly manners: AgentManners },
): Failure | undefined {
  if (manners.failsInText !== 'codex' || !codexLast.test(last)) return undefined;
  const words = last.trim();
  const retryAfterMs = waitIn(words);
  return new Failure(serviceReasonIn(words) ?? 'unreachable', `${title}: ${words}`, {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}
