// The built worker as a process: how it starts, works, and ends.
import { strict as assert } from 'node:assert';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { toolNames } from '../../src/core/tools/toolTable';
import { answerTurns } from '../../src/hub/modelTurns';
import { Failure } from '../../src/ports/failure';
import { nobodyThereCode } from '../../src/ports/workers';
import { protocolVersion } from '../../src/protocol/hubMethods';
import { toWorkerNotices } from '../../src/protocol/workerMethods';
import { startFakeMessagesApi, streamed } from '../support/fakeMessagesApi';
import { helloLine, startWorker, startWorkerHub, token, type WorkerHub } from './workerHub';

const unused = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
const finished = { type: 'toolCall' as const, id: '1', name: 'finish', input: { summary: 'Done.' } };

describe('worker', () => {
  let hub: WorkerHub | undefined;

  afterEach(() => hub?.close());

  it('ends without a word when its input does', async () => {
    assert.deepEqual(await startWorker('').ended, { code: 0, output: '' });
  });

  it('plays an offline script to its end', async () => {
    const edits = [{ old: 'one', new: 'two' }];
    const turns = [
      { say: 'I begin.', tool: 'edit_file', input: { path: 'a.txt', edits } },
      { tool: 'run_command', input: { command: 'cat a.txt' } },
      { tool: 'finish', input: { summary: 'Done.' } },
    ];
    hub = await startWorkerHub({ offline: { ok: true, turns } }, { 'a.txt': 'one\n' });
    assert.deepEqual(await startWorker(helloLine(hub)).ended, { code: 0, output: '' });
    assert.deepEqual(hub.asked, [
      `hello ${protocolVersion} number`,
      'progress thinking',
      'called 0',
      'progress editing a.txt',
      'write a.txt on a base',
      'edit_file true: Edited a.txt: 1 edit.',
      'progress thinking',
      'called 0',
      'progress running cat a.txt',
      'run_command true: Exit code 0 after n s',
      'progress thinking',
      'called 0',
      'progress handing in the work',
      'finish true: Done.',
      'submit Done.',
    ]);
    assert.equal(await readFile(path.join(hub.copyDir, 'a.txt'), 'utf8'), 'two\n');
    assert.match(await hub.logged('handing in'), /I begin\..*two/s);
  });

  it('gives up with the script’s message, or at its end', async () => {
    hub = await startWorkerHub({ offline: { ok: false, message: 'No turns for "Feature 1".' } });
    assert.equal((await startWorker(helloLine(hub)).ended).code, 0);
    assert.equal(hub.asked.at(-1), 'give up: the model refused: No turns for "Feature 1".');
  });

  it('works with the Anthropic models, with the hub’s key and nothing of its environment', async () => {
    const api = await startFakeMessagesApi();
    try {
      const key = 'sk-of-the-hub';
      hub = await startWorkerHub({
        model: 'haiku',
        endpoint: { kind: 'anthropic', apiKey: key, baseUrl: api.baseUrl },
      });
      api.answer(
        {
          kind: 'status',
          status: 429,
          type: 'rate_limit_error',
          message: `slow down, ${key}`,
          headers: { 'retry-after': '0' },
        },
        streamed([{ text: 'Done.' }, { tool: 'finish', id: 'c', json: '{"summary":"Done."}' }], {
          stop: 'tool_use',
        }),
      );
      const planted = {
        ANTHROPIC_CUSTOM_HEADERS: 'x-planted: 1',
        ANTHROPIC_API_KEY: 'planted',
        ANTHROPIC_BASE_URL: 'http://127.0.0.1:9',
      };
      assert.deepEqual(await startWorker(helloLine(hub), planted).ended, { code: 0, output: '' });
      assert.ok(hub.asked.includes('limited slow down, [key]'));
      assert.equal(hub.asked.at(-1), 'submit Done.');
      const [first, second] = api.requests;
      assert.equal(first?.headers.authorization, `Bearer ${key}`);
      assert.ok(!JSON.stringify(api.requests).includes('planted'));
      assert.deepEqual(first?.body, second?.body);
    } finally {
      await api.close();
    }
  });

  it('asks through the hub for a model that a client answers for, and tells what it says meanwhile', async () => {
    hub = await startWorkerHub({ model: 'vscode/big', endpoint: { kind: 'client' } });
    const asked: string[] = [];
    const worker = startWorker(helloLine(hub));
    answerTurns(await hub.connected, async function* (model, { tools, messages }) {
      asked.push(`${model} ${tools.length} ${messages.length}`);
      yield { type: 'begun' };
      yield { type: 'text', text: 'I am done.' };
      yield { type: 'turn', content: [finished], stop: 'toolCalls', usage: { ...unused, inputTokens: 5 } };
    });
    assert.deepEqual(await worker.ended, { code: 0, output: '' });
    assert.deepEqual(asked, [`vscode/big ${toolNames.length} 1`]);
    assert.equal(hub.asked.at(-1), 'submit Done.');
    assert.ok(hub.asked.includes('called 5'));
    await hub.logged('I am done.');
  });

  it('hands its feature back when no client answers for its model', async () => {
    hub = await startWorkerHub({ model: 'vscode/big', endpoint: { kind: 'client' } });
    const worker = startWorker(helloLine(hub));
    // biome-ignore lint/correctness/useYield: it has nothing to stream
    answerTurns(await hub.connected, async function* () {
      throw new Failure('notOffered', 'No window offers "vscode/big"');
    });
    assert.deepEqual(await worker.ended, { code: 0, output: '' });
    assert.equal(hub.asked.at(-1), 'hand back, editor: No window offers "vscode/big".');
  });

  it('hands its feature back, and fails nothing, when there is no key', async () => {
    hub = await startWorkerHub({ model: 'sonnet' });
    assert.equal((await startWorker(helloLine(hub)).ended).code, 0);
    assert.equal(hub.asked.at(-1), 'hand back, key: The model service refused the key: no key was given.');
  });

  it('ends with what it runs when it is told to stop', async () => {
    hub = await startWorkerHub({ offline: { ok: true, turns: [longCommand] } });
    const worker = startWorker(helloLine(hub));
    const pid = await pidOfCommand(hub);
    (await hub.connected).notify(toWorkerNotices.stop, { reason: 'by you' });
    assert.deepEqual(await worker.ended, { code: 0, output: '' });
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    assert.equal(hub.asked.at(-1), 'progress running echo pid $$; sleep 1000');
  });

  it('ends with what it runs when the hub goes away', async () => {
    hub = await startWorkerHub({ offline: { ok: true, turns: [longCommand] } });
    const worker = startWorker(helloLine(hub));
    const pid = await pidOfCommand(hub);
    await hub.close();
    assert.deepEqual(await worker.ended, { code: 0, output: '' });
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  });

  const bad: [what: string, line: (hub: WorkerHub) => string, told: RegExp][] = [
    ['a wrong token', (at) => helloLine(at, 'wrong-token'), /does not take this token/],
    ['no hub', (at) => helloLine({ ...at, socketPath: `${at.socketPath}.gone` }), /No host answers/],
    ['a broken line', () => `{"token": "${token}"`, /not how to reach the hub/],
    ['a line without an address', () => `{"token": "${token}"}\n`, /not how to reach the hub/],
  ];
  for (const [what, line, told] of bad) {
    it(`ends with an error, and without naming the token, at ${what}`, async () => {
      hub = await startWorkerHub({});
      const { code, output } = await startWorker(line(hub)).ended;
      assert.equal(code, what === 'no hub' ? nobodyThereCode : 1);
      assert.match(output, told);
      assert.ok(!output.includes(token) && !output.includes('wrong-token'), output);
    });
  }
});

const longCommand = { tool: 'run_command', input: { command: 'echo pid $$; sleep 1000' } };

async function pidOfCommand(hub: WorkerHub): Promise<number> {
  const [, pid] = /^pid (\d+)$/m.exec(await hub.logged('\npid ')) ?? [];
  return Number(pid);
}
