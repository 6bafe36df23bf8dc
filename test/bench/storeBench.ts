// `store`: what one durable step costs, beside a bare write and `fdatasync` of as many bytes on the same disk.
import { attemptOf } from '../../src/core/events/event';
import { percentile, round, spread } from './milliseconds';
import type { BenchOptions } from './options';
import { withRealStore } from './realStore';
import type { Tell } from './results';

const steps = 1_000;

export async function storeBench(_options: BenchOptions, tell: Tell): Promise<void> {
  await withRealStore(200, async ({ log, pair }) => {
    const own = attemptOf({ slot: 1, featureId: 1, attempt: 1, fence: 1 });
    await log.append([{ type: 'feature.claimed', model: 'offline', ...own }]);
    const ours: number[] = [];
    const bare: number[] = [];
    for (let k = 0; k < steps; k++) {
      const summary = `Edited src/part${k}.ts: 1 edit.`;
      const { oursMs, bareMs } = await pair(() =>
        log.append([{ type: 'tool.used', tool: 'edit_file', ok: true, durationMs: 1, summary, ...own }]),
      );
      ours.push(oursMs);
      bare.push(bareMs);
    }
    const common = { bench: 'store', data: `${steps} steps`, agents: 1 };
    const ratio = round(percentile(ours, 0.5) / percentile(bare, 0.5));
    tell({ ...common, policy: 'commit', ...spread(ours), ratio });
    tell({ ...common, policy: 'write and fdatasync', ...spread(bare) });
  });
}
