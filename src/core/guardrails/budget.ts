// What an attempt has used of its limits, as an immutable count that says when to hint, wrap up or stop.
import { kindOf, type ToolKind } from '../tools/toolTable';
import type { Limits } from './limits';

/** Which limit, by the name its setting has. */
export type LimitName =
  | 'max_file_edits'
  | 'max_bash_commands'
  | 'max_actions'
  | 'attempt_time'
  | 'max_session_duration'
  | 'same_failing_action';

export interface LimitHit {
  readonly limit: LimitName;
  /** The bound, in the limit's own unit (calls or milliseconds). */
  readonly bound: number;
}

export interface Action {
  readonly tool: string;
  /** Equal for calls that are the same: the tool's name and its input. */
  readonly fingerprint: string;
}

/** What the agent is told before a tool call. */
export type BudgetAnswer =
  | { readonly kind: 'go' }
  /** The call goes ahead, with words for the model beside its result. */
  | { readonly kind: 'hint'; readonly text: string }
  /** The call is refused; the agent may only finish or give up. */
  | { readonly kind: 'wrapUp'; readonly hit: LimitHit; readonly text: string }
  | { readonly kind: 'stop'; readonly hit: LimitHit };

export interface Budget {
  readonly actions: number;
  /** Calls of tools that change a file, and files that commands changed. */
  readonly edits: number;
  readonly commands: number;
  /** Refused calls since the request to wrap up. */
  readonly refused: number;
  readonly lastFailure?: { readonly fingerprint: string; readonly times: number };
}

export const freshBudget: Budget = { actions: 0, edits: 0, commands: 0, refused: 0 };

/** After this many refused calls an agent that does not wrap up is stopped. */
const patience = 3;
const hintAfter = 3;
const stopAfter = 5;

/** The answer to one tool call about to be made, and the count after it. */
export function spend(
  budget: Budget,
  action: Action,
  limits: Limits,
): { readonly budget: Budget; readonly answer: BudgetAnswer } {
  const kind = kindOf(action.tool);
  if (kind === 'end') return { budget, answer: { kind: 'go' } }; // an agent over its limits can still finish
  const again = budget.lastFailure?.fingerprint === action.fingerprint ? budget.lastFailure.times : 0;
  if (again >= stopAfter)
    return { budget, answer: { kind: 'stop', hit: { limit: 'same_failing_action', bound: stopAfter } } };
  const hit = hitBy(budget, kind, limits);
  if (hit) {
    const refused = budget.refused + 1;
    const answer: BudgetAnswer =
      refused > patience ? { kind: 'stop', hit } : { kind: 'wrapUp', hit, text: wrapUpText(hit) };
    return { budget: { ...budget, refused }, answer };
  }
  const next: Budget = {
    ...budget,
    actions: budget.actions + 1,
    edits: budget.edits + (kind === 'edit' ? 1 : 0),
    commands: budget.commands + (kind === 'command' ? 1 : 0),
  };
  const text = `This same call has failed ${again} times. Read the error again and try another way.`;
  return { budget: next, answer: again >= hintAfter ? { kind: 'hint', text } : { kind: 'go' } };
}

/**
 * The count after a command changed `files` files, each of which is an edit like one by a tool. They are its work as a
 * whole (a folder that it gave another name, for one): where not all of them have room, the attempt is over.
 */
export function spendOnFiles(
  budget: Budget,
  files: number,
  limits: Limits,
): { readonly budget: Budget; readonly answer: BudgetAnswer } {
  const edits = budget.edits + files;
  if (files === 0 || edits <= limits.maxFileEdits)
    return { budget: { ...budget, edits }, answer: { kind: 'go' } };
  return { budget, answer: { kind: 'stop', hit: { limit: 'max_file_edits', bound: limits.maxFileEdits } } };
}

/** The count after a call ended; failures of one same call in a row add up, anything else sets them back. */
export function settle(budget: Budget, action: Action, succeeded: boolean): Budget {
  if (succeeded) return { ...budget, lastFailure: undefined };
  const again = budget.lastFailure?.fingerprint === action.fingerprint ? budget.lastFailure.times : 0;
  return { ...budget, lastFailure: { fingerprint: action.fingerprint, times: again + 1 } };
}

/** The wall time an attempt with a model of this tier may take, and which limit that is. */
export function timeLimit(tier: 'haiku' | 'sonnet' | 'opus' | 'other', limits: Limits): LimitHit {
  const own = limits.attemptMs[tier];
  return own <= limits.maxSessionMs
    ? { limit: 'attempt_time', bound: own }
    : { limit: 'max_session_duration', bound: limits.maxSessionMs };
}

/** How a limit is told to people. */
export function describeLimit({ limit, bound }: LimitHit): string {
  switch (limit) {
    case 'max_file_edits':
      return `the limit of ${bound} file edits an attempt (limits.max_file_edits)`;
    case 'max_bash_commands':
      return `the limit of ${bound} commands an attempt (limits.max_bash_commands)`;
    case 'max_actions':
      return `the limit of ${bound} tool calls an attempt (limits.max_actions)`;
    case 'attempt_time':
      return `the time limit of ${Math.round(bound / 1000)} s for this model (limits.attempt_time)`;
    case 'max_session_duration':
      return `the time limit of ${Math.round(bound / 1000)} s an attempt (limits.max_session_duration)`;
    case 'same_failing_action':
      return `the same failing call ${bound} times in a row`;
    default:
      return limit satisfies never;
  }
}

function hitBy(budget: Budget, kind: ToolKind | undefined, limits: Limits): LimitHit | undefined {
  if (budget.actions >= limits.maxActions) return { limit: 'max_actions', bound: limits.maxActions };
  if (kind === 'edit' && budget.edits >= limits.maxFileEdits) {
    return { limit: 'max_file_edits', bound: limits.maxFileEdits };
  }
  if (kind === 'command' && budget.commands >= limits.maxBashCommands) {
    return { limit: 'max_bash_commands', bound: limits.maxBashCommands };
  }
  return undefined;
}

function wrapUpText(hit: LimitHit): string {
  return `Refused: you have reached ${describeLimit(hit)}. Call finish if the feature is done, or give_up with what is missing.`;
}
