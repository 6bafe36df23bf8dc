// Picks who answers for an assignment's model: a service, asked from here, a client, asked through the host, or a script.
import { createOfflineProvider } from '../adapters/models/offlineProvider';
import { openModel } from '../adapters/models/protocols';
import { isOffline } from '../core/models/models';
import { wrongCall } from '../core/tools/toolTable';
import type { RunTurn } from '../hub/modelTurns';
import type { Assignment, OfflineScript } from '../ports/coordinator';
import { Failure } from '../ports/failure';
import type { ModelProvider } from '../ports/models';
import type { Clock } from '../ports/system';

/** @param askHub asks through the host for models that only a client can answer for */
export async function chooseProvider(
  assignment: Assignment,
  clock: Clock,
  askHub: RunTurn,
): Promise<ModelProvider> {
  const { model, endpoint, offline } = assignment;
  if (isOffline(model)) {
    const script = offline ?? { ok: false, message: 'There is no offline script.' };
    return createOfflineProvider(withGoodCalls(script), clock);
  }
  if (endpoint === undefined) return withoutKey;
  if (endpoint.kind !== 'client') return openModel(model, endpoint);
  return { runTurn: (request, signal) => askHub(model, request, signal) };
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
