// The host's own way to models: a question outside of any attempt, over HTTP and through a client that offers the model.
import { strict as assert } from 'node:assert';
import { duplexPair } from 'node:stream';
import { answering, type ModelOffer } from '../../src/client/modelOffer';
import { Redactor } from '../../src/core/guardrails/redactor';
import { defaultMachineSettings } from '../../src/core/settings/machineSettings';
import { readProviders } from '../../src/core/settings/providerSettings';
import { defaultRunSettings } from '../../src/core/settings/runSettings';
import { ok } from '../../src/core/shared/result';
import { Allowance } from '../../src/host/allowance';
import { handleClient } from '../../src/host/handlers';
import { ModelGateway } from '../../src/host/modelGateway';
import { OfferedModels } from '../../src/host/offeredModels';
import { OutputRings } from '../../src/host/outputRings';
import { createConnection } from '../../src/hub/connection';
import { answerTurns } from '../../src/hub/modelTurns';
import { clientMethods } from '../../src/protocol/hubMethods';
import { SimulatedHost } from '../doubles/simulatedHost';
import { failureOf } from '../ports/modelConformance';
import { chatError, chatStreamed } from '../support/chatCompletions';
import { type FakeMessagesApi, startFakeMessagesApi } from '../support/fakeMessagesApi';

const usage = { inputTokens: 3, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 };
const question = { system: 'Be brief.', prompt: 'Ready?', maxOutputTokens: 100 };
const never = new AbortController().signal;

describe('the gateway to models', () => {
  let api: FakeMessagesApi;
  const cleanUp: (() => unknown)[] = [];
  beforeEach(async () => {
    api = await startFakeMessagesApi();
    cleanUp.push(() => api.close());
  });
  afterEach(async () => {
    for (const clean of cleanUp.splice(0)) await clean();
  });

  function open() {
    const providers = readProviders({ mine: { baseUrl: api.baseUrl, keyVariable: 'MINE' } }, () => {});
    const allowance = new Allowance(() => ({ ...defaultMachineSettings, providers }), new Redactor());
    const offered = new OfferedModels();
    return { allowance, offered, gateway: new ModelGateway(allowance, offered, () => ({ except: [] })) };
  }

  /** A client of a host of its own. */
  async function join(offer?: ModelOffer) {
    const { allowance, offered, gateway } = open();
    const host = await SimulatedHost.open({ backlog: [] });
    const [near, far] = duplexPair();
    const server = createConnection(far);
    handleClient(server, {
      engine: host.engine,
      outputs: new OutputRings(new Redactor()),
      loadBacklog: async () => ({ kind: 'none', file: '' }),
      judgeScript: async () => ok({}),
      judgeShell: () => ok({}),
      judgeCopies: async () => ok({}),
      judgeAgents: async () => ok({}),
      allowance,
      offered,
      models: gateway,
      goOn: async () => {},
      setEditing: async () => {},
    });
    const face = createConnection(near);
    cleanUp.push(() => face.dispose());
    answerTurns(
      face,
      answering(() => offer),
    );
    server.listen();
    face.listen();
    if (offer) await face.request(clientMethods.offerModels, { models: offer.models });
    return { face, server, gateway, allowance };
  }

  it('asks a service one question, with its key', async () => {
    const { gateway, allowance } = open();
    allowance.take({ access: [{ provider: 'mine', apiKey: 'sk-mine-12345', baseUrl: api.baseUrl }] });
    api.answer(chatStreamed([{ text: 'Yes.' }]));
    const answer = await gateway.ask('mine/m', question, never);
    assert.deepEqual([answer.text, answer.stop, answer.usage.outputTokens], ['Yes.', 'done', 7]);
    assert.equal(api.requests[0]?.headers.authorization, 'Bearer sk-mine-12345');
    assert.deepEqual(api.requests[0]?.body.messages, [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Ready?' },
    ]);
  });

  it('does not wait for a key that nobody has given', async () => {
    const failure = await failureOf(open().gateway.ask('mine/m', question, never));
    assert.deepEqual([failure.reason, failure.message], ['unauthorized', 'there is no key for mine']);
  });

  for (const model of ['offline', 'agent/claude-code'] as const)
    it(`asks nothing of ${model}`, async () =>
      assert.equal((await failureOf(open().gateway.ask(model, question, never))).reason, 'refused'));

  it('tries a model for a face, and refuses in the service’s words', async () => {
    const { face, allowance } = await join();
    allowance.take({ access: [{ provider: 'mine', apiKey: 'sk-mine-12345', baseUrl: api.baseUrl }] });
    api.answer(chatStreamed([{ text: 'ready' }]), chatError(401, 'no such key'));
    const tried = () => face.request(clientMethods.tryModel, { model: 'mine/m' });
    assert.deepEqual(await tried(), ok({ text: 'ready' }));
    const refused = await tried();
    assert.equal(!refused.ok && refused.error.message, 'no such key');
  });

  const offer: ModelOffer = {
    models: [{ name: 'vscode/big', contextTokens: 8000 }],
    async *run(model, { system }) {
      yield { type: 'turn', content: [{ type: 'text', text: `${model}: ${system}` }], stop: 'done', usage };
    },
  };

  it('asks a client that offers the model, and tells what the model can read', async () => {
    const { gateway } = await join(offer);
    assert.equal((await gateway.ask('vscode/big', question, never)).text, 'vscode/big: Be brief.');
    assert.deepEqual(await gateway.endpoint('vscode/big'), { kind: 'client', contextTokens: 8000 });
  });

  it('begins no run on a model that no client offers, and says which are offered', async () => {
    const { face } = await join(offer);
    const start = (model: 'vscode/big' | 'vscode/small') =>
      face.request(clientMethods.startRun, {
        settings: { ...defaultRunSettings, model },
        allowedCommands: [],
        variables: [],
      });
    const refused = await start('vscode/small');
    assert.equal(
      !refused.ok && refused.error.message,
      'No window that has this folder open offers "vscode/small"; offered are vscode/big. Open the folder there and start the run from that window, or choose another model.',
    );
    const next = await start('vscode/big'); // that far it comes
    assert.equal(!next.ok && next.error.message, 'The backlog is empty; add a feature first.');
  });

  it('has nobody to ask once the client is gone', async () => {
    const { face, server, gateway } = await join(offer);
    face.dispose();
    await server.closed;
    assert.equal((await failureOf(gateway.ask('vscode/big', question, never))).reason, 'notOffered');
  });
});
