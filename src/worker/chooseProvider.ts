// Picks the model service for an assignment.
import { createAnthropicProvider } from '../adapters/models/anthropicProvider';
import { createOfflineProvider } from '../adapters/models/offlineProvider';
import { type ModelEntry, modelCatalog } from '../core/routing/modelCatalog';
import type { Assignment } from '../ports/coordinator';
import { Failure } from '../ports/failure';
import type { ModelProvider } from '../ports/models';
import type { Clock } from '../ports/system';

export function chooseProvider(assignment: Assignment, clock: Clock): ModelProvider {
  const { provider }: ModelEntry = modelCatalog[assignment.model];
  switch (provider) {
    case 'offline':
      return createOfflineProvider(
        assignment.offline ?? { ok: false, message: 'There is no offline script.' },
        clock,
      );
    case 'anthropic':
      return assignment.anthropic ? createAnthropicProvider(assignment.anthropic) : withoutKey;
    default:
      return provider satisfies never;
  }
}

const withoutKey: ModelProvider = {
  // biome-ignore lint/correctness/useYield: it has nothing to stream
  async *runTurn() {
    throw new Failure('unauthorized', 'no key was given');
  },
};
