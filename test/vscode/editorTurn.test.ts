// Models of the editor: held to what every model has to do, asked at once and by a worker through host and client.
import { strict as assert } from 'node:assert';
import { duplexPair } from 'node:stream';
import { failureOfEditor } from '../../src/adapters/models/editorFailure';
import { answering, type ModelOffer } from '../../src/client/modelOffer';
import { OfferedModels } from '../../src/host/offeredModels';
import { createConnection, type HubConnection } from '../../src/hub/connection';
import { answerTurns, askingTurns } from '../../src/hub/modelTurns';
import type { FailureReason } from '../../src/ports/failure';
import type { ModelProvider } from '../../src/ports/models';
import { runEditorTurn } from '../../src/vscode/editorTurn';
import { describeModel, type FakeService, failureOf, play, request } from '../ports/modelConformance';
import { createFakeEditorModel, type FakeEditorModel, fakeParts } from './fakeEditorModel';

const name = 'vscode/big';

function serviceOf(fake: FakeEditorModel, create: () => ModelProvider, close = () => {}): FakeService {
  const last = () => fake.requests.at(-1)?.[0].slice(1) ?? []; // behind the rules
  return {
    create,
    close,
    answer: (...answers) => fake.answer(...answers),
    hang: (words) => fake.begin(words, 'hang'),
    abandoned: () => fake.cancelled,
    asked: () => fake.requests.length,
    resultsIn: () =>
      Object.fromEntries(
        last().flatMap(({ content }) =>
          content.flatMap((part) =>
            part instanceof fakeParts.LanguageModelToolResultPart
              ? [[part.callId, Object(part.content[0]).value]]
              : [],
          ),
        ),
      ),
    rolesIn: () => last().map(({ role }) => (Number(role) === 1 ? 'user' : 'assistant')),
  };
}

function offerOf(fake: FakeEditorModel): ModelOffer {
  return {
    models: [{ name }],
    run: (_, asked, signal) => runEditorTurn(fake.model, asked, signal, fakeParts),
  };
}

function direct(fake: FakeEditorModel): ModelProvider {
  const run = answering(() => offerOf(fake));
  return { runTurn: (asked, signal) => run(name, asked, signal) };
}

/** A worker, a host and a client that offers the model, each at the end of a connection. */
function joined(fake: FakeEditorModel) {
  const offer = offerOf(fake);
  const [worker, hostToWorker] = ends();
  const [client, hostToClient] = ends();
  answerTurns(
    client,
    answering(() => offer),
  );
  const offered = new OfferedModels();
  offered.set(hostToClient, offer.models, askingTurns(hostToClient));
  answerTurns(hostToWorker, (_, asked, signal) => offered.open(name).runTurn(asked, signal));
  const ask = askingTurns(worker);
  const all = [worker, hostToWorker, client, hostToClient];
  for (const end of all) end.listen();
  const provider: ModelProvider = { runTurn: (asked, signal) => ask(name, asked, signal) };
  return {
    provider,
    offered,
    worker,
    client,
    hostToClient,
    close: () => all.forEach((end) => void end.dispose()),
  };
}

function ends(): readonly [HubConnection, HubConnection] {
  const [near, far] = duplexPair();
  return [createConnection(near), createConnection(far)];
}

describeModel('a model of the editor', async () => {
  const fake = createFakeEditorModel();
  return serviceOf(fake, () => direct(fake));
});

describeModel('a model of the editor that a worker asks through the host', async () => {
  const fake = createFakeEditorModel();
  const { provider, close } = joined(fake);
  return serviceOf(fake, () => provider, close);
});

