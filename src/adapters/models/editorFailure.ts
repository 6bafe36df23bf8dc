// Sorts the errors of models that an editor answers for: what VS Code says by a code, and what its models' makers word
// themselves.
import { Failure, type FailureReason } from '../../ports/failure';
import { textOf } from './httpFailure';
import { reasonInText } from './openAiFailure';

/** By `code` of a `LanguageModelError`, or the name that makers of models give theirs. */
const byCode: Readonly<Record<string, FailureReason>> = {
  // The user has not agreed that we use it, or takes that back.
  NoPermissions: 'notOffered',
  NotFound: 'notOffered',
  // Makers say so of what is asked too often, too.
  Blocked: 'rateLimited',
  ChatQuotaExceeded: 'noCredit',
  ChatRateLimited: 'rateLimited',
};

const told: { readonly [R in FailureReason]?: string } = {
  notOffered: 'The editor does not let us use the model, or has it no longer: ',
};

/** What an editor's model threw, as any other model's failure. An error that says nothing of its kind bears trying again. */
export function failureOfEditor(error: unknown): Failure {
  if (Failure.is(error)) return error;
  const codes = causesOf(error).flatMap(codesOf);
  const words = textOf(error);
  const code = codes.find((one) => Object.hasOwn(byCode, one));
  const named = code === undefined ? undefined : byCode[code];
  // What it says of an account or a prompt tells more than that it is blocked.
  const inText = reasonInText(words);
  const reason = named === 'notOffered' ? named : (inText ?? named ?? 'unreachable');
  return new Failure(reason, `${told[reason] ?? ''}${words}`.slice(0, 1000), { cause: error });
}

function causesOf(error: unknown): readonly unknown[] {
  const causes: unknown[] = [];
  for (let one = error; one instanceof Error && causes.length < 5; one = one.cause) causes.push(one);
  return causes;
}

function codesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const code = 'code' in error ? error.code : undefined;
  return [...(typeof code === 'string' ? [code] : []), error.name];
}
