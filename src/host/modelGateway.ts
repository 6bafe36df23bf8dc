// The host's own way to models: over the network with the keys that it was given, or through a client that offers one.
import { openModel } from '../adapters/models/protocols';
import { agentIn } from '../core/models/agents';
import { isOffline, type ModelName, modelOf, type Usage } from '../core/models/models';
import { providerOf, titleOf } from '../core/models/providers';
import type { Proxies } from '../core/shared/proxies';
import { ok, type Result, refuse } from '../core/shared/result';
import type { Assignment } from '../ports/coordinator';
import { Failure } from '../ports/failure';
import type { ModelProvider, StopReason } from '../ports/models';
import type { Allowance } from './allowance';
import type { OfferedModels } from './offeredModels';

export interface ModelQuestion {
  readonly system: string;
  readonly prompt: string;
  readonly maxOutputTokens: number;
}

export interface ModelAnswer {
  readonly text: string;
  readonly stop: StopReason;
  readonly usage: Usage;
}

type Endpoint = NonNullable<Assignment['endpoint']>;

export class ModelGateway {
  constructor(
    private readonly allowance: Allowance,
    private readonly offered: OfferedModels,
    private readonly proxies: () => Proxies,
  ) {}

  /** How a worker is to ask it; undefined where its key is wanting. */
  async endpoint(model: ModelName): Promise<Assignment['endpoint']> {
    const endpoint = await this.allowance.endpoint(modelOf(model).provider);
    return endpoint && this.#completed(endpoint, model);
  }

  /** Throws `Failure` `unauthorized` where its key is wanting, and `refused` for what is no model of a service. */
  async open(model: ModelName): Promise<ModelProvider> {
    if (isOffline(model) || agentIn(model) !== undefined)
      throw new Failure('refused', `"${model}" is no model that can be asked by itself`);
    const { provider } = modelOf(model);
    const endpoint = this.allowance.endpointNow(provider);
    if (endpoint === undefined)
      throw new Failure('unauthorized', `there is no key for ${titleOf(provider, this.allowance.providers)}`);
    const how = this.#completed(endpoint, model);
    return how.kind === 'client' ? this.offered.open(model) : openModel(model, how);
  }

  /** One question, outside of any attempt; nothing is tried again. Rejects with a `Failure` as `ModelProvider.runTurn` does. */
  async ask(
    model: ModelName,
    { system, prompt, maxOutputTokens }: ModelQuestion,
    signal: AbortSignal,
  ): Promise<ModelAnswer> {
    const provider = await this.open(model);
    const messages = [{ role: 'user' as const, content: [{ type: 'text' as const, text: prompt }] }];
    for await (const event of provider.runTurn({ system, tools: [], messages, maxOutputTokens }, signal)) {
      if (event.type !== 'turn') continue;
      const text = event.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');
      return { text, stop: event.stop, usage: event.usage };
    }
    throw new Failure('badResponse', 'the stream ended without a turn');
  }

  /** Whether a model answers at all. Refuses with the service's own words. */
  async try(model: ModelName, signal: AbortSignal): Promise<Result<{ text: string }>> {
    try {
      const { text } = await this.ask(model, trial, signal);
      return ok({ text });
    } catch (error) {
      if (!Failure.is(error)) throw error;
      return refuse('badInput', error.message);
    }
  }

  /** Why a run cannot be begun with it; undefined where it can, or each feature chooses its own. */
  whyNotOffered(model: ModelName | undefined): string | undefined {
    if (model === undefined || agentIn(model) !== undefined) return undefined;
    const provider = providerOf(modelOf(model).provider, this.allowance.providers);
    const why = provider?.kind === 'client' ? this.offered.whyNot(model) : undefined;
    return (
      why && `${why}. Open the folder there and start the run from that window, or choose another model.`
    );
  }

  /** What the user says of a window goes above what the client does. */
  #completed(endpoint: Endpoint, model: ModelName): Endpoint {
    if (endpoint.kind !== 'client') return { ...endpoint, proxies: this.proxies() };
    const { contextTokens = this.offered.contextTokens(model) } = endpoint;
    return { kind: 'client', ...(contextTokens !== undefined && { contextTokens }) };
  }
}

/** As short as can be: somebody may have to pay for it. */
const trial: ModelQuestion = { system: 'Answer with one word.', prompt: 'Say: ready', maxOutputTokens: 200 };
