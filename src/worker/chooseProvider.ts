// Picks the model endpoint for an assignment.
import { createAnthropicProvider } from '../adapters/models/anthropicProvider';
import { createOfflineProvider } from '../adapters/models/offlineProvider';
import { createOpenAiProvider } from '../adapters/models/openAiProvider';
import { isOffline, modelOf } from '../core/models/models';
import { wrongCall } from '../core/tools/toolTable';
import type { Assignment, OfflineScript } from '../ports/coordinator';
import { Failure } from '../ports/failure';
import type { ModelProvider } from '../ports/models';
import type { Clock } from '../ports/system';

export function chooseProvider(assignment: Assignment, clock: Clock): ModelProvider {
  const { model, endpoint, offline } = assignment;
  if (isOffline(model)) {
    const script = offline ?? { ok: false, message: 'There is no offline script.' };
    return createOfflineProvider(withGoodCalls(script), clock);
  }
  if (endpoint === undefined) return withoutKey;
  const { apiName } = modelOf(model);
  switch (endpoint.kind) {
    case 'anthropic':
      return createAnthropicProvider(apiName, endpoint);
    case 'openai':
      return createOpenAiProvider(apiName, endpoint);
    default:
      return endpoint.kind satisfies never;
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
