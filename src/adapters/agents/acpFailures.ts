// What an agent that answers with an error means by it.
import { RequestError } from '@agentclientprotocol/sdk';
import { isObject } from '../../core/shared/fields';
import { inert } from '../../core/shared/inert';
import type { AgentStart } from '../../ports/externalAgents';
import { Failure, type FailureReason } from '../../ports/failure';
import { waitIn } from '../models/openAiFailure';
import { serviceReasonIn } from './outageText';

/** The protocol's own number for "log in first". */
const authRequired = -32000;
const mostText = 1_000;

/** Codex's adapter's own number for "the program behind me is gone", whatever it says of it. */
const programGone = 1001;
/** Words of adapters whose program behind them is gone, by itself or killed for memory. */
const goneText = /\bprocess (?:has )?exited\b|\bwas killed by SIG|\bterminated by signal\b/;

/** Kinds of errors as Claude Code's adapter names them. */
const kinds: Readonly<Record<string, FailureReason>> = {
  authentication_failed: 'noAgent',
  oauth_org_not_allowed: 'noAgent',
  verification_required: 'noAgent',
  billing_error: 'noCredit',
  account_on_hold: 'noCredit',
  rate_limit: 'rateLimited',
  overloaded: 'overloaded',
  // And Codex's.
  usageLimitExceeded: 'noCredit',
  rateLimitExceeded: 'rateLimited',
  serverOverloaded: 'overloaded',
};

export function failureOf(error: unknown, { title, login }: AgentStart): Failure {
  if (Failure.is(error)) return error;
  const said = error instanceof Error ? error.message : String(error);
  const data = error instanceof RequestError ? error.data : undefined;
  const details = ['details', 'message', 'additionalDetails'].map((name) => textIn(data, name));
  const all = [...new Set([said, ...details])].filter((text) => text !== '');
  const words = inert(all.join(': ')).slice(0, mostText);
  if (!(error instanceof RequestError))
    return new Failure('badResponse', `${title} could not be asked: ${words}`, { cause: error });
  const { code } = error;
  const kind = textIn(data, 'errorKind') || textIn(data, 'codexErrorInfo');
  const known = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  const isGone = code === programGone || goneText.test(words);
  const met = code === authRequired ? 'noAgent' : isGone ? 'agentGone' : serviceReasonIn(words);
  const reason = known ?? met ?? 'badResponse';
  const retryAfterMs = reason === 'rateLimited' ? waitIn(words) : undefined;
  if (reason !== 'noAgent')
    return new Failure(reason, `${title}: ${words}`, {
      cause: error,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  const mend = login === undefined ? 'Log in with its own command.' : `Log in with \`${login}\`.`;
  return new Failure('noAgent', `${title} is not logged in, or its login is refused (${words}). ${mend}`, {
    cause: error,
  });
}

function textIn(data: unknown, name: string): string {
  const text = isObject(data) ? data[name] : undefined;
  return typeof text === 'string' ? text : '';
}
