// What a model is told: the rules, equal to the letter for every agent of a run, and the assignment of this one.
import { describeUnread, type Unread } from '../../core/shared/unread';
import type { Assignment } from '../../ports/coordinator';
import { checklistsText } from './checklists';
import rules from './rules_prompt.md';

/** Holds no word of any feature: providers cache it once for all agents. */
export const systemPrompt: string = rules;

/** Failure texts can hold a whole test log; its end says what failed. */
const maxFailureLength = 8000;

/** The first message of the conversation: what to build, where, and how it will be judged. */
export function assignmentText(assignment: Assignment): string {
  const { featureId, name, description, category, declaredFiles, resources, lastFailure } = assignment;
  const sections = [
    `# Feature ${featureId}: ${name}`,
    description.trim() === '' ? 'There is no description beyond the name.' : description.trim(),
    `Category: ${category}`,
    declaredFiles.length === 0
      ? 'No files are declared: each is locked for you when you first change it.'
      : `Declared files, locked for you already:\n${bullets(declaredFiles)}`,
    ...(resources ? [`Yours alone while you work:\n${bullets(resources)}`] : []),
    checkText(assignment),
    ...checklistsText(assignment.experts),
  ];
  if (lastFailure !== undefined) {
    const shown =
      lastFailure.length > maxFailureLength ? `…${lastFailure.slice(-maxFailureLength)}` : lastFailure;
    sections.push(
      'An earlier attempt at this feature failed, and its changes were given up. ' +
        `Find out why before you build it again. The reason given:\n${fenced(shown)}`,
    );
  }
  return sections.join('\n\n');
}

/** What an agent is told once its copy is there, where that lacks something. */
export function lackingText(unread: Unread): string {
  return `Of your copy of the workspace: ${describeUnread(unread)}.`;
}

/** What an agent that ended its turn without a tool call is told. */
export const nudge =
  'You called no tool. Go on with the work, or end it: call finish if the feature is built, or give_up with the reason.';

/** What an agent whose turn reached the output limit is told, beside each tool call of that turn. */
export const cutShortNote =
  'Your turn was cut off at the output limit, so its tool calls were not run. Say less and take smaller steps: ' +
  'change a long file by several edits.';

function checkText({ verifyCommand, allowedCommands }: Assignment): string {
  const others = allowedCommands.filter((command) => command !== verifyCommand);
  const check =
    verifyCommand === undefined
      ? 'No check is set for this feature: a person will look at your work.'
      : `The check that decides, which you may run yourself:\n${fenced(verifyCommand)}`;
  return others.length === 0 ? check : `${check}\n\nOther commands you may run:\n${bullets(others)}`;
}

function bullets(entries: readonly string[]): string {
  return entries.map((entry) => `- ${entry}`).join('\n');
}

/** A fence longer than any in the text, so that the text cannot close it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((ticks) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