describe('a model of the editor', () => {
  const stopped = new AbortController().signal;

  it('is asked in the roles that there are, the rules first, with tools as they are', async () => {
    const fake = createFakeEditorModel();
    fake.answer([{ text: 'ok' }]);
    const call = { type: 'toolCall' as const, id: '1', name: 'look', input: 'no {json' };
    const result = { type: 'toolResult' as const, callId: '1', content: 'what?', isError: true };
    const messages = [
      ...request.messages,
      { role: 'assistant' as const, content: [call] },
      { role: 'user' as const, content: [result] },
    ];
    await play(direct(fake), { ...request, messages });
    const [asked, options] = fake.requests[0] ?? assert.fail();
    assert.deepEqual(JSON.parse(JSON.stringify(asked)), [
      { role: 1, content: [{ value: 'Be brief.' }] },
      { role: 1, content: [{ value: 'Hello' }] },
      { role: 2, content: [{ callId: '1', name: 'look', input: { not_json: 'no {json' } }] },
      { role: 1, content: [{ callId: '1', content: [{ value: 'Error: what?' }] }] },
    ]);
    assert.deepEqual(options.tools, request.tools);
  });

  it('has calls told apart whose ids are missing, or the same again', async () => {
    const fake = createFakeEditorModel();
    const call = { tool: 'look', json: '{}' };
    fake.answer([
      { ...call, id: '' },
      { ...call, id: 'a' },
      { ...call, id: 'a' },
    ]);
    const { turn } = await play(direct(fake));
    const ids = turn.content.map((block) => block.type === 'toolCall' && block.id);
    assert.deepEqual(ids, ['#1', 'a', 'a#3']);
  });

  it('counts no tokens where the model counts none', async () => {
    const fake = createFakeEditorModel();
    fake.answer([{ text: 'ok' }]);
    fake.model.countTokens = async () => Promise.reject(new Error('not here'));
    const { turn } = await play(direct(fake));
    assert.deepEqual([turn.usage.inputTokens, turn.usage.outputTokens], [0, 0]);
  });

  const errors: readonly (readonly [
    string,
    { code?: string; name?: string; cause?: Error },
    FailureReason,
  ])[] = [
    ['Not allowed', { code: 'NoPermissions' }, 'notOffered'],
    ['It is gone', { code: 'NotFound' }, 'notOffered'],
    ['Slow down', { code: 'Blocked' }, 'rateLimited'],
    ['You exceeded your current quota', { code: 'Blocked' }, 'noCredit'],
    ['Quota', { cause: Object.assign(new Error('over'), { name: 'ChatQuotaExceeded' }) }, 'noCredit'],
    ['Too fast', { name: 'ChatRateLimited' }, 'rateLimited'],
    ['prompt is too long: 200000 tokens', {}, 'tooLong'],
    ['net::ERR_FAILED', {}, 'unreachable'],
  ];
  for (const [message, about, reason] of errors) {
    it(`tells "${message}" ${JSON.stringify(about)} as ${reason}, when it is asked and in the midst of its answer`, async () => {
      const error = Object.assign(new Error(message), about);
      assert.equal(failureOfEditor(error).reason, reason);
      const fake = createFakeEditorModel();
      const { provider, close } = joined(fake);
      fake.answer(error);
      fake.begin('I', error);
      for (const _ of ['asked', 'answering']) {
        const failure = await failureOf(play(provider));
        assert.deepEqual([failure.reason, failure.message.includes(message)], [reason, true]);
      }
      close();
    });
  }

  it('is out of reach when its window goes in the midst of an answer, and offered by nobody then', async () => {
    const fake = createFakeEditorModel();
    const { provider, client, offered, hostToClient, close } = joined(fake);
    fake.begin('I', 'hang');
    const failure = await failureOf(play(provider, request, stopped, () => client.dispose()));
    assert.equal(failure.reason, 'unreachable');
    offered.withdraw(hostToClient);
    assert.equal((await failureOf(play(provider))).reason, 'notOffered');
    close();
  });

  it('is let go when the worker that asked is gone', async () => {
    const fake = createFakeEditorModel();
    const { provider, worker, close } = joined(fake);
    fake.begin('I', 'hang');
    const failure = await failureOf(play(provider, request, stopped, () => worker.dispose()));
    assert.equal(failure.reason, 'closed');
    await fake.cancelled;
    close();
  });
});
