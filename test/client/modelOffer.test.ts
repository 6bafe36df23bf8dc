// What a client offers stays offered: to the host that there is, and to the one after it.
import { strict as assert } from 'node:assert';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { LiveSession } from '../../src/client/liveSession';
import type { ModelOffer } from '../../src/client/modelOffer';
import { Redactor } from '../../src/core/guardrails/redactor';
import { ok } from '../../src/core/shared/result';
import { handleClient } from '../../src/host/handlers';
import { OutputRings } from '../../src/host/outputRings';
import { listen } from '../../src/hub/listener';
import { createHubServer } from '../../src/hub/server';
import { SimulatedHost } from '../doubles/simulatedHost';
import { modelParts } from '../host/modelParts';

const token = 'token-of-the-host';
const usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

const offer: ModelOffer = {
  models: [{ name: 'vscode/big' }],
  async *run(model) {
    yield { type: 'turn', content: [{ type: 'text', text: `I am ${model}` }], stop: 'done', usage };
  },
};

describe('an offer of models', () => {
  let folder: string;
  const cleanUp: (() => unknown)[] = [];
  beforeEach(async () => {
    folder = await mkdtemp('/tmp/model-offer-'); // the system's own may be too long for a socket's path
  });
  afterEach(async () => {
    for (const clean of cleanUp.splice(0).reverse()) await clean();
    await rm(folder, { recursive: true, force: true });
  });

  /** A host that can be met; `offered` resolves when a client has offered something. */
  async function startHost(epoch: number) {
    const host = await SimulatedHost.open({ backlog: [] });
    const socketPath = path.join(folder, `${epoch}.sock`);
    const parts = modelParts(new Redactor());
    const set = parts.offered.set.bind(parts.offered);
    const offered = new Promise<void>((resolve) => {
      parts.offered.set = (...offer) => {
        set(...offer);
        resolve();
      };
    });
    const server = createHubServer({
      listener: await listen(socketPath),
      hostToken: token,
      onWorker: () => {},
      onDenied: () => {},
      onClient: (connection) =>
        handleClient(connection, {
          engine: host.engine,
          outputs: new OutputRings(new Redactor()),
          ...parts,
          loadBacklog: async () => ({ kind: 'none', file: '' }),
          judgeScript: async () => ok({}),
          judgeShell: () => ok({}),
          judgeCopies: async () => ok({}),
          judgeAgents: async () => ok({}),
          goOn: async () => {},
          setEditing: async () => {},
        }),
    });
    cleanUp.push(() => server.close());
    return { ...parts, offered, server, address: { epoch, socketPath, token } };
  }

  it('is told every host, and answered for', async () => {
    let host = await startHost(1);
    const session = new LiveSession(
      { root: folder, face: 'vscode', goOn: false, elsewhere: 'ask', log: () => {} },
      async () => ({ address: host.address }),
    );
    cleanUp.push(() => session.close());
    await session.join();
    await session.offerModels(offer);
    assert.equal(await answerOf(host), 'I am vscode/big');

    const before = host;
    host = await startHost(2);
    await before.server.close();
    await host.offered;
    assert.equal(await answerOf(host), 'I am vscode/big');
  });

  async function answerOf({ models }: Awaited<ReturnType<typeof startHost>>): Promise<string> {
    const question = { system: '', prompt: 'Who are you?', maxOutputTokens: 10 };
    return (await models.ask('vscode/big', question, new AbortController().signal)).text;
  }
});
