// Checks that find a port taken while others run: run again by themselves, at no cost but time, and once only.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { defaultLimits } from '../../src/core/settings/runSettings';
import { MemoryIsolation } from '../doubles/memoryIsolation';
import { SimulatedHost, type SimulatedHostOptions } from '../doubles/simulatedHost';

const taken = { exitCode: 1, durationMs: 100, outputTail: 'listen EADDRINUSE: address already in use' };
const noRetries = { maxAgents: 3, limits: { ...defaultLimits, maxRetries: 0 } };

/** Checks that serve on one port for 3 s: who comes while it is taken fails at once. */
function onePort(now: () => number) {
  let freeAt = 0;
  const ran: string[] = [];
  const check: SimulatedHostOptions['check'] = ({ env }) => {
    const name = env?.PARALLEL_AGENTS_FEATURE_NAME ?? '';
    if (now() < freeAt) {
      ran.push(`${name} at ${now()}: taken`);
      return taken;
    }
    ran.push(`${name} at ${now()}`);
    freeAt = now() + 3_000;
    return { durationMs: 3_000 };
  };
  return { check, ran };
}

const submitAtOnce: SimulatedHostOptions['agents'] =
  () =>
  ({ handIn }) =>
    handIn(); // with nothing changed, so that none is checked again for what others have published

describe('a check that finds a port taken', () => {
  it('while others run is run again by itself, and costs no attempt', async () => {
    let now = () => 0;
    const { check, ran } = onePort(() => now());
    const host = await SimulatedHost.open({
      backlog: ['a', 'b', 'c'].map((name) => ({ name })),
      agents: submitAtOnce,
      check,
      settings: noRetries,
    });
    const start = host.clock.now();
    now = () => host.clock.now() - start;
    await host.run();
    assert.deepEqual(host.bugs, []);
    assert.equal(host.transcript('feature.unconfirmed').length, 3);
    assert.deepEqual(ran, ['a at 0', 'b at 0: taken', 'c at 0: taken', 'b at 3000', 'c at 6000']);
    assert.deepEqual(host.transcript('feature.retried', 'feature.failed'), []);
    const ends = host.events.flatMap((e) =>
      e.type === 'verify.finished' ? [`${e.featureId} ${e.passed} ${e.doubt ?? ''}`.trim()] : [],
    );
    assert.deepEqual(ends, ['2 false portTaken', '3 false portTaken', '1 true', '2 true', '3 true']);
  });

  it('by itself has failed, and says that it was alone', async () => {
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a' }, { name: 'b' }],
      agents: submitAtOnce,
      check: ({ env }) => (env?.PARALLEL_AGENTS_FEATURE_NAME === 'a' ? { durationMs: 3_000 } : taken),
      settings: noRetries,
    });
    await host.run();
    assert.equal(host.statusOf(2), 'failed');
    assert.equal(host.transcript('verify.started').filter((l) => l.includes('featureId=2')).length, 2);
    const { state } = host.engine.snapshot.features[2] ?? {};
    assert.match(
      state?.status === 'failed' ? String(state.reason) : '',
      /EADDRINUSE[\s\S]*It was run by itself, with no other check or command of this run beside it\.$/,
    );
  });

  it('with nothing beside it is not run again', async () => {
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a' }],
      agents: submitAtOnce,
      check: () => taken,
      settings: noRetries,
    });
    await host.run();
    assert.equal(host.statusOf(1), 'failed');
    assert.equal(host.transcript('verify.started').length, 1);
  });

  it('beside a command of an agent waits for its end, and keeps the next one back', async () => {
    const seen: string[] = [];
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a' }, { name: 'b' }],
      settings: noRetries,
      allowedCommands: ['serve'],
      check: ({ env }) => {
        const name = env?.PARALLEL_AGENTS_FEATURE_NAME ?? '';
        seen.push(`check of ${name}`);
        return name === 'b' && seen.length === 2 ? taken : { durationMs: 2_000 };
      },
      agents: ({ name }) =>
        name === 'b'
          ? async ({ wait, submit }) => {
              await wait(1_000);
              await submit();
            }
          : async ({ desk, fence, wait, submit }) => {
              for (const nth of ['first', 'second']) {
                await desk.commands.begin(fence, 'serve');
                seen.push(`${nth} command`);
                await wait(5_000);
                await desk.commands.end(fence, { durationMs: 5_000, printed: '' });
                seen.push(`end of ${nth} command`);
              }
              await submit();
            },
    });
    await host.run();
    assert.deepEqual(host.bugs, []);
    assert.deepEqual(
      [1, 2].map((id) => host.statusOf(id)),
      ['passing', 'passing'],
    );
    assert.deepEqual(seen, [
      'first command',
      'check of b',
      'end of first command',
      'check of b',
      'second command',
      'end of second command',
      'check of a',
    ]);
  });

  it('that passed all the same does not count either', async () => {
    let nth = 0;
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a' }, { name: 'b' }],
      agents: submitAtOnce,
      settings: noRetries,
      check: ({ env }) => {
        if (env?.PARALLEL_AGENTS_FEATURE_NAME === 'a') return { durationMs: 3_000 };
        nth += 1;
        return nth === 1
          ? { durationMs: 100, outputTail: 'Port 3000 is in use, trying 3001 instead.' }
          : { exitCode: 1, durationMs: 100, outputTail: 'the page is broken' };
      },
    });
    await host.run();
    assert.equal(host.statusOf(2), 'failed');
  });

  it('leaves nothing behind that would be published with the next', async () => {
    const workspace = new MemoryIsolation();
    let nth = 0;
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a' }, { name: 'b' }],
      workspace,
      settings: noRetries,
      agents:
        ({ name }) =>
        async ({ write, submit }) => {
          await write(`${name}.ts`, name);
          await submit();
        },
      check: ({ env }, places, slot) => {
        if (env?.PARALLEL_AGENTS_FEATURE_NAME === 'a') return { durationMs: 3_000 };
        nth += 1;
        if (nth > 1) return { durationMs: 100 };
        places.placeOf(slot).set('report.txt', 'port taken');
        return taken;
      },
    });
    await host.run();
    assert.deepEqual(
      [1, 2].map((id) => host.statusOf(id)),
      ['passing', 'passing'],
    );
    const published = host.events.flatMap((e) => (e.type === 'file.published' ? [e.path] : []));
    assert.deepEqual(published.sort(), ['a.ts', 'b.ts']);
  });
});

describe("an agent's own command that finds a port taken", () => {
  for (const [who, isAlone] of [
    ['beside another', false],
    ['by itself', true],
  ] as const)
    it(`${who} is ${isAlone ? 'told nothing more' : "told that it may be the other's"}`, async () => {
      const outputs: string[] = [];
      const host = await SimulatedHost.open({
        backlog: isAlone ? [{ name: 'a' }] : [{ name: 'a' }, { name: 'b' }],
        settings: noRetries,
        agents:
          ({ name }) =>
          async ({ desk, fence, wait, submit }) => {
            await desk.commands.begin(fence, 'check');
            await wait(1_000);
            const printed = name === 'a' ? taken.outputTail : '';
            const { output } = await desk.commands.end(fence, { durationMs: 1_000, printed });
            if (name === 'a') outputs.push(output);
            await submit();
          },
      });
      await host.run();
      assert.equal(/It may have been theirs: run it again/.test(outputs.join()), !isAlone);
    });
});
