// A model behind real HTTP that plays a sample's offline script, and keeps its own record of what it was asked.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { chatStreamed } from './chatCompletions';
import {
  type FakeContent,
  type FakeMessagesApi,
  type RecordedRequest,
  startFakeMessagesApi,
  streamed,
} from './fakeMessagesApi';

interface Turn {
  readonly say?: string;
  readonly tool?: string;
  readonly input?: unknown;
  readonly delayMs?: number;
}

/** One question to the model. */
export interface Asked {
  readonly feature: string;
  /** Counts conversations about this feature from 1. */
  readonly conversation: number;
  readonly turn: number;
  readonly atMs: number;
}

export interface ScriptedModel extends FakeMessagesApi {
  readonly asked: readonly Asked[];
}

/** The way it is spoken to: Anthropic's, or OpenAI's. */
type Speech = 'messages' | 'chat';

export async function startScriptedModel(
  sampleDir: string,
  speech: Speech = 'messages',
): Promise<ScriptedModel> {
  const script: Record<string, Turn[] | Turn[][]> = JSON.parse(
    await readFile(path.join(sampleDir, 'offline-script.json'), 'utf8'),
  );
  const asked: Asked[] = [];
  const conversations = new Map<string, number>();
  const api = await startFakeMessagesApi(async (request) => {
    if (request.path.endsWith('/models'))
      return { kind: 'page', status: 200, contentType: 'application/json', body: '{"data":[]}' };
    const feature = featureOf(request);
    const turn = request.body.messages.filter((m) => m.role === 'assistant').length;
    if (turn === 0) conversations.set(feature, (conversations.get(feature) ?? 0) + 1);
    const conversation = conversations.get(feature) ?? 1;
    asked.push({ feature, conversation, turn, atMs: Date.now() });
    const next = turnsOf(script[feature], conversation)[turn];
    if (next?.delayMs) await pause(next.delayMs);
    const content: FakeContent[] = [{ text: next?.say ?? '…' }];
    if (next?.tool !== undefined) {
      content.push({ tool: next.tool, id: `call_${turn}`, json: JSON.stringify(next.input ?? {}) });
    }
    if (speech === 'chat') return chatStreamed(content);
    return streamed(content, { stop: next?.tool === undefined ? 'end_turn' : 'tool_use' });
  });
  return { ...api, asked };
}

function featureOf({ body }: RecordedRequest): string {
  const { content = '' } = body.messages.find(({ role }) => role === 'user') ?? {};
  const text = typeof content === 'string' ? content : String(content[0]?.text ?? '');
  return /^# Feature \d+: (.*)$/m.exec(text)?.[1] ?? 'unknown';
}

function turnsOf(turns: Turn[] | Turn[][] | undefined, conversation: number): readonly Turn[] {
  if (!turns) return [];
  const attempts = Array.isArray(turns[0]) ? (turns as Turn[][]) : [turns as Turn[]];
  return attempts[Math.min(conversation, attempts.length) - 1] ?? [];
}
