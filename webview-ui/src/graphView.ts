// The dependency graph as SVG: coloured by state, moved through by arrow keys, laid out anew only when its shape changes.
import { oneLine } from '../../src/core/events/describe';
import type { Snapshot } from '../../src/core/events/snapshot';
import type { Feature } from '../../src/core/features/feature';
import { stageOf } from '../../src/core/features/featureMachine';
import type { FeatureId } from '../../src/core/shared/ids';
import type { FromWebview } from '../../src/protocol/webviewMessages';
import type { Part } from './controls';
import { element, icon, setText, svgElement } from './element';
import { focusOn } from './graphFocus';
import { nextPlace } from './graphKeys';
import { boxHeight, boxWidth, type Layout, type Line, layOut, type Place } from './graphLayout';
import { stageLooks, stages } from './stages';

/** Characters of a name that fit into a box; the whole of it is in the tooltip. */
const mostLetters = 20;

export function createGraphView(post: (message: FromWebview) => void): Part {
  const frame = element('div', { class: 'graph' });
  const note = element('p', { class: 'note' });
  const legend = createLegend();
  const node = element('section', { attributes: { 'aria-labelledby': 'graph-heading' } }, [
    element('div', { class: 'heading' }, [
      element('h2', { text: 'Dependency graph', attributes: { id: 'graph-heading' } }),
      legend.node,
    ]),
    frame,
    note,
  ]);
  let shape = '';
  let boxes = new Map<FeatureId, Box>();
  return {
    node,
    update({ snapshot }) {
      const features = Object.values(snapshot.features);
      node.hidden = features.length === 0;
      if (features.length === 0) return;
      const focus = focusOn(features);
      const nextShape = focus.shown
        .map(({ id, spec }) => `${id} ${spec.name} ${spec.dependsOn.join()}`)
        .join('\n');
      if (nextShape !== shape) {
        shape = nextShape;
        const focused = [...boxes].find(([, box]) => box.node === document.activeElement)?.[0];
        boxes = draw(frame, layOut(focus.shown), post);
        if (focused !== undefined) boxes.get(focused)?.node.focus();
      }
      for (const feature of focus.shown) boxes.get(feature.id)?.update(feature, snapshot);
      setText(note, focus.note ?? '');
      note.hidden = focus.note === undefined;
      legend.update(features);
    },
  };
}

interface Box {
  readonly node: SVGGElement;
  update(feature: Feature, snapshot: Snapshot): void;
}

function draw(
  frame: HTMLElement,
  laidOut: Layout,
  post: (message: FromWebview) => void,
): Map<FeatureId, Box> {
  const { width, height, places, lines } = laidOut;
  const boxes = new Map<FeatureId, Box>();
  for (const place of places) boxes.set(place.id, createBox(place, post));
  const svg = svgElement('svg', { width, height, viewBox: `0 0 ${width} ${height}` }, [
    svgElement('defs', {}, [
      svgElement(
        'marker',
        {
          id: 'arrow',
          viewBox: '0 0 8 8',
          refX: 7,
          refY: 4,
          markerWidth: 7,
          markerHeight: 7,
          orient: 'auto',
        },
        [svgElement('path', { d: 'M0 0 L8 4 L0 8 z', class: 'arrow' })],
      ),
    ]),
    svgElement('g', { 'aria-hidden': 'true' }, lines.map(createLine)),
    svgElement(
      'g',
      { role: 'group', 'aria-label': 'Features, from left to right in the order they can be built' },
      [...boxes.values()].map(({ node }) => node),
    ),
  ]);
  addKeys(svg, places, boxes);
  frame.replaceChildren(svg);
  return boxes;
}

