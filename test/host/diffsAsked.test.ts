// A client that asks for the changes it is to judge: all of them, of one moment, in messages that a frame takes.
import assert from 'node:assert/strict';
import { duplexPair } from 'node:stream';
import { afterEach, describe, it } from 'mocha';
import { readDiff } from '../../src/client/readPages';
import { Redactor } from '../../src/core/guardrails/redactor';
import { ok } from '../../src/core/shared/result';
import { handleClient } from '../../src/host/handlers';
import { OutputRings } from '../../src/host/outputRings';
import { createConnection, type HubConnection } from '../../src/hub/connection';
import { clientMethods } from '../../src/protocol/hubMethods';
import { SimulatedHost } from '../doubles/simulatedHost';
import { modelParts } from './modelParts';

const key = 'sk-ant-very-secret-key-0123456789';
const lines = 20_000;
/** Files whose changes take two parts. */
const files = ['one.txt', 'two.txt', 'three.txt'];

describe('the changes that a face is asked about', () => {
  let face: HubConnection | undefined;
  afterEach(() => face?.dispose());

  async function waiting() {
    const redactor = new Redactor();
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a' }],
      redactor,
      settings: { verifyCommand: undefined },
      agents: () => async (hands) => {
        for (const path of files) await hands.write(path, `${key}\n${'some line\n'.repeat(lines)}`);
        await hands.handIn();
      },
    });
    await host.run();
    redactor.add(key);
    const [near, far] = duplexPair();
    const server = createConnection(far);
    handleClient(server, {
      engine: host.engine,
      outputs: new OutputRings(redactor),
      loadBacklog: async () => ({ kind: 'none', file: '' }),
      judgeScript: async () => ok({}),
      judgeShell: () => ok({}),
      judgeCopies: async () => ok({}),
      judgeAgents: async () => ok({}),
      ...modelParts(redactor),
      goOn: async () => {},
      setEditing: async () => {},
    });
    server.listen();
    face = createConnection(near);
    face.listen();
    return { host, face };
  }

  it('come whole, in parts, without the key', async () => {
    const { face } = await waiting();
    const diff = await readDiff(face, 1);
    assert.ok(diff.ok);
    assert.deepEqual(diff.value.match(/^\+\+\+ .*$/gm), [
      '+++ b/one.txt',
      '+++ b/three.txt',
      '+++ b/two.txt',
    ]);
    assert.equal(diff.value.match(/^\+\[key\]$/gm)?.length, files.length);
    assert.equal(diff.value.match(/^\+some line$/gm)?.length, files.length * lines);
    assert.ok(!diff.value.includes('secret'));
  });

  it('are of one moment, whatever becomes of the work meanwhile, and no part is the whole', async () => {
    const { host, face } = await waiting();
    const ask = (from?: { text: number; offset: number }) =>
      face.request(clientMethods.diff, { featureId: 1, ...(from && { from }) });
    const whole = await readDiff(face, 1);
    const first = await ask();
    assert.ok(whole.ok && first.ok && first.value.next);
    await host.engine.judgement.reject(1);
    const last = await ask(first.value.next);
    assert.ok(last.ok && last.value.next === undefined);
    assert.ok(first.value.part.length <= 512 * 1024);
    assert.equal(first.value.part + last.value.part, whole.value);
    const gone = await ask(first.value.next);
    assert.ok(!gone.ok);
    assert.equal(gone.error.message, 'The changes of feature 1 are to be asked for anew.');
    const judged = await readDiff(face, 1);
    assert.ok(!judged.ok);
    assert.equal(judged.error.message, 'Feature 1 does not wait for your check; it is failed.');
  });
});
