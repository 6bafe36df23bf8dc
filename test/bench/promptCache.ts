// What a service that caches prompts reads from its cache, by the Messages API's rules: prefixes that end at a mark, found by
// looking back from marks, of some length at least.
import { createHash } from 'node:crypto';
import type Anthropic from '@anthropic-ai/sdk';
import type { Usage } from '../../src/core/models/models';

const charactersOfToken = 4;
/** Blocks that are looked back from a mark. */
const lookBack = 20;
const shortestTokens = 1024;

interface Block {
  readonly tokens: number;
  readonly isMarked: boolean;
  /** Of all blocks up to and with this one. */
  readonly hash: string;
}

export class PromptCache {
  readonly #kept = new Set<string>();

  /** What a call reads and writes; others find the latter after `write`. */
  ask(body: Anthropic.MessageCreateParamsStreaming): { readonly usage: Usage; readonly write: () => void } {
    const blocks = blocksOf(body);
    let sum = 0;
    const ends = blocks.map(({ tokens }) => {
      sum += tokens;
      return sum;
    });
    const marks = blocks.flatMap(({ isMarked }, at) =>
      isMarked && (ends[at] ?? 0) >= shortestTokens ? [at] : [],
    );
    const found = Math.max(
      -1,
      ...marks.flatMap((mark) =>
        blocks.flatMap(({ hash }, at) =>
          at <= mark && mark - at < lookBack && this.#kept.has(hash) ? [at] : [],
        ),
      ),
    );
    const total = ends.at(-1) ?? 0;
    const read = found < 0 ? 0 : (ends[found] ?? 0);
    const marked = ends[marks.at(-1) ?? -1] ?? 0;
    const written = Math.max(0, marked - read);
    return {
      usage: {
        inputTokens: total - read - written,
        outputTokens: 0,
        cacheReadTokens: read,
        cacheWriteTokens: written,
      },
      write: () => {
        for (const mark of marks) this.#kept.add(blocks[mark]?.hash ?? '');
      },
    };
  }
}

function blocksOf({
  tools = [],
  system = [],
  messages,
}: Anthropic.MessageCreateParamsStreaming): readonly Block[] {
  const said = messages.flatMap(({ role, content }) => {
    const blocks: readonly object[] = typeof content === 'string' ? [{ text: content }] : content;
    return blocks.map((block) => ({ role, ...block }));
  });
  const first: readonly object[] = typeof system === 'string' ? [{ system }] : system;
  const parts: readonly object[] = [...tools, ...first, ...said];
  const hash = createHash('sha256');
  return parts.map((part) => {
    const { cache_control, ...plain } = part as { readonly cache_control?: unknown };
    const text = JSON.stringify(plain);
    hash.update(text);
    return {
      tokens: Math.ceil(text.length / charactersOfToken),
      isMarked: cache_control !== undefined,
      hash: hash.copy().digest('hex'),
    };
  });
}
