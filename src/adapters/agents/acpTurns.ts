// How a turn of an agent ended in the Agent Client Protocol, and what it used.
import type { PromptResponse } from '@agentclientprotocol/sdk';
import type { AgentManners } from '../../core/models/agents';
import type { Usage } from '../../core/models/models';
import { isObject } from '../../core/shared/fields';
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
  if (!isObject(usage)) return quotaIn(answer);
  const count = counter(usage);
  return {
    inputTokens: count('inputTokens'),
    outputTokens: count('outputTokens'),
    cacheReadTokens: count('cachedReadTokens'),
    cacheWriteTokens: count('cachedWriteTokens'),
  };
}

/** As Gemini CLI tells it, which says nothing of what came from the cache. */
function quotaIn(answer: object): Usage | undefined {
  const meta: unknown = '_meta' in answer ? answer._meta : undefined;
  const tokens = isObject(meta) && isObject(meta.quota) ? meta.quota.token_count : undefined;
  if (!isObject(tokens)) return undefined;
  const count = counter(tokens);
  const [inputTokens, outputTokens] = [count('input_tokens'), count('output_tokens')];
  return { inputTokens, outputTokens, cacheReadTokens: 0, cacheWriteTokens: 0 };
}

function counter(counts: Readonly<Record<string, unknown>>): (name: string) => number {
  return (name) => {
    const value = counts[name];
    return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
  };
}
