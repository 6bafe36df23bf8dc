// The chart of a run as SVG: a lane for each agent, a bar for each attempt, moved through by arrow keys.
import type { FromWebview } from '../../src/protocol/webviewMessages';
import { barLabel, endLooks } from './barText';
import { element, setText, svgElement } from './element';
import { nextBar } from './ganttKeys';
import { type Box, barHeight, type GanttLayout, laneHeight, layOutGantt } from './ganttLayout';
import { addPress, addRovingFocus } from './rovingFocus';
import type { Bar, RunChart } from './runChart';

export interface GanttView {
  readonly node: HTMLElement;
  update(chart: RunChart): void;
}

/** Bars with less room show no sign; wider ones also their name, as far as it fits. */
const signRoom = 18;
const nameRoom = 52;
const letterWidth = 7;

export function createGanttView(post: (message: FromWebview) => void): GanttView {
  const names = element('div', { class: 'lanes', attributes: { 'aria-hidden': 'true' } });
  const frame = element('div', { class: 'plane' });
  const node = element('div', { class: 'gantt' }, [names, frame]);
  const grid = svgElement('g', { 'aria-hidden': 'true' });
  const bars = svgElement('g', { role: 'group', 'aria-label': 'Attempts in the order they began' });
  const links = svgElement('g', { 'aria-hidden': 'true' });
  const svg = svgElement('svg', {}, [svgElement('defs', {}, [createHatch()]), grid, links, bars]);
  frame.append(svg);
  const drawn = new Map<string, BarNode>();
  let chart: RunChart = { lanes: [], spanMs: 0, bars: [], chain: [] };
  const focus = addRovingFocus(frame, (at, key) => nextBar(chart.bars, at, key));

  const draw = () => {
    const room = frame.clientWidth;
    if (room === 0) return; // not on screen; the observer tells when it is
    const placed = layOutGantt(chart, room);
    for (const [name, value] of Object.entries({ width: placed.width, height: placed.height })) {
      svg.setAttribute(name, String(value));
    }
    drawGrid(grid, chart, placed);
    links.replaceChildren(...placed.links.map((d) => svgElement('path', { class: 'link', d })));
    const keys = new Set(chart.bars.map(({ key }) => key));
    for (const [key, bar] of drawn) {
      if (keys.has(key)) continue;
      bar.node.remove();
      drawn.delete(key);
    }
    const nodes = chart.bars.map((bar, at) => {
      const made = drawn.get(bar.key) ?? createBar(bar, post);
      drawn.set(bar.key, made);
      if (bars.children[at] !== made.node) bars.insertBefore(made.node, bars.children[at] ?? null);
      const box = placed.boxes[at];
      if (box) made.update(bar, box);
      return made.node;
    });
    focus.reset(nodes);
  };
  new ResizeObserver(draw).observe(frame);
  return {
    node,
    update(next) {
      chart = next;
      names.replaceChildren(...next.lanes.map((slot) => element('span', { text: `Agent ${slot}` })));
      draw();
    },
  };
}

interface BarNode {
  readonly node: SVGGElement;
  update(bar: Bar, box: Box): void;
}

function createBar({ featureId }: Bar, post: (message: FromWebview) => void): BarNode {
  const title = svgElement('title'); // the name for screen readers, and the tooltip
  const rect = svgElement('rect', { height: barHeight, rx: 3, class: 'fill' });
  const waits = svgElement('g');
  const sign = svgElement('text', { class: 'sign', 'aria-hidden': 'true' });
  const label = svgElement('text', { class: 'label', 'aria-hidden': 'true' });
  const decides = svgElement('rect', { class: 'decides', height: 3, y: barHeight + 1.5 });
  const node = svgElement('g', { role: 'button', tabindex: -1 }, [title, rect, waits, sign, label, decides]);
  addPress(node, () => post({ type: 'openFeature', featureId }));
  return {
    node,
    update(bar, box) {
      const isDeciding = bar.because !== undefined;
      node.setAttribute('class', `span end-${bar.end}`);
      node.setAttribute('transform', `translate(${box.x} ${box.y})`);
      rect.setAttribute('width', String(box.width));
      setText(title, barLabel(bar));
      waits.replaceChildren(
        ...box.waits.map(({ x, width }) =>
          svgElement('rect', { class: 'wait', x: x - box.x, width, height: barHeight }),
        ),
      );
      place(sign, 5, box.width >= signRoom ? endLooks[bar.end].glyph : '');
      const letters = Math.floor((box.width - 28) / letterWidth);
      place(label, 22, box.width >= nameRoom ? clip(bar.name, letters) : '');
      decides.setAttribute('width', String(isDeciding ? box.width : 0));
    },
  };
}

function place(text: SVGTextElement, x: number, content: string): void {
  text.setAttribute('x', String(x));
  text.setAttribute('y', String(barHeight / 2));
  setText(text, content);
}

function drawGrid(grid: SVGGElement, { lanes }: RunChart, { width, height, ticks }: GanttLayout): void {
  const bottom = lanes.length * laneHeight;
  grid.replaceChildren(
    ...lanes.map((_, at) =>
      svgElement('line', {
        class: 'lane',
        x1: 0,
        x2: width,
        y1: (at + 1) * laneHeight,
        y2: (at + 1) * laneHeight,
      }),
    ),
    ...ticks.flatMap(({ x, label }) => [
      svgElement('line', { class: 'tick', x1: x, x2: x, y1: 0, y2: bottom + 5 }),
      svgElement('text', { class: 'time', x, y: height - 5, 'text-anchor': x < 20 ? 'start' : 'middle' }, [
        label,
      ]),
    ]),
  );
}

/** Slanted lines over the time in which an agent stood and waited. */
function createHatch(): SVGElement {
  const size = 6;
  const lines = svgElement('path', { class: 'hatch', d: `M-1 1 L1 -1 M0 ${size} L${size} 0 M5 7 L7 5` });
  return svgElement('pattern', { id: 'hatch', width: size, height: size, patternUnits: 'userSpaceOnUse' }, [
    lines,
  ]);
}

function clip(name: string, most: number): string {
  const letters = Array.from(name);
  return letters.length > most ? `${letters.slice(0, Math.max(0, most - 1)).join('')}…` : name;
}
