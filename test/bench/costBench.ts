// `cost`: what of a sample's prompts comes from the cache after each agent's first turn, and what they cost; then the same with
// one lever left out at a time.
import { readFile } from 'node:fs/promises';
import type Anthropic from '@anthropic-ai/sdk';
import { toMessagesRequest } from '../../src/adapters/models/anthropicRequest';
import { Conversation } from '../../src/agent/conversation';
import { systemPrompt } from '../../src/agent/prompts/prompts';
import { codingTools } from '../../src/agent/tools/toolSet';
import { costUsd, promptRoom, type Usage } from '../../src/core/models/models';
import { knownProviders } from '../../src/core/models/providers';
import { logNormal, mulberry32 } from './chance';
import type { BenchOptions } from './options';
import { PromptCache } from './promptCache';
import type { Tell } from './results';

/** One call of a tool, by what it put in and what came back. */
export interface SampleTurn {
  readonly tool: string;
  readonly input: unknown;
  readonly result: string;
}
/** One conversation an agent, each begun by its assignment. */
export interface Sample {
  readonly conversations: readonly { readonly assignment: string; readonly turns: readonly SampleTurn[] }[];
}

const model = 'haiku';
const tools = codingTools.map(({ spec }) => spec);
const shared = systemPrompt.length + JSON.stringify(tools).length;

/** What can be left out, each by itself. */
export const levers = ['one beginning', 'first alone', 'marks', 'clearing'] as const;
export type Lever = (typeof levers)[number];

export interface Spent {
  /** Of the input tokens after each conversation's first turn, the share that came from the cache. */
  readonly fromCache: number;
  readonly usd: number;
}

export async function costBench({ data }: BenchOptions, tell: Tell): Promise<void> {
  const sample: Sample = data === undefined ? madeSample() : JSON.parse(await readFile(data, 'utf8'));
  const all = spend(sample);
  for (const lever of [undefined, ...levers]) {
    const { fromCache, usd } = spend(sample, lever);
    tell({
      bench: 'cost',
      data: data ?? 'made',
      agents: sample.conversations.length,
      policy: lever === undefined ? 'all levers' : `no ${lever}`,
      mean: round(usd / all.usd),
      p95: round(usd / all.usd),
      worst: round(usd / all.usd),
      cases: 1,
      fromCache: round(fromCache),
      usd: round(usd),
    });
  }
}

/** Plays the conversations side by side, a turn of each after the other. */
export function spend({ conversations }: Sample, without?: Lever): Spent {
  const cache = new PromptCache();
  const room = without === 'clearing' ? Number.POSITIVE_INFINITY : promptRoom(model);
  const agents = conversations.map(({ assignment, turns }) => ({
    talk: new Conversation(assignment, shared, room),
    turns,
  }));
  const later: Usage[] = [];
  let usd = 0;
  const longest = Math.max(...conversations.map(({ turns }) => turns.length));
  for (let at = 0; at < longest; at++) {
    const writes: (() => void)[] = [];
    agents.forEach(({ talk, turns }, k) => {
      const turn = turns[at];
      if (!turn) return;
      talk.makeRoom();
      const system = without === 'one beginning' ? `You are agent ${k}. ${systemPrompt}` : systemPrompt;
      const request = { system, tools, messages: talk.messages, maxOutputTokens: 32_000 };
      const body = toMessagesRequest('m', request);
      const { usage, write } = cache.ask(without === 'marks' ? onlyFirstMark(body) : body);
      usd += costUsd(model, usage, knownProviders) ?? 0;
      if (at > 0) later.push(usage);
      // Of calls that go together none finds what the others have just begun to have read.
      if (at === 0 && (k === 0 ? without === 'first alone' : true)) writes.push(write);
      else write();
      const call = { type: 'toolCall' as const, id: `${k}-${at}`, name: turn.tool, input: turn.input };
      talk.answered([call], usage);
      talk.tell([{ type: 'toolResult', callId: call.id, content: turn.result, isError: false }]);
    });
    for (const write of writes) write();
  }
  const sum = (of: (usage: Usage) => number) => later.reduce((total, usage) => total + of(usage), 0);
  const read = sum((usage) => usage.cacheReadTokens);
  return { fromCache: read / sum((u) => u.inputTokens + u.cacheReadTokens + u.cacheWriteTokens), usd };
}

/** As it would be without those of the conversation. */
function onlyFirstMark(body: Anthropic.MessageCreateParamsStreaming): Anthropic.MessageCreateParamsStreaming {
  return JSON.parse(JSON.stringify(body), (key, value) =>
    key === 'content' && Array.isArray(value) ? value.map(({ cache_control: _, ...block }) => block) : value,
  );
}

/** Five agents of 100 turns, most of which read and some of which write: results of 6,000 characters on average. */
export function madeSample(): Sample {
  const next = mulberry32(11);
  const text = (length: number) => 'abcdefg '.repeat(Math.ceil(length / 8)).slice(0, length);
  return {
    conversations: Array.from({ length: 5 }, (_, k) => ({
      assignment: `# Feature ${k + 1}: one of five\n\n${text(1_500)}`,
      turns: Array.from({ length: 100 }, (_, at) => {
        const isEdit = at % 4 === 3;
        const length = Math.min(30_000, Math.round(logNormal(next, 0.9, 6_000)));
        return {
          tool: isEdit ? 'edit_file' : 'read_file',
          input: { path: `src/${at}.ts`, ...(isEdit && { edits: [{ old: text(200), new: text(600) }] }) },
          result: isEdit ? `Edited src/${at}.ts: 1 edit.` : text(length),
        };
      }),
    })),
  };
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
