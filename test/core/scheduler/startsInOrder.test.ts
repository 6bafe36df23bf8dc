// A backlog played through in order: as a plain search finds it on made-up backlogs, and with steps near n log n.
import { strict as assert } from 'node:assert';
import { buildGraph } from '../../../src/core/graph/graph';
import { startsInOrder, type Work } from '../../../src/core/scheduler/startsInOrder';
import { mulberry32 } from '../../bench/chance';

/** Whenever somebody is free, looks through all features from the first in order on. */
function searched({ graph, minutes, keys, turns }: Work, agents: number) {
  const ordered = turns.map((_, k) => k).sort((a, b) => (turns[a] as number) - (turns[b] as number));
  const starts: (number | undefined)[] = minutes.map(() => undefined);
  const endOf = (k: number) => (starts[k] ?? Number.POSITIVE_INFINITY) + (minutes[k] as number);
  for (let now = 0; ; ) {
    const atWork = () => ordered.filter((k) => starts[k] !== undefined && endOf(k) > now);
    for (const k of ordered) {
      if (starts[k] !== undefined || atWork().length >= agents) continue;
      const isReady = graph.needs[k]?.every((need) => endOf(need) <= now);
      const taken = new Set(atWork().flatMap((other) => keys[other] ?? []));
      if (isReady && !keys[k]?.some((key) => taken.has(key))) starts[k] = now;
    }
    const live = atWork();
    if (live.length === 0) return { starts, finish: now };
    now = Math.min(...live.map(endOf));
  }
}

function madeUp(seed: number): Work {
  const next = mulberry32(seed);
  const upTo = (n: number) => Math.floor(next() * n);
  const features = Array.from({ length: 1 + upTo(25) }, (_, k) => k);
  const shuffled = features.map((k) => ({ k, at: next() })).sort((a, b) => a.at - b.at);
  const turns = features.map((k) => shuffled.findIndex((one) => one.k === k));
  return {
    graph: buildGraph(features.map((k) => (k > 0 && next() < 0.4 ? [upTo(k)] : []))),
    minutes: features.map(() => 1 + upTo(6)),
    keys: features.map(() => [...new Set(Array.from({ length: upTo(4) }, () => `f${upTo(5)}`))]),
    turns,
  };
}

describe('starts in order', () => {
  it('are those that looking through all features finds', () => {
    for (let seed = 1; seed <= 400; seed++) {
      const work = madeUp(seed);
      for (const agents of [1, 2, 3, 7])
        assert.deepEqual(startsInOrder(work, agents), searched(work, agents), `${seed} with ${agents}`);
    }
  });

  it('cost each feature a few looks, however many wait for one file or become ready at once', () => {
    const n = 4_000;
    const all = Array.from({ length: n }, (_, k) => k);
    let looks = 0;
    const keys = new Proxy(
      all.map((k) => (k % 2 === 0 ? ['src/app.ts'] : [])),
      {
        get(target, key) {
          looks++;
          return Reflect.get(target, key);
        },
      },
    );
    const graph = buildGraph(all.map((k) => (k > 1 ? [k % 2] : [])));
    startsInOrder({ graph, minutes: all.map(() => 1), keys, turns: all }, 3);
    assert.ok(looks < 6 * n, `${looks} looks for ${n} features`);
  });
});
