// The offline model's script of a workspace: whether a run can be started with it, and what it has for an attempt.
import { join } from 'node:path';
import { loadOfflineScript, type OfflineTurns, turnsFor } from '../adapters/files/offlineScriptFile';
import { wrongCall } from '../core/guardrails/toolInputs';
import { ok, type Result, refuse } from '../core/shared/result';
import type { OfflineScript } from '../ports/coordinator';

const fileName = 'offline-script.json';
/** Nobody mends more at once. */
const mostShown = 20;

/**
 * Refuses a script in which something is wrong with any feature's turns, a call of a tool included, in as many lines as
 * there are mistakes, each with its place and the mend. That a feature has no turns is told when it is its turn.
 */
export async function judgeScript(root: string): Promise<Result<object>> {
  const script = await read(root);
  const wrong = script.ok ? wrongCalls(script.value) : script.error;
  const more = wrong.length > mostShown ? [`There are ${wrong.length - mostShown} more after these.`] : [];
  return wrong.length === 0 ? ok({}) : refuse('badInput', [...wrong.slice(0, mostShown), ...more].join('\n'));
}

/** Read anew for every attempt, so that a script that was mended while the run goes on counts. */
export async function scriptFor(root: string, featureName: string, attempt: number): Promise<OfflineScript> {
  const script = await read(root);
  return script.ok
    ? turnsFor(script.value, featureName, attempt)
    : { ok: false, message: script.error.join('\n') };
}

async function read(root: string): Promise<Result<OfflineTurns, readonly string[]>> {
  const read = await loadOfflineScript(join(root, fileName));
  if (read.kind === 'loaded') return ok(read.script);
  return {
    ok: false,
    error:
      read.kind === 'none'
        ? [`There is no ${fileName} beside the backlog.`]
        : read.problems.map((p) => `${p.file}:${p.line}:${p.column}: ${p.message}`),
  };
}

/** One pass over all turns. */
function wrongCalls(script: OfflineTurns): readonly string[] {
  const wrong: string[] = [];
  for (const [name, attempts] of script) {
    for (const [at, turns] of attempts.entries()) {
      for (const [nth, { tool, input, place = fileName }] of turns.entries()) {
        const why = tool === undefined ? undefined : wrongCall(tool, input ?? {});
        if (why === undefined) continue;
        const attempt = attempts.length > 1 ? `attempt ${at + 1}, ` : '';
        wrong.push(`${place}: ${JSON.stringify(name)}, ${attempt}turn ${nth + 1}: ${why}`);
      }
    }
  }
  return wrong;
}
