// Whether a run can be started with the offline model's script: a mistake in it is found before, not an hour later.
import type { OfflineScriptFile } from '../adapters/files/offlineScriptFile';
import { ok, type Result, refuse } from '../core/shared/result';
import { wrongCall } from '../core/tools/toolTable';

/** Nobody mends more at once. */
const mostShown = 20;

/**
 * Refuses a script in which something is wrong with any feature's turns, a call of a tool included, in as many lines as
 * there are mistakes, each with its place and the mend. That a feature has no turns is told when it is its turn.
 */
export async function judgeScript(script: OfflineScriptFile): Promise<Result<object>> {
  const wrong = await script.mistakes(({ tool, input }) =>
    tool === undefined ? undefined : wrongCall(tool, input ?? {}),
  );
  const more = wrong.length > mostShown ? [`There are ${wrong.length - mostShown} more after these.`] : [];
  return wrong.length === 0 ? ok({}) : refuse('badInput', [...wrong.slice(0, mostShown), ...more].join('\n'));
}
