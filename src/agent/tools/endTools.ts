// The tools by which an agent says how far it is, that it is done, or that it cannot go on.
import { defineTool, done, failed, firstLine, type ToolAnswer } from './tool';

export const reportProgress = defineTool({
  name: 'report_progress',
  description: 'Tells the people watching what you are doing now, in a few words, and how far you are.',
  step: ({ step }) => step,
  percent: ({ percent }) => percent,
  run: async ({ step }) => done('Noted.', firstLine(step)), // the loop reports every call's step
});

export const finish = defineTool({
  name: 'finish',
  description:
    'Hands in the feature, and ends your work on it. The check is then run on it; call this only when you expect it to pass.',
  step: () => 'handing in the work',
  run: ({ summary }) => lastWord(summary, 'summary', { kind: 'finish', summary }),
});

export const giveUp = defineTool({
  name: 'give_up',
  description:
    'Ends your work without handing it in; your changes are undone. ' +
    'For when the feature cannot be built as described or needs a decision by a person.',
  step: () => 'giving up',
  run: ({ reason }) => lastWord(reason, 'reason', { kind: 'giveUp', reason }),
});

async function lastWord(
  said: string,
  field: string,
  ending: Extract<ToolAnswer, { kind: 'end' }>['ending'],
): Promise<ToolAnswer> {
  return said.trim() === '' ? failed(`input.${field}: must not be empty`) : { kind: 'end', ending };
}
