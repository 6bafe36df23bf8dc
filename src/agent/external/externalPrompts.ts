// What an agent of another maker is told: the rules and its assignment, and why its work came back to it.
import type { Unread } from '../../core/shared/unread';
import type { Assignment } from '../../ports/coordinator';
import { assignmentText, lackingText } from '../prompts/prompts';
import rules from './external_prompt.md';

export function firstPrompt(assignment: Assignment, unread: Unread | undefined): string {
  return [rules, assignmentText(assignment), ...(unread ? [lackingText(unread)] : [])].join('\n\n');
}

/** What has happened in a turn that it could not hear of while it worked. */
export interface Unheard {
  /** Why it was not let do something. */
  readonly refusals: readonly string[];
  /** What became of its files otherwise than it meant. */
  readonly notes: readonly string[];
}

export function returnedPrompt(why: string, unheard: Unheard): string {
  return [`Your work is not accepted as it is. ${why}`, ...told(unheard), endWhenDone].join('\n\n');
}

export function refusedPrompt(unheard: Unheard): string {
  return [...told(unheard), 'Find another way, or do without it.', endWhenDone].join('\n\n');
}

export function goOnPrompt(why: string, unheard: Unheard): string {
  return [why, ...told(unheard), 'Go on with the feature where you were.', endWhenDone].join('\n\n');
}

const endWhenDone = 'End your turn when the feature is built; if it cannot be built, end it with the reason.';

function told({ refusals, notes }: Unheard): readonly string[] {
  return [
    ...(refusals.length > 0 ? [`What was refused to you, and why:\n${bullets(refusals)}`] : []),
    ...(notes.length > 0 ? [`Of your copy:\n${bullets(notes)}`] : []),
  ];
}

function bullets(entries: readonly string[]): string {
  return entries.map((entry) => `- ${entry}`).join('\n');
}
