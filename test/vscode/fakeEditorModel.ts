// A model as an editor hands it to extensions, with answers of the test's own, and the words that the editor's API has for
// them; for tests outside of an editor.
import { EventEmitter, once } from 'node:events';
import type * as vscode from 'vscode';
import type { TurnParts } from '../../src/vscode/editorTurn';
import type { FakeContent } from '../support/fakeMessagesApi';

class Text {
  constructor(public value: string) {}
}

class ToolCall {
  constructor(
    public callId: string,
    public name: string,
    public input: object,
  ) {}
}

class ToolResult {
  constructor(
    public callId: string,
    public content: unknown[],
  ) {}
}

class Message {
  readonly name = undefined;
  constructor(
    public role: vscode.LanguageModelChatMessageRole,
    public content: vscode.LanguageModelChatMessage['content'],
  ) {}

  static User(content: string | Message['content']): Message {
    return new Message(1, typeof content === 'string' ? [new Text(content)] : content);
  }

  static Assistant(content: string | Message['content']): Message {
    return new Message(2, typeof content === 'string' ? [new Text(content)] : content);
  }
}

class TokenSource {
  readonly #events = new EventEmitter();
  readonly token = {
    isCancellationRequested: false,
    onCancellationRequested: (listener: (event: unknown) => unknown) => {
      this.#events.on('cancel', listener);
      return { dispose: () => this.#events.off('cancel', listener) };
    },
  };

  cancel(): void {
    if (this.token.isCancellationRequested) return;
    this.token.isCancellationRequested = true;
    this.#events.emit('cancel', undefined);
  }

  dispose(): void {}
}

export const fakeParts = {
  CancellationTokenSource: TokenSource,
  LanguageModelChatMessage: Message,
  LanguageModelTextPart: Text,
  LanguageModelToolCallPart: ToolCall,
  LanguageModelToolResultPart: ToolResult,
} as unknown as TurnParts; // their private parts are the editor's own

type Asked = readonly [messages: readonly Message[], options: vscode.LanguageModelChatRequestOptions];
type Answer = { readonly parts: readonly unknown[]; readonly end: 'whole' | 'hang' | Error };

export interface FakeEditorModel {
  readonly model: vscode.LanguageModelChat;
  readonly requests: Asked[];
  /** Each is the answer to one request, in order; an error is thrown when it is asked. */
  answer(...answers: readonly (readonly FakeContent[] | Error)[]): void;
  /** Says these words and then nothing, whatever it is told, or throws `end`. */
  begin(words: string, end: 'hang' | Error): void;
  /** Resolves when a request was cancelled. */
  readonly cancelled: Promise<unknown>;
}

export function createFakeEditorModel(): FakeEditorModel {
  const answers: (Answer | Error)[] = [];
  const requests: Asked[] = [];
  const events = new EventEmitter();
  const sendRequest = async (
    messages: readonly Message[],
    options: vscode.LanguageModelChatRequestOptions,
    token: vscode.CancellationToken,
  ) => {
    requests.push([messages, options]);
    token.onCancellationRequested(() => events.emit('cancelled'));
    const answer = answers.shift() ?? new Error('the test has no answer');
    if (answer instanceof Error) throw answer;
    return { stream: stream(answer), text: stream(answer) };
  };
  const model = {
    name: 'Big',
    id: 'big-1',
    vendor: 'test',
    family: 'big',
    version: '1',
    maxInputTokens: 8000,
    sendRequest,
    countTokens: async (text: string) => (text === 'I look.' ? 7 : 11),
  } as unknown as vscode.LanguageModelChat; // its messages are ours
  return {
    model,
    requests,
    answer: (...more) =>
      answers.push(
        ...more.map((one) => (one instanceof Error ? one : { parts: partsOf(one), end: 'whole' as const })),
      ),
    begin: (words, end) => answers.push({ parts: [new Text(words)], end }),
    cancelled: once(events, 'cancelled'),
  };
}

/** What is neither words nor a call is of other versions of the editor. */
function partsOf(content: readonly FakeContent[]): readonly unknown[] {
  return content.map((one) => {
    if ('text' in one) return new Text(one.text);
    return 'tool' in one ? new ToolCall(one.id, one.tool, JSON.parse(one.json || '{}')) : one;
  });
}

async function* stream({ parts, end }: Answer): AsyncIterable<unknown> {
  yield* parts;
  if (end instanceof Error) throw end;
  if (end === 'hang') await new Promise<never>(() => {});
}
