// Where the keys lead in the chart of a run: along an agent's bars, to the agent above or below, and to the ends.
import type { Bar } from './runChart';

/** The index of the bar a key leads to from that at `at`, or undefined for keys that lead nowhere. */
export function nextBar(bars: readonly Bar[], at: number, key: string): number | undefined {
  const here = bars[at];
  if (!here) return undefined;
  switch (key) {
    case 'ArrowRight':
      return found(bars.findIndex((bar, k) => k > at && bar.slot === here.slot));
    case 'ArrowLeft':
      return found(bars.findLastIndex((bar, k) => k < at && bar.slot === here.slot));
    case 'ArrowDown':
      return beside(bars, here, 1);
    case 'ArrowUp':
      return beside(bars, here, -1);
    case 'Home':
      return found(bars.length > 0 ? 0 : -1);
    case 'End':
      return found(bars.length - 1);
    default:
      return undefined;
  }
}

/** In the next lane that has bars, the one at the same time or the nearest. */
function beside(bars: readonly Bar[], here: Bar, step: 1 | -1): number | undefined {
  const slots = bars.map(({ slot }) => slot).filter((slot) => (slot - here.slot) * step > 0);
  if (slots.length === 0) return undefined;
  const slot = slots.reduce((near, s) => ((s - near) * step < 0 ? s : near));
  const middle = (here.startMs + here.endMs) / 2;
  const away = (bar: Bar) => Math.max(bar.startMs - middle, middle - bar.endMs, 0);
  let nearest: number | undefined;
  bars.forEach((bar, k) => {
    if (bar.slot !== slot) return;
    const best = nearest === undefined ? undefined : bars[nearest];
    if (best === undefined || away(bar) < away(best)) nearest = k;
  });
  return nearest;
}

function found(index: number): number | undefined {
  return index < 0 ? undefined : index;
}
