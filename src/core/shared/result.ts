// How a rule answers: with a value, or with a refusal that says which rule said no.

export type Result<T, E = Refusal> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

/** A rule said no. Expected, never thrown; the message is for people and names the next step where there is one. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly message: string;
}

export type RefusalCode =
  | 'badTransition'
  | 'unknownFeature'
  | 'notOwner'
  | 'staleFence'
  | 'locked'
  | 'wouldDeadlock'
  | 'changedOnDisk'
  | 'pathDenied'
  | 'commandDenied'
  | 'notText'
  | 'limitReached'
  | 'notRunning'
  | 'badInput'
  | 'stopped';

export function ok<T>(value: T): Result<T, never> {
  return { ok: true, value };
}

export function refuse(code: RefusalCode, message: string): { readonly ok: false; readonly error: Refusal } {
  return { ok: false, error: { code, message } };
}

/** Ends a `switch` over a closed union; reaching it is a bug in the caller, the only thing core ever throws for. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
