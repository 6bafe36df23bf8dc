// How far the backlog is: a bar in the colours of the states and the same in words; and what the user has to decide.
import { oneLine } from '../../src/core/events/describe';
import type { Snapshot } from '../../src/core/events/snapshot';
import type { Feature } from '../../src/core/features/feature';
import { type Stage, stageOf } from '../../src/core/features/featureMachine';
import type { FromWebview } from '../../src/protocol/webviewMessages';
import type { Part } from './controls';
import { element, icon, setText } from './element';
import { costText, formatTokens } from './figures';
import { stageLooks, stages } from './stages';
import { createButton } from './ui';

/** With none of these left a run only checks once more what came of it. */
const openStages: readonly Stage[] = ['pending', 'waiting', 'working', 'verifying'];

export function createOverview(): Part {
  const bar = element('div', { class: 'bar', attributes: { role: 'img' } });
  const words = element('p', { class: 'words' });
  const segments = new Map(
    stages.map((stage) => [stage, element('span', { class: `segment stage-${stage}` })]),
  );
  // Finished first, so that the bar fills from the left.
  for (const stage of barOrder) bar.append(segments.get(stage) ?? '');
  const node = element('section', { class: 'overview', attributes: { 'aria-label': 'Progress' } }, [
    bar,
    words,
  ]);
  let counted: Snapshot['features'] | undefined;
  let counts: ReadonlyMap<Stage, number> = new Map();
  return {
    node,
    update({ snapshot }) {
      if (snapshot.features !== counted) counts = countStages(Object.values(snapshot.features));
      counted = snapshot.features;
      const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
      node.hidden = all === 0;
      for (const [stage, segment] of segments) {
        const count = counts.get(stage) ?? 0;
        segment.hidden = count === 0;
        segment.style.flexGrow = String(count);
      }
      const told = stages.flatMap((stage) => {
        const count = counts.get(stage) ?? 0;
        return count === 0 || stage === 'passing' ? [] : [`${count} ${stageLooks[stage].label}`];
      });
      const done = `${counts.get('passing') ?? 0} of ${all} passing`;
      const { run } = snapshot;
      const tokens = run === null ? 0 : run.inputTokens + run.outputTokens;
      const spent = run === null || tokens === 0 ? [] : [costText(run), formatTokens(tokens)];
      const isLast = run?.status === 'running' && openStages.every((stage) => !counts.get(stage));
      const last = isLast ? ['last checks, on all there is now'] : [];
      setText(words, [done, ...told, ...last, ...spent].join(' · '));
      bar.setAttribute('aria-label', [done, ...told].join(', '));
    },
  };
}

/** The rest is counted; the tree lists all of them. */
const mostListed = 50;

/** Features that wait for a yes or no, and those that failed and can be tried again. */
export function createDecisions(post: (message: FromWebview) => void): Part {
  const list = element('ul', { class: 'decisions' });
  const heading = element('h2', { text: 'Needs you', attributes: { id: 'needs-you' } });
  const more = element('p', { class: 'note' });
  const node = element('section', { attributes: { 'aria-labelledby': 'needs-you' } }, [heading, list, more]);
  const rows = new Map<number, { readonly key: string; readonly node: HTMLElement }>();
  let shown: Snapshot['features'] | undefined;
  return {
    node,
    update({ snapshot }) {
      if (snapshot.features === shown) return;
      shown = snapshot.features;
      const all = Object.values(snapshot.features).filter(({ state }) => {
        const stage = stageOf(state);
        return stage === 'unconfirmed' || stage === 'failed';
      });
      const wanted = all.slice(0, mostListed);
      node.hidden = all.length === 0;
      setText(more, `and ${(all.length - wanted.length).toLocaleString('en')} more, in the tree of features`);
      more.hidden = all.length === wanted.length;
      const ids = new Set(wanted.map(({ id }) => id));
      for (const [id, row] of rows) {
        if (ids.has(id)) continue;
        row.node.remove();
        rows.delete(id);
      }
      for (const feature of wanted) {
        const key = `${stageOf(feature.state)} ${whyOf(feature)}`;
        const before = rows.get(feature.id);
        if (before?.key === key) continue;
        const row = createRow(feature, post);
        if (before) before.node.replaceWith(row);
        else list.append(row);
        rows.set(feature.id, { key, node: row });
      }
    },
  };
}

function countStages(features: readonly Feature[]): ReadonlyMap<Stage, number> {
  const counts = new Map<Stage, number>();
  for (const { state } of features) counts.set(stageOf(state), (counts.get(stageOf(state)) ?? 0) + 1);
  return counts;
}

const barOrder: readonly Stage[] = [
  'passing',
  'verifying',
  'working',
  'unconfirmed',
  'failed',
  'skipped',
  'pending',
  'waiting',
];

/** What a person may do about a feature that needs them. */
type Answer = 'showChanges' | 'confirm' | 'reject' | 'retry';

function createRow(feature: Feature, post: (message: FromWebview) => void): HTMLElement {
  const featureId = feature.id;
  const name = oneLine(feature.spec.name);
  const stage = stageOf(feature.state);
  const button = (label: string, type: Answer, kind: 'primary' | 'secondary') =>
    createButton({ label, kind, spoken: `${label} ${name}`, onClick: () => post({ type, featureId }) }).node;
  const buttons =
    stage === 'failed'
      ? [button('Retry', 'retry', 'secondary')]
      : [
          button('Show Changes', 'showChanges', 'secondary'),
          button('Confirm', 'confirm', 'primary'),
          button('Reject', 'reject', 'secondary'),
        ];
  return element('li', { class: `decision stage-${stage}` }, [
    icon(stageLooks[stage].icon),
    element('div', { class: 'what' }, [
      element('strong', { text: name }),
      element('span', { class: 'why', text: `${stageLooks[stage].label}: ${whyOf(feature)}` }),
    ]),
    element('div', { class: 'buttons' }, buttons),
  ]);
}

function whyOf({ state }: Feature): string {
  if (state.status === 'failed') return oneLine(state.reason);
  return state.status === 'claimed' && state.phase === 'unconfirmed' ? oneLine(state.why) : '';
}
