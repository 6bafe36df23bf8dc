// What the model is shown of its own work so far, kept within what it can read.
import type { Usage } from '../core/models/models';
import type { AssistantBlock, Message, UserBlock } from '../ports/models';
import { capHead } from './tools/capText';

/** Characters of a token at the least, to be sure when something is added, and at the most, when it is taken away. */
const fewestPerToken = 3;
const mostPerToken = 4;
/** The newest results may keep this share of the room; older ones go, so that it is long before there is need again. */
const keptShare = 0.3;
/** A shorter result is not worth an unread beginning of the conversation. */
const shortestCleared = 400;
/** A window that was learnt from a refusal is taken for no smaller: the rules and tools alone need some thousand tokens. */
const smallestRoom = 12_000;
/** Of the work so far, told in short: characters of all of it, and of the words of one turn. */
const maxDigest = 12_000;
const maxText = 300;

type ToolResult = Extract<UserBlock, { type: 'toolResult' }>;

export class Conversation {
  #messages: Message[];
  /** What was done in turns that are no longer there, a line each. */
  readonly #digest: string[] = [];
  #tokens: number;
  #hasShortened = false;

  /**
   * @param assignment the first message; it always stays
   * @param before characters of what every request begins with
   * @param room tokens that a prompt may have
   */
  constructor(
    private readonly assignment: string,
    before: number,
    private room: number,
  ) {
    this.#messages = [userMessage([{ type: 'text', text: assignment }])];
    this.#tokens = (before + assignment.length) / fewestPerToken;
  }

  get messages(): readonly Message[] {
    return [...this.#messages];
  }

  /** The model's turn. What it counted is more than an estimate. */
  answered(content: readonly AssistantBlock[], usage: Usage): void {
    this.#messages.push({ role: 'assistant', content });
    const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens } = usage;
    const prompt = inputTokens + cacheReadTokens + cacheWriteTokens;
    const counted = prompt + outputTokens;
    const added = lengthOf(content) / fewestPerToken;
    // A service that counts nothing, or only what is new to it, is not believed.
    this.#tokens = prompt > this.#tokens / 4 ? counted : this.#tokens + added;
  }

  tell(content: readonly UserBlock[]): void {
    this.#messages.push(userMessage(content));
    this.#tokens += lengthOf(content) / fewestPerToken;
  }

  /** @returns whether anything had to go. Seldom, and then much: each time the service reads all anew from there on. */
  makeRoom(): 'none' | 'cleared' | 'shortened' {
    if (this.#tokens <= this.room) return 'none';
    this.#clearResults();
    if (this.#tokens <= this.room) return 'cleared';
    this.#shorten();
    return 'shortened';
  }

  /**
   * The service calls it too long, whatever we took its window for: all but the newest turn is told in short.
   * @returns false when that was done before, or there is nothing to leave out
   */
  tooLong(): boolean {
    if (this.#hasShortened || this.#messages.length < 3) return false;
    this.#hasShortened = true;
    this.room = Math.min(this.room, Math.max(smallestRoom, this.#tokens * 0.8));
    this.#shorten();
    return true;
  }

  /** The oldest results go first; the calls they answer stay, so that the model knows what it can ask again. */
  #clearResults(): void {
    let left = this.room * keptShare * fewestPerToken;
    const kept = [...this.#messages].reverse().map((message): Message => {
      if (message.role === 'assistant') return message;
      const content = [...message.content].reverse().map((block) => {
        if (block.type !== 'toolResult' || block.content.length < shortestCleared) return block;
        left -= block.content.length;
        return left >= 0 ? block : this.#without(block, clearedNote);
      });
      return userMessage(content.reverse());
    });
    this.#messages = kept.reverse();
  }

  #without(block: ToolResult, note: string): ToolResult {
    this.#tokens -= Math.max(0, block.content.length - note.length) / mostPerToken;
    return { ...block, content: note };
  }

  #shorten(): void {
    const [, ...turns] = this.#messages;
    const from = turns.findLastIndex(({ role }) => role === 'assistant');
    const past = turns.slice(0, Math.max(0, from));
    const newest = from < 0 ? turns : turns.slice(from);
    this.#digest.push(...digestOf(past));
    const told = digestText(this.#digest);
    const first = told === '' ? this.assignment : `${this.assignment}\n\n${told}`;
    this.#messages = [userMessage([{ type: 'text', text: first }]), ...newest];
    this.#clearTo(this.room * keptShare * fewestPerToken);
    this.#tokens =
      this.#messages.reduce((sum, { content }) => sum + lengthOf(content), 15_000) / fewestPerToken;
  }

  /** Cuts each result of the newest turn to its share of `characters`. */
  #clearTo(characters: number): void {
    const results = this.#messages.flatMap(({ role, content }) => (role === 'user' ? content : []));
    const share = Math.floor(characters / Math.max(1, results.length - 1));
    this.#messages = this.#messages.map((message, at) =>
      message.role === 'assistant' || at === 0
        ? message
        : userMessage(
            message.content.map((block) =>
              block.type === 'toolResult' ? { ...block, content: capHead(block.content, share) } : block,
            ),
          ),
    );
  }
}

/** In the place of a result that had to go. */
export const clearedNote =
  '[This result was taken out to make room. Call the tool again if you still need it, for a long file by lines.]';

function digestText(lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const shown: string[] = [];
  let left = maxDigest;
  for (const line of [...lines].reverse()) {
    left -= line.length;
    if (left < 0) break;
    shown.unshift(line);
  }
  const more = lines.length - shown.length;
  return [
    'You have been at work on this for a while. The conversation became too long, so what came before is told in short; ' +
      'what you changed is in your copy as you left it. Read again what you need.',
    ...(more > 0 ? [`- … ${more} earlier steps`] : []),
    ...shown,
  ].join('\n');
}

/** What the model said and did, turn by turn, with how each call went. */
function digestOf(messages: readonly Message[]): readonly string[] {
  const results = new Map<string, ToolResult>();
  const lines: string[] = [];
  for (const { role, content } of [...messages].reverse()) {
    if (role === 'user') {
      for (const block of content) if (block.type === 'toolResult') results.set(block.callId, block);
      continue;
    }
    for (const block of [...content].reverse()) {
      if (block.type === 'text' && block.text.trim() !== '')
        lines.unshift(`- You said: ${oneLine(block.text, maxText)}`);
      if (block.type === 'toolCall') lines.unshift(callLine(block.name, block.input, results.get(block.id)));
    }
  }
  return lines;
}

function callLine(name: string, input: unknown, result: ToolResult | undefined): string {
  const { path, command, query } =
    typeof input === 'object' && input !== null ? ({ ...(input as object) } as Fields) : {};
  const about = [path, command, query].find((value) => typeof value === 'string');
  const went =
    result === undefined ? 'not run' : result.isError ? `failed: ${oneLine(result.content, 200)}` : 'done';
  return `- ${name}${about === undefined ? '' : ` ${oneLine(String(about), 200)}`}: ${went}`;
}

type Fields = { readonly path?: unknown; readonly command?: unknown; readonly query?: unknown };

function oneLine(text: string, most: number): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length > most ? `${line.slice(0, most)}…` : line;
}

function userMessage(content: readonly UserBlock[]): Message {
  return { role: 'user', content };
}

function lengthOf(content: readonly (UserBlock | AssistantBlock)[]): number {
  return content.reduce((sum, block) => {
    if (block.type === 'text') return sum + block.text.length;
    return sum + (block.type === 'toolResult' ? block.content.length : JSON.stringify(block).length);
  }, 0);
}
