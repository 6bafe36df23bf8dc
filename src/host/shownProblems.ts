// The problems of a backlog as a client is told them: not more than anybody mends at once, and how many are left.
import type { PlacedProblem } from '../protocol/hubValues';

/** Nobody mends more at once, and the answer is one message. */
const mostProblems = 1_000;

export function shownProblems(problems: readonly PlacedProblem[]): PlacedProblem[] {
  const shown = problems.slice(0, mostProblems);
  const last = shown.at(-1);
  const left = problems.length - shown.length;
  if (last && left > 0) shown.push({ ...last, message: `There are ${left} more after this one.` });
  return shown;
}
