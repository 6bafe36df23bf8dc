// Gathers the chunks of one streamed chat completion into a turn.
import { type Fields, fieldsOf } from '../../core/shared/fields';
import type { AssistantBlock, ModelEvent, StopReason } from '../../ports/models';
import type { KeptFields } from './openAiRequest';
import { parsedInput } from './toolInput';

type Turn = Extract<ModelEvent, { readonly type: 'turn' }>;

interface OpenCall {
  id: string;
  name: string;
  /** What its pieces brought so far. */
  json: string;
  readonly beside: Record<string, unknown>;
}

/** Takes one answer's chunks in order; `turn` is there once the service said why the answer ends. */
export class OpenAiTurn {
  readonly #calls = new Map<number, OpenCall>();
  readonly #reasoning: unknown[] = [];
  #text = '';
  #refusal = '';
  #usage: Fields = {};
  #finish: string | undefined;

  /**
   * @param ids of all calls of this conversation so far, to which this turn's are added: some services give none, and some
   *   count them anew in every turn, which would not tell the turns' results apart
   */
  constructor(private readonly ids: Set<string>) {}

  /** The words that the chunk adds to the live log, if any. */
  take(chunk: unknown): string | undefined {
    const { choices, usage } = fieldsOf(chunk);
    // In the last chunk, or in each with what there is so far.
    if (typeof usage === 'object' && usage !== null) this.#usage = fieldsOf(usage);
    const choice = fieldsOf(Array.isArray(choices) ? choices[0] : undefined);
    if (typeof choice.finish_reason === 'string') this.#finish = choice.finish_reason;
    const delta = fieldsOf(choice.delta ?? choice.message);
    const { content, refusal, tool_calls, reasoning_details } = delta;
    if (typeof refusal === 'string') this.#refusal += refusal;
    if (Array.isArray(reasoning_details)) this.#reasoning.push(...reasoning_details);
    if (Array.isArray(tool_calls)) tool_calls.forEach((call, at) => void this.#extend(fieldsOf(call), at));
    if (typeof content === 'string') this.#text += content;
    return [delta.reasoning_content ?? delta.reasoning, content, refusal]
      .filter((words) => typeof words === 'string')
      .join('');
  }

  /** Undefined while the end has not been seen: half an answer is none. */
  turn(): Turn | undefined {
    if (this.#finish === undefined) return undefined;
    const calls = [...this.#calls.values()].filter(({ name }) => name !== '');
    for (const call of calls) {
      for (let n = this.ids.size + 1; call.id === '' || this.ids.has(call.id); n++) call.id = `call_${n}`;
      this.ids.add(call.id);
    }
    const words = this.#text + this.#refusal;
    const content: AssistantBlock[] = words === '' ? [] : [{ type: 'text', text: words }];
    const kept = this.#kept(calls);
    if (kept !== undefined) content.push({ type: 'opaque', value: kept });
    for (const { id, name, json } of calls)
      content.push({ type: 'toolCall', id, name, input: json.trim() === '' ? {} : parsedInput(json) });
    const stop = this.#refusal === '' ? stopOf(this.#finish, calls.length > 0) : 'refused';
    return { type: 'turn', content, stop, usage: usageOf(this.#usage) };
  }

  /** @param at its place in the chunk, for services that number none: those send each call whole */
  #extend(call: Fields, at: number): void {
    const { index = this.#calls.size + at, id, type: _, function: called, ...beside } = call;
    const { name, arguments: json } = fieldsOf(called);
    const place = typeof index === 'number' ? index : at;
    const open = this.#calls.get(place) ?? { id: '', name: '', json: '', beside: {} };
    this.#calls.set(place, open);
    if (typeof id === 'string') open.id ||= id;
    if (typeof name === 'string') open.name ||= name;
    if (typeof json === 'string') open.json += json;
    else if (typeof json === 'object' && json !== null) open.json = JSON.stringify(json);
    Object.assign(open.beside, beside);
  }

  #kept(calls: readonly OpenCall[]): KeptFields | undefined {
    const beside = calls.filter((call) => Object.keys(call.beside).length > 0);
    if (beside.length === 0 && this.#reasoning.length === 0) return undefined;
    return {
      calls: Object.fromEntries(beside.map((call) => [call.id, call.beside])),
      ...(this.#reasoning.length > 0 && { reasoning: this.#reasoning }),
    };
  }
}

/** Some say `stop` also where they call tools. */
function stopOf(reason: string, hasCalls: boolean): StopReason {
  switch (reason) {
    case 'length':
      return 'cutShort';
    case 'content_filter':
      return 'refused';
    default:
      return hasCalls ? 'toolCalls' : 'done';
  }
}

/** Thoughts are paid for as output; not all count them with the rest of it, but all do in the total. */
function usageOf({
  prompt_tokens,
  completion_tokens,
  total_tokens,
  prompt_tokens_details,
}: Fields): Turn['usage'] {
  const prompt = amount(prompt_tokens);
  const cached = Math.min(prompt, amount(fieldsOf(prompt_tokens_details).cached_tokens));
  const outputTokens = Math.max(amount(completion_tokens), amount(total_tokens) - prompt);
  return { inputTokens: prompt - cached, outputTokens, cacheReadTokens: cached, cacheWriteTokens: 0 };
}

function amount(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}
