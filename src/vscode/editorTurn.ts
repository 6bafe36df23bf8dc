// One turn of a model that the editor offers: our conversation in its words, and its answer in ours.
import type * as vscode from 'vscode';
import type { AskedTurn, ToldOfTurn } from '../client/modelOffer';

/** What of the editor's API a turn is made of. */
export type TurnParts = Pick<
  typeof vscode,
  | 'CancellationTokenSource'
  | 'LanguageModelChatMessage'
  | 'LanguageModelTextPart'
  | 'LanguageModelToolCallPart'
  | 'LanguageModelToolResultPart'
>;

type Block = Extract<ToldOfTurn, { type: 'turn' }>['content'][number];
type ToolCall = Extract<Block, { type: 'toolCall' }>;

/** Shown where the user is asked whether we may. */
const justification = 'Agents build the features of your backlog with it.';

/** May throw whatever the editor or the model's maker does; once `signal` fires it ends at once, whoever goes on. */
export async function* runEditorTurn(
  model: vscode.LanguageModelChat,
  request: AskedTurn,
  signal: AbortSignal,
  parts: TurnParts,
): AsyncIterable<ToldOfTurn> {
  const source = new parts.CancellationTokenSource();
  let leave = () => {};
  const stopped = new Promise<never>((_, reject) => {
    leave = () => {
      source.cancel();
      reject(new Error('stopped'));
    };
  });
  stopped.catch(() => undefined); // of no interest where nobody waits
  const unlessStopped = <T>(work: PromiseLike<T>): Promise<T> => Promise.race([work, stopped]);
  signal.addEventListener('abort', leave, { once: true });
  try {
    signal.throwIfAborted();
    const tools = request.tools.map(({ name, description, inputSchema }) => ({
      name,
      description,
      inputSchema,
    }));
    const messages = messagesOf(request, parts);
    const options = { justification, ...(tools.length > 0 && { tools }) };
    const response = await unlessStopped(model.sendRequest(messages, options, source.token));
    const stream = response.stream[Symbol.asyncIterator]();
    const calls: ToolCall[] = [];
    let words = '';
    let hasBegun = false;
    for (;;) {
      const next = await unlessStopped(stream.next());
      if (next.done) break;
      if (!hasBegun) yield { type: 'begun' };
      hasBegun = true;
      const { value: part } = next;
      if (part instanceof parts.LanguageModelTextPart) {
        words += part.value;
        yield { type: 'text', text: part.value };
      } else if (part instanceof parts.LanguageModelToolCallPart) calls.push(callOf(part, calls));
    }
    const content: Block[] = [...(words === '' ? [] : [{ type: 'text' as const, text: words }]), ...calls];
    const count = (text: string) => unlessStopped(tokensOf(model, text, source.token));
    const [inputTokens, outputTokens] = await Promise.all([
      count(promptText(request)),
      count(textOf(content)),
    ]);
    yield {
      type: 'turn',
      content,
      stop: calls.length > 0 ? 'toolCalls' : 'done',
      usage: { inputTokens, outputTokens, cacheReadTokens: 0, cacheWriteTokens: 0 },
    };
  } finally {
    signal.removeEventListener('abort', leave);
    source.cancel(); // who has not read it to its end wants no more of it
    source.dispose();
  }
}

/** There is no role for the rules: they are the first that the user says. */
function messagesOf({ system, messages }: AskedTurn, parts: TurnParts): vscode.LanguageModelChatMessage[] {
  const { LanguageModelChatMessage: Message } = parts;
  const told = messages.flatMap((message) => {
    if (message.role === 'assistant') {
      const content = message.content.map((block) => assistantPart(block, parts));
      return content.length > 0 ? [Message.Assistant(content)] : []; // an empty one is refused
    }
    return [
      Message.User(
        message.content.map((block) =>
          block.type === 'text'
            ? new parts.LanguageModelTextPart(block.text)
            : new parts.LanguageModelToolResultPart(block.callId, [
                new parts.LanguageModelTextPart(block.isError ? `Error: ${block.content}` : block.content),
              ]),
        ),
      ),
    ];
  });
  return [Message.User(system), ...told];
}

function assistantPart(
  block: Block,
  parts: TurnParts,
): vscode.LanguageModelTextPart | vscode.LanguageModelToolCallPart {
  switch (block.type) {
    case 'text':
      return new parts.LanguageModelTextPart(block.text);
    case 'toolCall':
      return new parts.LanguageModelToolCallPart(block.id, block.name, inputOf(block.input));
    case 'opaque':
      throw new Error("An opaque block of another provider was handed to the editor's models.");
    default:
      return block satisfies never;
  }
}

/** Some makers leave the ids of calls away, or give each the same. */
function callOf(
  { callId, name, input }: vscode.LanguageModelToolCallPart,
  before: readonly ToolCall[],
): ToolCall {
  const isGood = callId !== '' && before.every(({ id }) => id !== callId);
  return { type: 'toolCall', id: isGood ? callId : `${callId}#${before.length + 1}`, name, input };
}

/** Makers take back objects only; what was no JSON is shown to the model as the text it was. */
function inputOf(input: unknown): object {
  return typeof input === 'object' && input !== null && !Array.isArray(input)
    ? input
    : { not_json: String(input) };
}

/** By the model's own counting; 0 where it does not count. */
async function tokensOf(
  model: vscode.LanguageModelChat,
  text: string,
  token: vscode.CancellationToken,
): Promise<number> {
  try {
    const count = text === '' ? 0 : await model.countTokens(text, token);
    return Number.isFinite(count) && count > 0 ? Math.round(count) : 0;
  } catch {
    return 0;
  }
}

function promptText({ system, tools, messages }: AskedTurn): string {
  const told = messages.flatMap(({ content }): readonly Any[] => content);
  return [system, ...tools.map((tool) => JSON.stringify(tool)), textOf(told)].join('\n');
}

type Any = AskedTurn['messages'][number]['content'][number];

function textOf(content: readonly Any[]): string {
  return content
    .map((block) => {
      if (block.type === 'text') return block.text;
      return block.type === 'toolResult' ? block.content : JSON.stringify(block);
    })
    .join('\n');
}
