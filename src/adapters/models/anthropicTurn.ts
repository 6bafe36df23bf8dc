// Gathers the events of one streamed answer of the Messages API into a turn.
import type Anthropic from '@anthropic-ai/sdk';
import type { AssistantBlock, ModelEvent, StopReason } from '../../ports/models';
import { parsedInput } from './toolInput';

type Turn = Extract<ModelEvent, { readonly type: 'turn' }>;

interface OpenBlock {
  readonly block: Anthropic.ContentBlock;
  /** What its deltas brought so far. */
  text: string;
  signature: string;
}

/** Takes one answer's events in order; `turn` is there once the service said that the answer is whole. */
export class AnthropicTurn {
  private readonly blocks = new Map<number, OpenBlock>();
  private readonly counted = {
    input_tokens: 0,
    output_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
  };
  private stopReason: Anthropic.StopReason | null = null;
  private refusal: string | null = null;
  private isWhole = false;

  /** The words that the event adds to the live log, if any. */
  take(event: Anthropic.RawMessageStreamEvent): string | undefined {
    switch (event.type) {
      case 'message_start':
        this.count(event.message.usage);
        return undefined;
      case 'content_block_start':
        this.blocks.set(event.index, { block: event.content_block, text: '', signature: '' });
        return undefined;
      case 'content_block_delta':
        return this.extend(event.index, event.delta);
      case 'message_delta':
        this.count(event.usage);
        this.stopReason = event.delta.stop_reason;
        this.refusal = event.delta.stop_details?.explanation ?? null;
        return undefined;
      case 'message_stop':
        this.isWhole = true;
        return undefined;
      default:
        return undefined; // the API may add events; its rules ask clients to skip what they do not know
    }
  }

  /** Undefined while the end has not been seen: half an answer is none. */
  turn(): Turn | undefined {
    if (!this.isWhole || this.stopReason === null) return undefined;
    const content = [...this.blocks.values()].flatMap(close);
    if (this.refusal !== null) content.push({ type: 'text', text: this.refusal });
    const { input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens } =
      this.counted;
    return {
      type: 'turn',
      content,
      stop: stopOf(this.stopReason),
      usage: {
        inputTokens: input_tokens,
        outputTokens: output_tokens,
        cacheReadTokens: cache_read_input_tokens,
        cacheWriteTokens: cache_creation_input_tokens,
      },
    };
  }

  private extend(index: number, delta: Anthropic.RawContentBlockDelta): string | undefined {
    const open = this.blocks.get(index);
    if (open === undefined) return undefined;
    switch (delta.type) {
      case 'text_delta':
        open.text += delta.text;
        return delta.text;
      case 'thinking_delta':
        open.text += delta.thinking;
        return delta.thinking;
      case 'input_json_delta':
        open.text += delta.partial_json;
        return undefined;
      case 'signature_delta':
        open.signature = delta.signature;
        return undefined;
      default:
        return undefined;
    }
  }

  /** The counts of a later event stand for the whole answer, not for what was added. */
  private count(usage: Anthropic.Usage | Anthropic.MessageDeltaUsage): void {
    for (const name of countNames) this.counted[name] = usage[name] ?? this.counted[name];
  }
}

const countNames = [
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
] as const;

function close({ block, text, signature }: OpenBlock): AssistantBlock[] {
  switch (block.type) {
    case 'text':
      return block.text + text === '' ? [] : [{ type: 'text', text: block.text + text }]; // an empty one is refused later
    case 'thinking': {
      const value = {
        type: 'thinking',
        thinking: block.thinking + text,
        signature: signature || block.signature,
      };
      return [{ type: 'opaque', value }];
    }
    case 'redacted_thinking':
      return [{ type: 'opaque', value: { type: 'redacted_thinking', data: block.data } }];
    case 'tool_use':
      return [
        {
          type: 'toolCall',
          id: block.id,
          name: block.name,
          input: text === '' ? block.input : parsedInput(text),
        },
      ];
    default:
      return []; // blocks of tools that run at the service, which we never offer
  }
}

function stopOf(reason: Anthropic.StopReason): StopReason {
  switch (reason) {
    case 'tool_use':
      return 'toolCalls';
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'cutShort';
    case 'refusal':
      return 'refused';
    case 'end_turn':
    case 'stop_sequence':
    case 'pause_turn':
      return 'done';
    default:
      return 'done'; // a reason newer than this version
  }
}
