// `throttle`: agents on one account with a quota, over real HTTP: how much of it they use, and whether they ask on one beat.
import { setTimeout as pause } from 'node:timers/promises';
import { createAnthropicProvider } from '../../src/adapters/models/anthropicProvider';
import { createNodeClock } from '../../src/adapters/system/nodeSystem';
import { Throttle } from '../../src/engine/throttle';
import { Failure } from '../../src/ports/failure';
import { mulberry32 } from './chance';
import type { BenchOptions } from './options';
import { type Quota, type QuotaService, startQuotaService } from './quotaService';
import type { Tell } from './results';

const features = 20;
const turnsEach = 6;
/** Five agents want about 17 answers a second. */
const quotas: Readonly<Record<string, Quota>> = {
  '8 answers a second': { answers: 8, everyMs: 1_000, kind: 'bucket', answerMs: 250 },
  '4 answers a second': { answers: 4, everyMs: 1_000, kind: 'bucket', answerMs: 250 },
  '40 answers in 5 s': { answers: 40, everyMs: 5_000, kind: 'window', answerMs: 250 },
};
/** What an agent does between two turns. */
const workMs = 40;
/** Refused calls that come again within so short a time of each other came on one beat. */
const beatMs = 15;

/** What stands between an agent and its next call. */
interface Pace {
  permit(agent: number): Promise<void>;
  succeeded(agent: number): void;
  /** @returns when it may ask for a permit again */
  limited(agent: number, failure: Failure): Promise<void>;
  dispose(): void;
}

export async function throttleBench({ agents = [5] }: BenchOptions, tell: Tell): Promise<void> {
  for (const many of agents)
    for (const [data, quota] of Object.entries(quotas)) {
      const policies = { 'one throttle': oneThrottle(many), 'each by itself': eachByItself() };
      for (const [policy, pace] of Object.entries(policies)) {
        const service = await startQuotaService(quota);
        const built = await build(many, service, pace);
        pace.dispose();
        await service.close();
        const { goodput, refused, lockStep } = judge(service, quota, built.ms);
        tell({
          bench: 'throttle',
          data,
          agents: many,
          policy,
          mean: goodput,
          p95: goodput,
          worst: goodput,
          cases: 1,
          goodput,
          refused,
          lockStep,
          lost: features - built.features,
          ms: Math.round(built.ms),
        });
      }
    }
}

/** All features, one conversation after another for each agent; what is refused is asked again. */
async function build(agents: number, service: QuotaService, pace: Pace) {
  const provider = createAnthropicProvider('m', { apiKey: 'k', baseUrl: service.baseUrl });
  const left = Array.from({ length: features }, (_, k) => k);
  let done = 0;
  const began = performance.now();
  const work = async (agent: number) => {
    while (left.pop() !== undefined) {
      for (let turn = 0; turn < turnsEach; ) {
        await pace.permit(agent);
        const answer = await ask(provider, agent);
        if (answer instanceof Failure) {
          await pace.limited(agent, answer);
          continue;
        }
        pace.succeeded(agent);
        turn += 1;
        await pause(workMs);
      }
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: agents }, (_, k) => work(k + 1)));
  return { features: done, ms: performance.now() - began };
}

async function ask(provider: ReturnType<typeof createAnthropicProvider>, agent: number) {
  const request = {
    system: 's',
    tools: [],
    maxOutputTokens: 1,
    messages: [{ role: 'user' as const, content: [{ type: 'text' as const, text: `agent ${agent}` }] }],
  };
  try {
    for await (const _ of provider.runTurn(request, new AbortController().signal));
    return undefined;
  } catch (error) {
    if (Failure.is(error, 'rateLimited')) return error;
    throw error;
  }
}

function judge({ calls }: QuotaService, { answers, everyMs, kind }: Quota, ms: number) {
  const answered = calls.filter(({ wasRefused }) => !wasRefused).length;
  const refused = calls.length - answered;
  // The window that the end falls into is one as well: all of it was there to be had.
  const most = kind === 'bucket' ? answers / 4 + (answers * ms) / everyMs : answers * Math.ceil(ms / everyMs);
  // Of each agent's refusals, when it came again; two agents that come again together keep in step.
  const retries = calls
    .flatMap(({ agent, atMs, wasRefused }) =>
      wasRefused ? [calls.find((next) => next.agent === agent && next.atMs > atMs)?.atMs ?? 0] : [],
    )
    .sort((a, b) => a - b);
  const lockStep = retries.filter((at, k) => k > 0 && at - (retries[k - 1] ?? 0) < beatMs).length;
  return { goodput: Math.round((answered / most) * 1000) / 1000, refused, lockStep };
}

function oneThrottle(asked: number): Pace {
  const throttle = new Throttle({
    account: 'a',
    clock: createNodeClock(),
    asked: () => asked,
    tell: () => {},
    chance: { fraction: mulberry32(7), token: () => '' },
  });
  return {
    permit: (agent) => throttle.permit(agent, 'm'),
    succeeded: (agent) => throttle.succeeded(agent),
    limited: async (agent, { message, retryAfterMs }) =>
      void throttle.limited(agent, message, retryAfterMs === undefined ? {} : { retryAfterMs }),
    dispose: () => throttle.dispose(),
  };
}

/** As agents do that know of no other: the wait the service named, doubled with each refusal in a row. */
function eachByItself(): Pace {
  const refusals = new Map<number, number>();
  return {
    permit: async () => {},
    succeeded: (agent) => void refusals.delete(agent),
    async limited(agent, { retryAfterMs = 0 }) {
      const before = refusals.get(agent) ?? 0;
      refusals.set(agent, before + 1);
      await pause(Math.max(retryAfterMs, 500 * 2 ** before));
    },
    dispose: () => {},
  };
}
