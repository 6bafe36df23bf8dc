// What a long history costs: a database and a memory that grow with the backlog and not with what has happened.
import { strict as assert } from 'node:assert';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createStateFiles, type DiskFiles } from '../../../src/adapters/store/diskFiles';
import { openSqlJsStore } from '../../../src/adapters/store/sqlJsStore';
import type { Attempt, NewEvent } from '../../../src/core/events/event';
import { Redactor } from '../../../src/core/guardrails/redactor';
import { defaultRunSettings } from '../../../src/core/settings/runSettings';
import { EventLog } from '../../../src/engine/eventLog';
import type { Store } from '../../../src/ports/store';
import { specOf } from '../../support/history';
import { wasmPath } from './wasmPath';

const features = 1_100;

/** What is measured is not how fast a disk is. */
function withoutSyncs(dir: string): DiskFiles {
  const files = createStateFiles(dir);
  return {
    ...files,
    syncFolder: async () => {},
    create: async (name) => Object.assign(await files.create(name), { sync: async () => {} }),
  };
}

describe('a store with a long history', () => {
  let dir: string;
  let store: Store;
  let log: EventLog;

  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'store-'));
    await open();
  });

  afterEach(async () => {
    await store.close();
    await rm(dir, { recursive: true });
  });

  const clock = { now: () => 0, monotonic: () => 0, after: () => () => {}, giveWay: async () => {} };
  const open = async () => {
    store = await openSqlJsStore({ dir, epoch: 1, wasmPath, files: withoutSyncs(dir) });
    const { snapshot } = await store.load();
    log = new EventLog(store, clock, snapshot, (cause) => assert.fail(String(cause)), new Redactor());
  };
  const reopen = () => store.close().then(open);

  it('is as large after two builds of 1,100 features as after one, and tells every event', async function () {
    this.timeout(120_000);
    const ids = Array.from({ length: features }, (_, k) => k + 1);
    await log.append([{ type: 'run.started', runId: 1, settings: defaultRunSettings }]);
    await log.append(
      ids.map((featureId) => ({ type: 'feature.added', featureId, spec: specOf(`Feature ${featureId}`) })),
    );
    await build(ids);
    await reopen();
    const once = { ...(await sizes()), events: log.head.seq };
    await log.append(ids.map((featureId) => ({ type: 'feature.regressed', featureId, by: 'user' })));
    await build(ids);
    await reopen();
    const often = { ...(await sizes()), events: log.head.seq };
    const told = JSON.stringify({ once, often });
    assert.ok(often.events > 1.9 * once.events, told);
    assert.ok(often.databaseBytes < 1.3 * once.databaseBytes, told);
    assert.ok(often.heapBytes < 1.3 * once.heapBytes, told);
    // 1,100 features with the ends of their proofs, and the newest events.
    assert.ok(often.databaseBytes < 16 * 2 ** 20, told);

    let next = 1;
    for (let page = await log.events(0, 1000); page.length > 0; page = await log.events(next - 1, 1000))
      for (const event of page) assert.equal(event.seq, next++);
    assert.equal(next - 1, log.head.seq);
    const proof = (await log.events(0, 20_000)).find((e) => e.type === 'verify.finished');
    assert.ok(proof && typeof proof.outputTail === 'object');
    assert.match(await store.text(proof.outputTail.hash), /^ok 1 - feature 1 under fence 1\n/);
    assert.ok(
      (await readdir(path.join(dir, 'texts'))).length < 2 * features,
      'texts of old events lie in the way',
    );
  });

  /** The whole story of an attempt at each, with outputs as long as they come. */
  async function build(ids: readonly number[]): Promise<void> {
    for (let at = 0; at < ids.length; at += 20) {
      await Promise.all(ids.slice(at, at + 20).map((id) => log.append(storyOf(id, log.head.lastFence + 1))));
    }
  }

  async function sizes() {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    // The memory of a database that was closed is let go of only when what held it was found to be gone.
    for (let times = 0; times < 3; times++) {
      collect();
      await setImmediate();
    }
    const { heapUsed, external } = process.memoryUsage();
    return {
      databaseBytes: (await stat(path.join(dir, 'agents.db'))).size,
      heapBytes: heapUsed + external,
    };
  }
});

function storyOf(featureId: number, fence: number): readonly NewEvent[] {
  const own: Attempt = { slot: 1 + (featureId % 3), featureId, attempt: fence, fence };
  const usage = { inputTokens: 1200, outputTokens: 340, cacheReadTokens: 5000, cacheWriteTokens: 0 };
  const outputTail = `ok 1 - feature ${featureId} under fence ${fence}\n`.repeat(400);
  const lock = `src/part${featureId}.ts`;
  const turns = Array.from({ length: 8 }, (_, turn): readonly NewEvent[] => [
    { type: 'model.called', model: 'haiku', usage, costUsd: 0.001, durationMs: 900, ...own },
    {
      type: 'tool.used',
      tool: 'run_command',
      target: 'npm test',
      ok: true,
      durationMs: 4,
      ...own,
      summary: `turn ${turn} of ${fence}: ${'what the command said '.repeat(40)}`,
    },
  ]).flat();
  const proof = { command: 'npm test', exitCode: 0, outputTail, durationMs: 900 } as const;
  return [
    { type: 'feature.claimed', model: 'haiku', ...own },
    { type: 'lock.granted', path: lock, kind: 'file', how: 'claim', ...own },
    { type: 'agent.started', process: { pid: 4242, started: '1' }, ...own },
    ...turns,
    { type: 'file.changed', path: lock, before: 'a'.repeat(64), after: 'b'.repeat(64), ...own },
    { type: 'feature.submitted', summary: 'done', ...own },
    { type: 'verify.started', command: 'npm test', ...own },
    { type: 'verify.finished', passed: true, timedOut: false, ...proof, ...own },
    { type: 'feature.passed', evidence: { kind: 'check', ...proof }, ...own },
    { type: 'lock.released', path: lock, ...own },
    { type: 'agent.ended', cause: 'done', note: 'ended', ...own },
  ];
}
