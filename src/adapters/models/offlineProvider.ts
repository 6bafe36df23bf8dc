// A model without a service: plays the turns that a script holds for the attempt, always the same way.
import type { OfflineScript, OfflineTurn } from '../../ports/coordinator';
import { Failure } from '../../ports/failure';
import type { AssistantBlock, ModelEvent, ModelProvider, TurnRequest } from '../../ports/models';
import type { Clock } from '../../ports/system';

const nothingUsed = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

/** Said when the script is over and the agent still asks. */
const scriptIsOver = 'The offline script ended without finish or give_up.';

/**
 * Entries that only say or wait run on into the next tool call and make one turn with it. Which turn is due is read off
 * the conversation, so a turn that is asked for again is the same turn.
 */
export function createOfflineProvider(script: OfflineScript, clock: Clock): ModelProvider {
  const turns = script.ok ? turnsOf(script.turns) : [];
  return {
    async *runTurn(request, signal) {
      if (!script.ok) throw new Failure('refused', script.message);
      yield* play(turns, request, signal, clock);
    },
  };
}

/** Each list ends with its tool call; only what stands behind the last one can be without. */
function turnsOf(entries: readonly OfflineTurn[]): readonly (readonly OfflineTurn[])[] {
  const turns: OfflineTurn[][] = [];
  let current: OfflineTurn[] = [];
  for (const entry of entries) {
    current.push(entry);
    if (entry.tool === undefined) continue;
    turns.push(current);
    current = [];
  }
  return current.length > 0 ? [...turns, current] : turns;
}

async function* play(
  turns: readonly (readonly OfflineTurn[])[],
  request: TurnRequest,
  signal: AbortSignal,
  clock: Clock,
): AsyncIterable<ModelEvent> {
  const at = request.messages.filter(({ role }) => role === 'assistant').length;
  const content: AssistantBlock[] = [];
  for (const [index, { say, tool, input, delayMs = 0 }] of (turns[at] ?? []).entries()) {
    await wait(delayMs, signal, clock);
    if (say !== undefined) {
      content.push({ type: 'text', text: say });
      yield { type: 'text', text: say };
    }
    if (tool === undefined) continue;
    content.push({ type: 'toolCall', id: `offline-${at + 1}-${index + 1}`, name: tool, input: input ?? {} });
    yield { type: 'turn', content, stop: 'toolCalls', usage: nothingUsed };
    return;
  }
  content.push({ type: 'text', text: scriptIsOver });
  yield { type: 'text', text: scriptIsOver };
  yield { type: 'turn', content, stop: 'done', usage: nothingUsed };
}

/** Throws `Failure` `aborted` at once when `signal` fires. */
function wait(delayMs: number, signal: AbortSignal, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      cancel();
      reject(new Failure('aborted', 'stopped'));
    };
    if (signal.aborted) {
      reject(new Failure('aborted', 'stopped'));
      return;
    }
    if (delayMs <= 0) {
      resolve();
      return;
    }
    const cancel = clock.after(delayMs, () => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
    signal.addEventListener('abort', abort, { once: true });
  });
}
