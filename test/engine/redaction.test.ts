// Keys that agents, checks and providers put into their words: none reaches an event, the store, or a model.
import { strict as assert } from 'node:assert';
import { Redactor } from '../../src/core/guardrails/redactor';
import { defaultLimits } from '../../src/core/settings/runSettings';
import { MemoryDisk } from '../doubles/memoryStore';
import { SimulatedHost, specsOf } from '../doubles/simulatedHost';

const key = 'sk-live-0123456789abcdefXYZ';
const forms = [key, Buffer.from(key).toString('base64'), Buffer.from(key).toString('hex')];
const all = forms.join(' and ');

describe('keys in words', () => {
  async function run(
    backlog: Record<string, unknown>,
    printedByCheck = `out ${all} ${'long '.repeat(30_000)} ${all}`,
  ) {
    const redactor = new Redactor();
    redactor.add(key);
    const disk = new MemoryDisk();
    const refusals: string[] = [];
    let printed = '';
    const host = await SimulatedHost.open({
      disk,
      redactor,
      backlog: [{ name: 'A', verify: 'check', ...backlog }],
      settings: { limits: { ...defaultLimits, maxRetries: 0 } },
      check: () => ({ exitCode: 1, outputTail: printedByCheck }),
      agents:
        () =>
        async ({ desk, fence, write }) => {
          await desk.progress(fence, { status: 'running', step: all });
          await desk.toolEnd(fence, {
            tool: `tool ${key}`,
            fingerprint: 'f',
            target: all,
            ok: true,
            durationMs: 1,
            summary: all,
          });
          const written = await write(`src/${key}.ts`, 'x');
          if (!written.ok) refusals.push(written.error.message);
          await desk.commands.begin(fence, 'check');
          printed = (await desk.commands.end(fence, { durationMs: 1, printed: `it printed ${all}` })).output;
          const verdict = await desk.submit(fence, all);
          refusals.push(JSON.stringify(verdict));
        },
    });
    await host.run();
    assert.deepEqual(host.bugs, []);
    return { host, disk, printed, refusals };
  }

  it('are in no event, no row and no text that is kept', async () => {
    const { host, disk } = await run({ description: `use ${key}` });
    const kept = JSON.stringify([host.events, disk, host.engine.snapshot]);
    assert.match(kept, /\[key\]/);
    const texts = [kept, ...disk.texts.values()];
    for (const form of forms) for (const text of texts) assert.ok(!text.includes(form));
    assert.ok(host.events.some((event) => event.type === 'feature.failed'));
    assert.ok(
      [...disk.texts.values()].some((text) => text.includes('[key]')),
      'long texts are gone over too',
    );
  });

  it('are not shown to the model, nor in the verdict', async () => {
    const { printed, refusals } = await run({});
    assert.equal(printed, 'it printed [key] and [key] and [key]');
    assert.ok(!refusals.some((text) => text.includes(key)));
  });

  it('are not left in part where the end of an output is taken of a longer one', async () => {
    const { host, refusals } = await run({}, `${'x'.repeat(100)} ${key}${'y'.repeat(3990)}`);
    const reason = host.events.find((event) => event.type === 'feature.failed');
    for (const text of [JSON.stringify(reason), refusals.at(-1) ?? ''])
      assert.ok(!text.includes(key.slice(-10)), text);
  });

  it('are no names of files', async () => {
    const { refusals } = await run({});
    assert.match(refusals[0] ?? '', /name of a file may not hold a key/);
  });

  it('do not make a feature another one each time the backlog is read', async () => {
    const entry = { name: `A of ${key}`, verify: 'check', description: `use ${key}` };
    const { host } = await run(entry);
    const before = host.events.length;
    assert.deepEqual(await host.engine.loadBacklog(specsOf([entry])), {
      added: 0,
      edited: 0,
      removed: 0,
      deferred: 0,
      keyed: ['A of [key]'],
    });
    assert.equal(host.events.length, before);
  });
});
