// When a claim is renewed, on a clock that the test moves.
import { strict as assert } from 'node:assert';
import { renewEveryMs } from '../../src/core/claims/claim';
import { Failure } from '../../src/ports/failure';
import type { Clock } from '../../src/ports/system';
import { workerMethods } from '../../src/protocol/workerMethods';
import type { HubAsker } from '../../src/worker/hubCoordinator';
import { keepRenewed, type RenewedHub } from '../../src/worker/renewal';

describe('keepRenewed', () => {
  let now: number;
  let due: { at: number; wake: () => void } | undefined;
  let asked: string[];
  let lost: Failure[];
  let failure: Failure | undefined;
  let hub: RenewedHub;

  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    giveWay: async () => {},
    after(delayMs, wake) {
      const mine = { at: now + delayMs, wake };
      due = mine;
      return () => {
        if (due === mine) due = undefined;
      };
    },
  };

  beforeEach(() => {
    [now, due, asked, lost, failure] = [0, undefined, [], [], undefined];
    const asker: HubAsker = {
      request: async ({ name }) => {
        asked.push(`${name} at ${now}`);
        if (failure) throw failure;
        return new Promise(() => {});
      },
      offer: () => true,
    };
    hub = keepRenewed(asker, clock, (why) => lost.push(why));
  });

  async function pass(ms: number): Promise<void> {
    const until = now + ms;
    while (due && due.at <= until) {
      const { at, wake } = due;
      [now, due] = [at, undefined];
      wake();
      await new Promise(setImmediate); // rejections are told
    }
    now = until;
  }

  it('renews a quiet attempt again and again', async () => {
    await pass(3 * renewEveryMs);
    assert.deepEqual(
      asked,
      [1, 2, 3].map((n) => `agent.renew at ${n * renewEveryMs}`),
    );
  });

  it('does not renew beside other questions, but does while one waits for its answer', async () => {
    await pass(renewEveryMs - 1);
    void hub.request(workerMethods.lockFile, { path: 'a.js' });
    await pass(renewEveryMs - 1);
    assert.deepEqual(asked, [`lock.acquire at ${renewEveryMs - 1}`]);
    await pass(1);
    assert.deepEqual(asked.slice(1), [`agent.renew at ${2 * renewEveryMs - 1}`]);
  });

  it('tells once that the attempt is over, and asks no more', async () => {
    failure = new Failure('closed', 'another holds the claim');
    await pass(5 * renewEveryMs);
    assert.deepEqual(lost, [failure]);
    assert.equal(asked.length, 1);
  });

  it('goes on after a failure that may pass', async () => {
    failure = new Failure('badResponse', 'the host broke');
    await pass(2 * renewEveryMs);
    assert.equal(asked.length, 2);
    assert.deepEqual(lost, []);
  });

  it('leaves no timer behind', () => {
    hub.dispose();
    hub.dispose();
    assert.equal(due, undefined);
  });
});
