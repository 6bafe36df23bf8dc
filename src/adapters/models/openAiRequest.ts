// Puts a turn's request into the words of OpenAI's chat completions, as far as all that took them over understand them.
import type { AssistantBlock, Message, TurnRequest, UserBlock } from '../../ports/models';
import { inputObject } from './toolInput';

/** What a message of the model held beside words and calls, and wants back with them. */
export interface KeptFields {
  /** By call, what stood beside it: Gemini's signature of its thoughts, without which it refuses the next turn. */
  readonly calls: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** OpenRouter's, of the message itself. */
  readonly reasoning?: readonly unknown[];
}

/**
 * The system text and the tools stand first and are the same for all agents of a run: providers cache by prefix.
 * No bound on the answer's length: its name is not the same everywhere, and a bound above what a model can do is refused.
 */
export function toChatRequest(model: string, { system, tools, messages }: TurnRequest): object {
  return {
    model,
    stream: true,
    stream_options: { include_usage: true },
    tools: tools.map(({ name, description, inputSchema }) => ({
      type: 'function',
      function: { name, description, parameters: { ...inputSchema, type: 'object' } },
    })),
    messages: [{ role: 'system', content: system }, ...messages.flatMap(toParams)],
  };
}

function toParams({ role, content }: Message): readonly object[] {
  return role === 'assistant' ? toAssistant(content) : toUser(content);
}

/** Results go first: each has to follow the call that it answers. */
function toUser(content: readonly UserBlock[]): readonly object[] {
  const results = content.flatMap((block) =>
    block.type === 'toolResult'
      ? [{ role: 'tool', tool_call_id: block.callId, content: resultText(block) }]
      : [],
  );
  const text = content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n\n');
  return text === '' ? results : [...results, { role: 'user', content: text }];
}

/** There is no other sign for a call that failed. */
function resultText({ content, isError }: Extract<UserBlock, { type: 'toolResult' }>): string {
  return isError ? `Error: ${content}` : content;
}

function toAssistant(content: readonly AssistantBlock[]): readonly object[] {
  const text = content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n\n');
  const kept = content.flatMap((block) => (block.type === 'opaque' ? [asKept(block.value)] : []))[0];
  const calls = content.flatMap((block) =>
    block.type === 'toolCall'
      ? [
          {
            id: block.id,
            type: 'function',
            ...kept?.calls[block.id],
            function: { name: block.name, arguments: JSON.stringify(inputObject(block.input)) },
          },
        ]
      : [],
  );
  if (text === '' && calls.length === 0) return []; // an empty one is refused
  return [
    {
      role: 'assistant',
      content: text === '' ? null : text,
      ...(calls.length > 0 && { tool_calls: calls }),
      ...(kept?.reasoning && { reasoning_details: kept.reasoning }),
    },
  ];
}

function asKept(value: unknown): KeptFields {
  if (typeof value === 'object' && value !== null && 'calls' in value) return value as KeptFields;
  throw new Error('An opaque block of another provider was handed to chat completions.');
}
