// The tools by which an agent says how far it is, that it is done, or that it cannot go on.
import { defineTool, done, failed, firstLine, type ToolAnswer } from './tool';

export const reportProgress = defineTool('report_progress', {
  step: ({ step }) => step,
  percent: ({ percent }) => percent,
  run: async ({ step }) => done('Noted.', firstLine(step)), // the loop reports every call's step
});

export const finish = defineTool('finish', {
  step: () => 'handing in the work',
  run: ({ summary }) => lastWord(summary, 'summary', { kind: 'finish', summary }),
});

export const giveUp = defineTool('give_up', {
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
