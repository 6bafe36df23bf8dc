// The coordinator over a real connection: every method asks the one thing it is for, in words the protocol takes.
import { strict as assert } from 'node:assert';
import { duplexPair } from 'node:stream';
import { ok, refuse } from '../../src/core/shared/result';
import { createConnection, type HubConnection } from '../../src/hub/connection';
import type { Coordinator } from '../../src/ports/coordinator';
import { Failure } from '../../src/ports/failure';
import { workerMethods as m, workerNotices } from '../../src/protocol/workerMethods';
import { createHubCoordinator } from '../../src/worker/hubCoordinator';

const usage = { inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4 };
const call = { tool: 'edit_file', fingerprint: 'edit_file:1', target: 'a.js' };
const hash = 'a'.repeat(64);
const long = 'x'.repeat(200_000);

describe('hubCoordinator', () => {
  let host: HubConnection;
  let worker: HubConnection;
  let coordinator: Coordinator;
  let asked: unknown[];

  beforeEach(() => {
    const [near, far] = duplexPair();
    host = createConnection(near);
    worker = createConnection(far);
    coordinator = createHubCoordinator(worker);
    asked = [];
  });
  afterEach(() => {
    worker.dispose();
    host.dispose();
  });

  /** Each row: what the agent asks, the method it goes by, what the host hears and answers, what the agent gets. */
  const rows: [
    name: string,
    ask: (c: Coordinator) => Promise<unknown>,
    method: (typeof m)[keyof typeof m],
    params: unknown,
    answer: unknown,
    got?: unknown,
  ][] = [
    ['modelPermit', (c) => c.modelPermit(), m.modelPermit, {}, {}],
    [
      'modelCalled',
      (c) => c.modelCalled({ usage, durationMs: 5 }),
      m.modelCalled,
      { usage, durationMs: 5 },
      {},
    ],
    [
      'modelLimited',
      (c) => c.modelLimited({ reason: long, retryAfterMs: 5 }),
      m.modelLimited,
      { reason: long.slice(0, 2000), retryAfterMs: 5 },
      {},
    ],
    ['toolBegin', (c) => c.toolBegin(call), m.toolBegin, call, { kind: 'go' }, { kind: 'go' }],
    [
      'toolEnd',
      (c) => c.toolEnd({ ...call, ok: true, durationMs: 1, summary: long }),
      m.toolEnd,
      { ...call, ok: true, durationMs: 1, summary: long.slice(0, 2000) },
      {},
    ],
    [
      'lockFile',
      (c) => c.lockFile({ path: 'a.js' }),
      m.lockFile,
      { path: 'a.js' },
      ok({ path: 'a.js', fresh: true, waitedMs: 3 }),
      ok({ path: 'a.js', fresh: true, waitedMs: 3 }),
    ],
    [
      'lockFile, refused',
      (c) => c.lockFile({ path: 'a.js' }),
      m.lockFile,
      { path: 'a.js' },
      refuse('wouldDeadlock', 'No.'),
      refuse('wouldDeadlock', 'No.'),
    ],
    [
      'releaseFile',
      (c) => c.releaseFile({ path: 'a.js' }),
      m.releaseFile,
      { path: 'a.js' },
      ok('a.js'),
      ok('a.js'),
    ],
    [
      'writeFile',
      (c) => c.writeFile({ path: 'a.js', baseHash: null, content: 'x' }),
      m.writeFile,
      { path: 'a.js', baseHash: null, content: 'x' },
      ok({ hash }),
      ok({ hash }),
    ],
    [
      'lockFile, without waiting',
      (c) => c.lockFile({ path: 'a.js', wait: false }),
      m.lockFile,
      { path: 'a.js', wait: false },
      refuse('locked', 'Busy.'),
      refuse('locked', 'Busy.'),
    ],
    ['copyReady', (c) => c.copyReady(), m.copyReady, {}, { withheld: ['a'] }, { withheld: ['a'] }],
    [
      'moveFile',
      (c) => c.moveFile({ from: 'a.js', to: 'b.js', baseHash: hash }),
      m.moveFile,
      { from: 'a.js', to: 'b.js', baseHash: hash },
      ok({ hash }),
      ok({ hash }),
    ],
    [
      'commandBegin',
      (c) => c.commandBegin({ command: 'npm test' }),
      m.commandBegin,
      { command: 'npm test' },
      ok({ place: { cwd: '/copy', env: {} }, timeoutMs: 9, shell: 'sh' }),
      ok({ place: { cwd: '/copy', env: {} }, timeoutMs: 9, shell: 'sh' }),
    ],
    [
      'commandEnd',
      (c) => c.commandEnd({ durationMs: 5, cpuMs: 4, printed: long, failed: true }),
      m.commandEnd,
      { durationMs: 5, cpuMs: 4, printed: long.slice(-100_000), failed: true },
      { output: 'cleaned', kept: ['a'], dropped: [], contested: [] },
      { output: 'cleaned', kept: ['a'], dropped: [], contested: [] },
    ],
    [
      'progress',
      (c) => c.progress({ status: 'running', step: long, progress: 7 }),
      m.progress,
      { status: 'running', step: long.slice(0, 2000), progress: 7 },
      {},
    ],
    [
      'submit',
      (c) => c.submit({ summary: long }),
      m.submit,
      { summary: long.slice(0, 100_000) },
      { kind: 'failed', reason: 'no' },
      { kind: 'failed', reason: 'no' },
    ],
    [
      'giveUp for the service',
      (c) => c.giveUp({ reason: 'no', by: 'service' }),
      m.giveUp,
      { reason: 'no', by: 'service' },
      {},
    ],
    ['giveUp', (c) => c.giveUp({ reason: long }), m.giveUp, { reason: long.slice(0, 100_000) }, {}],
  ];
  for (const [name, ask, method, params, answer, got] of rows) {
    it(name, async () => {
      // The rows hold methods of many types; what each answers is checked by the worker's end.
      host.handle<unknown, unknown>(method, (heard) => {
        asked.push(heard);
        return answer;
      });
      host.listen();
      worker.listen();
      assert.deepEqual(await ask(coordinator), got);
      assert.deepEqual(asked, [params]);
    });
  }

  it('logs without end for a host that does not read: what waits is bounded, and what is left out is counted', async () => {
    const texts: string[] = [];
    let tell = () => {};
    const ended = new Promise<void>((resolve) => {
      tell = resolve;
    });
    host.onNotice(workerNotices.log, ({ text }) => {
      texts.push(text);
      if (text.endsWith('end')) tell();
    });
    for (let round = 0; round < 1_000; round++) coordinator.log('z'.repeat(100_000));
    host.listen();
    await worker.taken();
    coordinator.log('end');
    await ended;
    assert.match(texts.at(-1) ?? '', /^\n\[… 9\d MB not shown …\]\nend$/);
    assert.ok(texts.length < 20, `${texts.length} of 1,000 were kept for it`);
  });

  it('logs without waiting, cut to what the protocol takes', async () => {
    const heard = new Promise<string>((resolve) =>
      host.onNotice(workerNotices.log, ({ text }) => resolve(text)),
    );
    host.listen();
    worker.listen();
    assert.equal(coordinator.log(`${'a'.repeat(2_000_000)}end`), undefined);
    const text = await heard;
    assert.ok(text.length > 900_000 && text.length <= 1_000_000 && text.endsWith('end'));
  });

  it('ends what waits when the connection does', async () => {
    host.handle(m.lockFile, () => new Promise(() => {}));
    host.listen();
    worker.listen();
    const waiting = coordinator.lockFile({ path: 'a.js' });
    worker.dispose(new Failure('closed', 'stopped by you'));
    await assert.rejects(
      waiting,
      (error) => Failure.is(error, 'closed') && error.message === 'stopped by you',
    );
  });
});
