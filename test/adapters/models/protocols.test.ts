// A provider is one entry: what only the registry, or the user's settings, say of it is enough for its models to be asked.
import { strict as assert } from 'node:assert';
import { openBy, openModel, protocols } from '../../../src/adapters/models/protocols';
import type { ModelName } from '../../../src/core/models/models';
import { knownProviders, serviceOf } from '../../../src/core/models/providers';
import { readProviders } from '../../../src/core/settings/providerSettings';
import type { ModelProvider } from '../../../src/ports/models';
import { apiKey, describeProvider, play } from '../../ports/modelConformance';
import { chatCompletions, messages } from '../../ports/modelDialects';
import { startFakeMessagesApi } from '../../support/fakeMessagesApi';

/** A model that is opened when it is asked. */
function opened(open: () => Promise<ModelProvider>): ModelProvider {
  return {
    async *runTurn(request, signal) {
      yield* (await open()).runTurn(request, signal);
    },
  };
}

/** As the settings would have it that name the provider. */
function named(model: ModelName, baseUrl: string): ModelProvider {
  const providers = readProviders({ mine: { baseUrl } }, assert.fail);
  const { kind } = serviceOf('mine', providers) ?? assert.fail('the entry was not taken');
  return opened(() => openModel(model, { kind, baseUrl, apiKey }));
}

describeProvider(
  'a provider that one entry of the settings names',
  chatCompletions((baseUrl) => named('mine/its-model', baseUrl)),
);

/** Spoken below another path, as a protocol of its own would be. */
const further = {
  ...protocols,
  further: {
    open: async (model, { baseUrl, ...endpoint }) =>
      protocols.anthropic.open(model, { ...endpoint, baseUrl: `${baseUrl}/further` }),
    keyCheck: protocols.anthropic.keyCheck,
  } satisfies (typeof protocols)['anthropic'],
};

describeProvider(
  'a provider whose protocol is one further row',
  messages((baseUrl) => opened(() => openBy(further, 'mine/m', { kind: 'further', baseUrl, apiKey }))),
);

describe('the registry of providers', () => {
  const dialects = { anthropic: messages, openai: chatCompletions };
  for (const id of Object.keys(knownProviders)) {
    const service = serviceOf(id, knownProviders);
    if (service === undefined) continue;
    it(`has all that is needed to ask ${service.title}`, async () => {
      const api = await startFakeMessagesApi();
      try {
        const create = (baseUrl: string) =>
          opened(() => openModel(`${id}/some/model:1`, { kind: service.kind, baseUrl, apiKey }));
        const { whole } = dialects[service.kind](create);
        api.answer(whole([{ text: 'I am here.' }]));
        assert.equal((await play(create(api.baseUrl))).words, 'I am here.');
        assert.equal(api.requests[0]?.body.model, 'some/model:1');
        assert.ok(JSON.stringify(api.requests[0]?.headers).includes(apiKey));
      } finally {
        await api.close();
      }
    });
  }
});
