// How a turn of an agent ended in the Agent Client Protocol, and what it used.
import type { PromptResponse } from '@agentclientprotocol/sdk';
import type { AgentManners } from '../../core/models/agents';
import type { Usage } from '../../core/models/models';
import type { AgentTurn } from '../../ports/externalAgents';

export function turnOf(answer: PromptResponse, { tokensOf }: AgentManners): AgentTurn {
  const usage = tokensOf === 'lastCall' ? undefined : usageIn(answer);
  return { stop: stopOf(answer.stopReason), ...(usage && { usage }) };
}

function stopOf(reason: PromptResponse['stopReason']): AgentTurn['stop'] {
  switch (reason) {
    case 'end_turn':
      return 'done';
    case 'max_tokens':
    case 'max_turn_requests':
      return 'cutShort';
    case 'refusal':
      return 'refused';
    case 'cancelled':
      return 'cancelled';
    default:
      reason satisfies never;
      return 'cutShort'; // from a later version
  }
}

/** Not of the stable protocol, and told by some. */
function usageIn(answer: object): Usage | undefined {
  const usage: unknown = 'usage' in answer ? answer.usage : undefined;
  if (typeof usage !== 'object' || usage === null) return undefined;
  const count = (name: string): number => {
    const value: unknown = new Map(Object.entries(usage)).get(name);
    return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
  };
  return {
    inputTokens: count('inputTokens'),
    outputTokens: count('outputTokens'),
    cacheReadTokens: count('cachedReadTokens'),
    cacheWriteTokens: count('cachedWriteTokens'),
  };
}
