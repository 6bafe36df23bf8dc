// `claims`: how many features are claimed a second, each with a file, beside bare syncs; alone and five at a moment.
import { type Attempt, attemptOf, type NewEvent } from '../../src/core/events/event';
import { round, spread } from './milliseconds';
import type { BenchOptions } from './options';
import { withRealStore } from './realStore';
import type { Tell } from './results';

const features = 1_000;

export async function claimsBench({ agents = [1, 5] }: BenchOptions, tell: Tell): Promise<void> {
  for (const atOnce of agents) {
    await withRealStore(features, async ({ log, pair }) => {
      const ours: number[] = [];
      const bare: number[] = [];
      for (let first = 1; first + atOnce - 1 <= features; first += atOnce) {
        const attempts = Array.from({ length: atOnce }, (_, k): Attempt => {
          return { slot: k + 1, featureId: first + k, attempt: 1, fence: first + k };
        });
        const { oursMs, bareMs } = await pair(() =>
          Promise.all(attempts.map((attempt) => log.append(claimOf(attempt)))),
        );
        ours.push(oursMs);
        bare.push(bareMs);
        await log.append(attempts.flatMap(passOf));
      }
      const perSecond = (times: readonly number[]) =>
        Math.round((times.length * atOnce * 1000) / times.reduce((sum, ms) => sum + ms, 0));
      const common = { bench: 'claims', data: `${features} features`, agents: atOnce };
      const ratio = round(perSecond(ours) / perSecond(bare));
      tell({ ...common, policy: 'claim', ...spread(ours), perSecond: perSecond(ours), ratio });
      tell({ ...common, policy: 'write and fdatasync', ...spread(bare), perSecond: perSecond(bare) });
    });
  }
}

function claimOf(attempt: Attempt): readonly NewEvent[] {
  const own = attemptOf(attempt);
  const path = `src/part${attempt.featureId}.ts`;
  return [
    { type: 'feature.claimed', model: 'offline', ...own },
    { type: 'lock.granted', path, kind: 'file', how: 'claim', ...own },
  ];
}

/** Frees the slot and the file again. */
function passOf(attempt: Attempt): readonly NewEvent[] {
  const { featureId, fence, slot } = attempt;
  return [
    { type: 'feature.submitted', summary: '', ...attemptOf(attempt) },
    { type: 'lock.released', path: `src/part${featureId}.ts`, ...attemptOf(attempt) },
    { type: 'feature.passed', evidence: { kind: 'user' }, featureId, fence, slot },
  ];
}