function createBox({ id, x, y }: Place, post: (message: FromWebview) => void): Box {
  const glyph = svgElement('text', { x: 12, y: 29, class: 'glyph', 'aria-hidden': 'true' });
  const name = svgElement('text', { x: 36, y: 20, class: 'name' });
  const state = svgElement('text', { x: 36, y: 36, class: 'state' });
  const title = svgElement('title'); // the name for screen readers, and the tooltip
  const node = svgElement('g', { role: 'button', tabindex: -1, transform: `translate(${x} ${y})` }, [
    title,
    svgElement('rect', { width: boxWidth, height: boxHeight, rx: 4 }),
    glyph,
    name,
    state,
  ]);
  const open = () => post({ type: 'openFeature', featureId: id });
  node.addEventListener('click', open);
  node.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    open();
  });
  return {
    node,
    update(feature, snapshot) {
      const stage = stageOf(feature.state);
      const look = stageLooks[stage];
      const full = oneLine(feature.spec.name);
      const isLive = stage === 'working' || stage === 'verifying';
      const slot =
        feature.state.status === 'claimed' && feature.state.phase !== 'unconfirmed'
          ? feature.state.claim.slot
          : 0;
      const said = isLive ? `agent ${slot}, ${look.label}` : look.label;
      const needs = feature.spec.dependsOn.length;
      node.setAttribute('class', `box stage-${stage}`);
      setText(glyph, look.glyph);
      setText(name, clip(full));
      setText(state, said);
      const after = needs === 0 ? '' : `, after ${oneLine(feature.spec.dependsOn.join(' and '))}`;
      const step = isLive ? (snapshot.agents[slot]?.step ?? '') : '';
      const doing = step === '' ? '' : `, ${oneLine(step)}`;
      setText(title, `Feature ${feature.id}, ${full}: ${said}${doing}${after}`);
    },
  };
}

/** One stop for Tab; arrows follow the lines left and right and the column up and down, Home and End go to the ends. */
function addKeys(svg: SVGSVGElement, places: readonly Place[], boxes: ReadonlyMap<FeatureId, Box>): void {
  let current = places[0]?.id;
  const stopAt = (id: FeatureId | undefined) => {
    if (current !== undefined) boxes.get(current)?.node.setAttribute('tabindex', '-1');
    current = id;
    if (id !== undefined) boxes.get(id)?.node.setAttribute('tabindex', '0');
  };
  stopAt(current);
  svg.addEventListener('focusin', ({ target }) => {
    for (const [id, { node }] of boxes) if (node === target) stopAt(id);
  });
  svg.addEventListener('keydown', (event) => {
    const at = places.findIndex(({ id }) => id === current);
    const next = nextPlace(places, at, event.key);
    if (next === undefined) return;
    event.preventDefault();
    stopAt(next);
    boxes.get(next)?.node.focus();
  });
}

/** A curve that leaves every point, and comes to every point, level. */
function createLine({ points }: Line): SVGElement {
  const [first, ...rest] = points;
  if (!first) return svgElement('path', { class: 'line' });
  const curves = rest.map(({ x, y }, at) => {
    const from = points[at] ?? first;
    const middle = (from.x + x) / 2;
    return `C${middle} ${from.y} ${middle} ${y} ${x} ${y}`;
  });
  const d = `M${first.x} ${first.y} ${curves.join(' ')}`;
  return svgElement('path', { class: 'line', d, 'marker-end': 'url(#arrow)' });
}

/** The states that are there now, so that the legend is as short as can be. */
function createLegend(): { readonly node: HTMLElement; update(features: readonly Feature[]): void } {
  const entries = new Map(
    stages.map((stage) => {
      const { icon: name, label } = stageLooks[stage];
      return [
        stage,
        element('li', { class: `stage-${stage}` }, [icon(name), element('span', { text: label })]),
      ];
    }),
  );
  const node = element('ul', { class: 'legend', attributes: { 'aria-label': 'States' } }, [
    ...entries.values(),
  ]);
  return {
    node,
    update(features) {
      const present = new Set(features.map(({ state }) => stageOf(state)));
      for (const [stage, entry] of entries) entry.hidden = !present.has(stage);
    },
  };
}

function clip(name: string): string {
  const letters = Array.from(name);
  return letters.length > mostLetters ? `${letters.slice(0, mostLetters - 1).join('')}…` : name;
}
