// How the chart of a run is placed on the plane, where its ticks stand, and where its keys lead.
import { strict as assert } from 'node:assert';
import { nextBar } from '../../webview-ui/src/ganttKeys';
import { barHeight, laneHeight, layOutGantt, tickLabel, ticksOf } from '../../webview-ui/src/ganttLayout';
import { type Bar, type RunChart, runChartOf } from '../../webview-ui/src/runChart';
import { followTimeline, timelineOf } from '../../webview-ui/src/timeline';
import { wholeRun } from '../vscode/scenes';

const { snapshot, events } = wholeRun();
const chart = runChartOf(snapshot, followTimeline(timelineOf(snapshot.run), events));

/** Bars as `slot from to`, in seconds. */
function chartWith(...rows: readonly (readonly [slot: number, from: number, to: number])[]): RunChart {
  const bars = rows.map(([slot, from, to], k): Bar => {
    const times = { startMs: from * 1000, endMs: to * 1000 };
    return {
      key: `${k}`,
      slot,
      featureId: k + 1,
      attempt: 1,
      name: `F${k}`,
      end: 'passed',
      waits: [],
      ...times,
    };
  });
  const lanes = [...new Set(bars.map(({ slot }) => slot))].sort();
  return { lanes, bars, spanMs: Math.max(0, ...bars.map(({ endMs }) => endMs)), chain: [] };
}

describe('the layout of a run’s chart', () => {
  it('lets no two bars overlap, and holds them all', () => {
    const { boxes, width, height } = layOutGantt(chart, 900);
    assert.equal(width, 900);
    boxes.forEach((a, k) => {
      for (const b of boxes.slice(k + 1)) {
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || Math.abs(a.y - b.y) >= laneHeight;
        assert.ok(apart, `${JSON.stringify(a)} and ${JSON.stringify(b)}`);
      }
      assert.ok(a.x >= 0 && a.x + a.width <= width && a.y >= 0 && a.y + barHeight <= height);
    });
  });

  it('draws lengths in proportion to time', () => {
    const { boxes } = layOutGantt(chartWith([1, 0, 10], [2, 0, 20], [1, 10, 40]), 829);
    assert.deepEqual(
      boxes.map(({ x, width }) => [x, width]),
      [
        [1, 199],
        [1, 399],
        [201, 599],
      ],
    );
  });

  it('keeps a wait within its bar', () => {
    const { boxes } = layOutGantt(chart, 900);
    const waits = boxes.flatMap((box) => box.waits.map((wait) => [box, wait] as const));
    assert.equal(waits.length, 1);
    for (const [box, { x, width }] of waits) assert.ok(x >= box.x && x + width <= box.x + box.width + 1);
  });

  it('leads from the end of each link of the chain to the start of the next', () => {
    const crossing = { ...chartWith([1, 0, 10], [2, 12, 20]), chain: [0, 1] };
    assert.deepEqual(layOutGantt(crossing, 229).links, ['M100 29 V63 H121']);
  });

  it('shows even an attempt of no time', () => {
    assert.ok((layOutGantt(chartWith([1, 0, 0], [1, 0, 100]), 300).boxes[0]?.width ?? 0) >= 4);
  });

  it('scrolls where bars would become too narrow, up to an end', () => {
    const many = (count: number) =>
      chartWith(...Array.from({ length: count }, (_, k) => [1, k, k + 1] as const));
    assert.deepEqual(
      [10, 100, 2_000].map((count) => layOutGantt(many(count), 600).width),
      [600, 2_200, 12_000],
    );
  });

  it('has a place for a run without bars', () => {
    assert.deepEqual(layOutGantt({ lanes: [], spanMs: 0, bars: [], chain: [] }, 300).boxes, []);
  });
});

describe('the ticks of a run’s chart', () => {
  const cases: [spanMs: number, most: number, labels: string][] = [
    [0, 8, '0'],
    [950, 8, '0, 0.2 s, 0.4 s, 0.6 s, 0.8 s'],
    [47_000, 5, '0, 10 s, 20 s, 30 s, 40 s'],
    [150_000, 6, '0, 30 s, 1 min, 1:30 min, 2 min, 2:30 min'],
    [5_400_000, 4, '0, 30 min, 1 h, 1 h 30'],
    [3 * 86_400_000, 2, '0, 48 h'],
    [10_000, 0, '0, 10 s'],
  ];
  for (const [spanMs, most, labels] of cases) {
    it(`for ${spanMs} ms are at most ${most} and round: ${labels}`, () => {
      assert.equal(ticksOf(spanMs, most).map(tickLabel).join(', '), labels);
    });
  }
});

describe('the keys of a run’s chart', () => {
  const { bars } = chartWith([1, 0, 10], [3, 0, 4], [3, 5, 30], [1, 12, 20], [4, 40, 50]);
  const moves: [from: number, key: string, to: number | undefined][] = [
    [0, 'ArrowRight', 3],
    [3, 'ArrowRight', undefined],
    [3, 'ArrowLeft', 0],
    [0, 'ArrowLeft', undefined],
    [0, 'ArrowDown', 2],
    [3, 'ArrowDown', 2],
    [1, 'ArrowUp', 0],
    [2, 'ArrowDown', 4],
    [4, 'ArrowUp', 2],
    [0, 'ArrowUp', undefined],
    [4, 'ArrowDown', undefined],
    [3, 'Home', 0],
    [0, 'End', 4],
    [0, 'x', undefined],
    [9, 'Home', undefined],
  ];
  for (const [from, key, to] of moves) {
    it(`${key} leads from ${from} to ${to ?? 'nowhere'}`, () => assert.equal(nextBar(bars, from, key), to));
  }
});
