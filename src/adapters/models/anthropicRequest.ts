// Puts a turn's request into the Messages API's words, with the marks that let the service reuse what it has read.
import type Anthropic from '@anthropic-ai/sdk';
import { isObject } from '../../core/shared/fields';
import type { AssistantBlock, Message, TurnRequest, UserBlock } from '../../ports/models';
import { inputObject } from './toolInput';

/** How many messages from the agent's side carry a cache mark: the newest to write, the one before it to be found. */
const markedMessages = 2;

const cacheMark = { cache_control: { type: 'ephemeral' } } as const;

/**
 * The mark behind the system text covers the tools before it, so all agents of a run share that part. The API looks back
 * at most 20 blocks from a mark, fewer than one turn's tool results can be, hence a mark on the message before, too.
 * No sampling settings, prefill or forced tool: 5.x models answer them with 400.
 */
export function toMessagesRequest(
  model: string,
  request: TurnRequest,
): Anthropic.MessageCreateParamsStreaming {
  const messages = request.messages.filter(({ content }) => content.length > 0); // an empty one is refused
  const userMessages = messages.filter(({ role }) => role === 'user');
  const marked = new Set(userMessages.slice(-markedMessages));
  return {
    model,
    max_tokens: request.maxOutputTokens,
    stream: true,
    thinking: { type: 'adaptive', display: 'summarized' },
    tools: request.tools.map(({ name, description, inputSchema }) => ({
      name,
      description,
      input_schema: { ...inputSchema, type: 'object' },
    })),
    system: [{ type: 'text', text: request.system, ...cacheMark }],
    messages: messages.map((message) => toParam(message, marked.has(message))),
  };
}

function toParam(message: Message, isMarked: boolean): Anthropic.MessageParam {
  if (message.role === 'assistant')
    return { role: 'assistant', content: message.content.map(toAssistantBlock) };
  const last = message.content.length - 1;
  return {
    role: 'user',
    content: message.content.map((block, at) => toUserBlock(block, isMarked && at === last)),
  };
}

function toUserBlock(block: UserBlock, isMarked: boolean): Anthropic.ContentBlockParam {
  const mark = isMarked ? cacheMark : {};
  if (block.type === 'text') return { type: 'text', text: block.text, ...mark };
  return {
    type: 'tool_result',
    tool_use_id: block.callId,
    content: block.content,
    is_error: block.isError,
    ...mark,
  };
}

function toAssistantBlock(block: AssistantBlock): Anthropic.ContentBlockParam {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.text };
    case 'toolCall': {
      return { type: 'tool_use', id: block.id, name: block.name, input: inputObject(block.input) };
    }
    case 'opaque':
      return asThinking(block.value);
    default:
      return block satisfies never;
  }
}

/** Only this adapter makes opaque blocks, and only of these two types. */
function asThinking(value: unknown): Anthropic.ThinkingBlockParam | Anthropic.RedactedThinkingBlockParam {
  if (isObject(value) && value.type === 'thinking') {
    return { type: 'thinking', thinking: String(value.thinking), signature: String(value.signature) };
  }
  if (isObject(value) && value.type === 'redacted_thinking')
    return { type: 'redacted_thinking', data: String(value.data) };
  throw new Error('An opaque block of another provider was handed to the Messages API.');
}
