// The other end's pulse: silence is told while it lasts, life as soon as it is back, and a starting host lives.
import { strict as assert } from 'node:assert';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { connectHub } from '../../src/hub/client';
import { createConnection } from '../../src/hub/connection';
import { type Listener, listen } from '../../src/hub/listener';
import { feelPulse, pulseRequest } from '../../src/hub/pulse';
import { createHubServer } from '../../src/hub/server';
import { channels } from './twoEnds';

const who = { name: 'test.who', params: z.object({}).strict(), result: z.object({ you: z.string() }) };
const quick = { everyMs: 5, patienceMs: 200 };

describe('the pulse of the other end', () => {
  for (const [channel, open] of channels) {
    it(`is missed when it stops and felt when it is back, ${channel}`, async () => {
      const ends = await open();
      const near = createConnection(ends.near);
      const far = createConnection(ends.far);
      let goOn: (() => void) | undefined;
      let isStopped = false;
      far.handle(pulseRequest, async () => {
        if (isStopped) await new Promise<void>((resolve) => (goOn = resolve));
        return {};
      });
      far.listen();
      near.listen();
      const told: boolean[] = [];
      let tellNext = () => {};
      const next = () => new Promise<void>((resolve) => (tellNext = resolve));
      const felt = feelPulse(
        near,
        (isAlive) => {
          told.push(isAlive);
          tellNext();
        },
        quick,
      );
      const silent = next();
      isStopped = true;
      await silent;
      assert.deepEqual(told, [false]);
      const back = next();
      isStopped = false;
      goOn?.();
      await back;
      assert.deepEqual(told, [false, true]);
      near.dispose();
      await felt; // ends with the connection
      far.dispose();
      await ends.close();
    });
  }

  describe('of a hub whose host is still starting', () => {
    let folder: string;
    let listener: Listener;
    beforeEach(async () => {
      folder = await mkdtemp('/tmp/pulse-');
      listener = await listen(path.join(folder, '1.sock'));
    });
    afterEach(async () => {
      await listener.close();
      await rm(folder, { recursive: true });
    });

    it('is felt, and what is asked waits until the host is ready', async () => {
      let tellReady = () => {};
      const ready = new Promise<void>((resolve) => (tellReady = resolve));
      const hostToken = 'a'.repeat(64);
      const none = () => {};
      createHubServer({
        listener,
        hostToken,
        ready,
        onWorker: none,
        onDenied: none,
        onClient: (connection) => connection.handle(who, () => ({ you: 'client' })),
      });
      const socketPath = path.join(folder, '1.sock');
      const connection = await connectHub({ socketPath, role: 'client', token: hostToken });
      connection.listen();
      let isAnswered = false;
      const asked = connection.request(who, {}).finally(() => {
        isAnswered = true;
      });
      await connection.request(pulseRequest, {});
      assert.equal(isAnswered, false);
      tellReady();
      assert.deepEqual(await asked, { you: 'client' });
      connection.dispose();
    });
  });
});
