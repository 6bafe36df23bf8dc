// Picks the model service for an assignment.
import { createAnthropicProvider } from '../adapters/models/anthropicProvider';
import { createOfflineProvider } from '../adapters/models/offlineProvider';
import { wrongCall } from '../core/guardrails/toolInputs';
import { type ModelEntry, modelCatalog } from '../core/routing/modelCatalog';
import type { Assignment, OfflineScript } from '../ports/coordinator';
import { Failure } from '../ports/failure';
import type { ModelProvider } from '../ports/models';
import type { Clock } from '../ports/system';

export function chooseProvider(assignment: Assignment, clock: Clock): ModelProvider {
  const { provider }: ModelEntry = modelCatalog[assignment.model];
  switch (provider) {
    case 'offline':
      return createOfflineProvider(
        withGoodCalls(assignment.offline ?? { ok: false, message: 'There is no offline script.' }),
        clock,
      );
    case 'anthropic':
      return assignment.anthropic ? createAnthropicProvider(assignment.anthropic) : withoutKey;
    default:
      return provider satisfies never;
  }
}

/** A model mends a wrong call when it is told; a script would go on as if it had been run, and prove nothing. */
function withGoodCalls(script: OfflineScript): OfflineScript {
  if (!script.ok) return script;
  const wrong = script.turns.flatMap(({ tool, input, place }) => {
    const why = tool === undefined ? undefined : wrongCall(tool, input ?? {});
    return why === undefined ? [] : [`${place ?? 'offline-script.json'}: ${why}`];
  });
  return wrong.length === 0 ? script : { ok: false, message: wrong.join('\n') };
}

const withoutKey: ModelProvider = {
  // biome-ignore lint/correctness/useYield: it has nothing to stream
  async *runTurn() {
    throw new Failure('unauthorized', 'no key was given');
  },
};
