// The real store behind the real event log in a folder of its own, and beside it a file to sync bare bytes to.
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openSqlJsStore } from '../../src/adapters/store/sqlJsStore';
import { createNodeClock } from '../../src/adapters/system/nodeSystem';
import { Redactor } from '../../src/core/guardrails/redactor';
import { EventLog } from '../../src/engine/eventLog';
import { wasmPath } from '../adapters/store/wasmPath';
import { specOf } from '../support/history';
import { timed } from './milliseconds';

export interface RealStore {
  readonly log: EventLog;
  /** Milliseconds for a durable step, and for writing and syncing as many bytes as it wrote, right after it. */
  pair(step: () => Promise<unknown>): Promise<{ readonly oursMs: number; readonly bareMs: number }>;
}

/** @param features how many there are, all pending */
export async function withRealStore(
  features: number,
  work: (store: RealStore) => Promise<void>,
): Promise<void> {
  const dir = await mkdtemp(path.join(tmpdir(), 'pa-bench-'));
  const clock = createNodeClock();
  const store = await openSqlJsStore({ dir, epoch: 1, wasmPath, clock });
  const bare = await open(path.join(dir, 'bare'), 'w');
  try {
    const { snapshot } = await store.load();
    const log = new EventLog(store, clock, snapshot, () => {}, new Redactor());
    const ids = Array.from({ length: features }, (_, k) => k + 1);
    await log.append(
      ids.map((featureId) => ({ type: 'feature.added', featureId, spec: specOf(`F${featureId}`) })),
    );
    const sizeOf = async () => (await stat(path.join(dir, 'agents.journal'))).size;
    await work({
      log,
      async pair(step) {
        const before = await sizeOf();
        const oursMs = await timed(step);
        const bytes = Buffer.alloc(Math.max(1, (await sizeOf()) - before), 1);
        const bareMs = await timed(async () => {
          await bare.write(bytes);
          await bare.datasync();
        });
        return { oursMs, bareMs };
      },
    });
  } finally {
    await store.close();
    await bare.close();
    await rm(dir, { recursive: true, force: true });
  }
}
