// Places a run's chart on a plane: bars by time and agent, the chain between them, and ticks at round times.
import type { Bar, RunChart } from './runChart';

export interface GanttLayout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  /** The way from each bar that decided to the next, as SVG path data. */
  readonly links: readonly string[];
  readonly ticks: readonly Tick[];
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly waits: readonly { readonly x: number; readonly width: number }[];
}

export interface Tick {
  readonly x: number;
  readonly label: string;
}

export const laneHeight = 34;
export const barHeight = 22;
const axisHeight = 26;

/** Even a bar of no time can be seen and pointed at. */
const leastBar = 4;
/** Bars narrower than this on average are given room by scrolling, up to a width that can still be drawn. */
const usualBar = 22;
const mostWidth = 12_000;
/** Room for half of the last tick's label. */
const endRoom = 28;
const tickRoom = 88;

/** @param room width in pixels that is there without scrolling */
export function layOutGantt({ lanes, spanMs, bars, chain }: RunChart, room: number): GanttLayout {
  const perLane = new Map<number, number>();
  for (const { slot } of bars) perLane.set(slot, (perLane.get(slot) ?? 0) + 1);
  const crowded = Math.max(0, ...perLane.values()) * usualBar;
  const width = Math.max(room, Math.min(crowded, mostWidth));
  const span = Math.max(1, spanMs);
  const xOf = (ms: number) => round(1 + (ms / span) * Math.max(1, width - endRoom - 1));
  const laneOf = new Map(lanes.map((slot, at) => [slot, at]));
  const boxes = bars.map((bar) => placeBar(bar, laneOf.get(bar.slot) ?? 0, xOf));
  return {
    width,
    height: lanes.length * laneHeight + axisHeight,
    boxes,
    links: chain.slice(1).flatMap((to, at) => {
      const [a, b] = [boxes[chain[at] ?? -1], boxes[to]];
      return a && b ? [linkBetween(a, b)] : [];
    }),
    ticks: ticksOf(span, Math.floor(width / tickRoom)).map((ms) => ({ x: xOf(ms), label: tickLabel(ms) })),
  };
}

/** Round times from 0 to at most `spanMs`, no more than `most`, but two where the span allows. */
export function ticksOf(spanMs: number, most: number): readonly number[] {
  const days = Math.ceil(spanMs / 86_400_000 / Math.max(1, most));
  const step = steps.find((ms) => spanMs / ms <= Math.max(1, most)) ?? days * 86_400_000;
  return Array.from({ length: Math.floor(spanMs / step) + 1 }, (_, k) => k * step);
}

/** `0`, `0.5 s`, `30 s`, `1:30`, `5 min`, `1 h 30`. */
export function tickLabel(ms: number): string {
  if (ms === 0) return '0';
  const seconds = ms / 1000;
  if (seconds < 60) return `${Number(seconds.toFixed(1))} s`;
  const minutes = Math.floor(seconds / 60);
  const rest = Math.round(seconds % 60);
  if (rest > 0) return `${minutes}:${String(rest).padStart(2, '0')} min`;
  if (minutes < 60) return `${minutes} min`;
  const over = minutes % 60;
  return `${Math.floor(minutes / 60)} h${over === 0 ? '' : ` ${over}`}`;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const steps = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12].map((n) => n * hour),
];

function placeBar({ startMs, endMs, waits }: Bar, lane: number, xOf: (ms: number) => number): Box {
  const x = xOf(startMs);
  return {
    x,
    y: lane * laneHeight + (laneHeight - barHeight) / 2 - 2,
    width: Math.max(leastBar, round(xOf(endMs) - x - 1)), // a pixel between bars that follow at once
    waits: waits.map((wait) => {
      const from = xOf(wait.startMs);
      return { x: from, width: Math.max(2, round(Math.min(xOf(wait.endMs), xOf(endMs)) - from)) };
    }),
  };
}

/** Down or up at the end of the first, then along to the second. */
function linkBetween(a: Box, b: Box): string {
  const level = (box: Box) => round(box.y + barHeight + 3);
  return `M${round(a.x + a.width)} ${level(a)} V${level(b)} H${b.x}`;
}

function round(n: number): number {
  return Math.round(n * 10) / 10;
}
