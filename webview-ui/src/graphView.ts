// The dependency graph as SVG: coloured by state, moved through by arrow keys, laid out anew only when its shape changes.
import { oneLine } from '../../src/core/events/describe';
import type { Snapshot } from '../../src/core/events/snapshot';
import type { Feature } from '../../src/core/features/feature';
import { stageOf } from '../../src/core/features/featureMachine';
import type { FeatureId } from '../../src/core/shared/ids';
import type { FromWebview } from '../../src/protocol/webviewMessages';
import type { Part } from './controls';
import { element, icon, setText, svgElement } from './element';
import { type Focus, focusOn } from './graphFocus';
import { nextPlace } from './graphKeys';
import { boxHeight, boxWidth, type Layout, type Line, layOut, type Place } from './graphLayout';
import { addPress, addRovingFocus } from './rovingFocus';
import { stageLooks, stages } from './stages';

/** Characters of a name that fit into a box; the whole of it is in the tooltip. */
const mostLetters = 20;
/** The same of what stands below it, in smaller letters. */
const mostSmallLetters = 29;

const lockGlyph = '\uea75';

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
  let seen: Snapshot['features'] | undefined;
  let focus: Focus = { shown: [] };
  let shape = '';
  let boxes = new Map<FeatureId, Box>();
  let places: readonly Place[] = [];
  const keys = addRovingFocus(frame, (at, key) => {
    const next = nextPlace(places, at, key);
    return next === undefined ? undefined : places.findIndex(({ id }) => id === next);
  });
  return {
    node,
    update({ snapshot, fileWaits }) {
      const features = Object.values(snapshot.features);
      node.hidden = features.length === 0;
      if (features.length === 0) return;
      if (snapshot.features !== seen) focus = focusOn(features);
      seen = snapshot.features;
      const nextShape = focus.shown
        .map(({ id, spec }) => `${id} ${spec.name} ${spec.dependsOn.join()}`)
        .join('\n');
      if (nextShape !== shape) {
        shape = nextShape;
        const focused = [...boxes].find(([, box]) => box.node === document.activeElement)?.[0];
        const laidOut = layOut(focus.shown);
        boxes = draw(frame, laidOut, post);
        places = laidOut.places;
        keys.reset([...boxes.values()].map((box) => box.node));
        if (focused !== undefined) boxes.get(focused)?.node.focus();
      }
      for (const feature of focus.shown)
        boxes.get(feature.id)?.update(feature, snapshot, fileWaits.get(feature.id));
      setText(note, focus.note ?? '');
      note.hidden = focus.note === undefined;
      legend.update(features);
    },
  };
}

interface Box {
  readonly node: SVGGElement;
  /** @param fileWait what it waits for, where someone has one of its files */
  update(feature: Feature, snapshot: Snapshot, fileWait: string | undefined): void;
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
  addPress(node, () => post({ type: 'openFeature', featureId: id }));
  return {
    node,
    update(feature, snapshot, fileWait) {
      const stage = stageOf(feature.state);
      const look = stageLooks[stage];
      const full = oneLine(feature.spec.name);
      const isLive = stage === 'working' || stage === 'verifying';
      const slot =
        feature.state.status === 'claimed' && feature.state.phase !== 'unconfirmed'
          ? feature.state.claim.slot
          : 0;
      const agent = isLive ? snapshot.agents[slot] : undefined;
      const said = isLive
        ? `agent ${slot}, ${agent?.status === 'waiting' ? 'waiting' : look.label}`
        : look.label;
      const needs = feature.spec.dependsOn.length;
      node.setAttribute('class', `box stage-${stage}`);
      setText(glyph, fileWait === undefined ? look.glyph : lockGlyph);
      setText(name, clip(full, mostLetters));
      setText(state, fileWait === undefined ? said : clip(fileWait.split(', ', 1).join(), mostSmallLetters));
      const after = needs === 0 ? '' : `, after ${oneLine(feature.spec.dependsOn.join(' and '))}`;
      const step = agent?.step ?? '';
      const doing = step === '' ? '' : `, ${oneLine(step)}`;
      setText(title, `Feature ${feature.id}, ${full}: ${fileWait ?? said}${doing}${after}`);
    },
  };
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

function clip(text: string, most: number): string {
  const letters = Array.from(text);
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : text;
}
