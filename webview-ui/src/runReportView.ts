// A run at a glance: its figures beside what one agent would have needed, and its attempts as a chart and as a table.
import type { FromWebview } from '../../src/protocol/webviewMessages';
import { createAttemptTable } from './attemptTable';
import { barEnds, endLooks } from './barText';
import type { Part } from './controls';
import { element, icon, setText } from './element';
import { createGanttView } from './ganttView';
import { decidedBy, type Fact, factsOf } from './reportText';
import { type RunChart, runChartOf } from './runChart';

export function createRunReport(post: (message: FromWebview) => void): Part {
  const heading = element('h2', { attributes: { id: 'report-heading' } });
  const legend = createLegend();
  const facts = element('dl', { class: 'facts' });
  const decided = element('p', { class: 'decided' });
  const chart = createGanttView(post);
  const note = element('p', { class: 'note' });
  const table = createAttemptTable();
  const node = element('section', { class: 'report', attributes: { 'aria-labelledby': 'report-heading' } }, [
    element('div', { class: 'heading' }, [heading, legend.node]),
    facts,
    decided,
    chart.node,
    note,
    table.node,
  ]);
  let shown: readonly unknown[] = [];
  return {
    node,
    update({ snapshot, timeline }) {
      const { run, features } = snapshot;
      const next = [run?.status, run?.report, features, timeline];
      if (next.every((value, at) => value === shown[at])) return;
      shown = next;
      const report = run?.status === 'finished' ? run.report : undefined;
      const runChart = runChartOf(snapshot, timeline);
      node.hidden = report === undefined && runChart.bars.length === 0;
      if (node.hidden) return;
      setText(heading, report ? 'Run report' : 'This run so far');
      facts.replaceChildren(...(report ? factsOf(report).map(createFact) : []));
      facts.hidden = report === undefined;
      setText(decided, report?.chain?.length ? decidedBy(report.chain, report.chainLength) : '');
      decided.hidden = decided.textContent === '';
      chart.node.hidden = runChart.bars.length === 0;
      chart.update(runChart);
      setText(
        note,
        report ? leftOut(report.attempts - runChart.bars.length) : timeline.isWhole ? '' : partNote,
      );
      note.hidden = note.textContent === '';
      legend.update(runChart);
      table.update(runChart);
    },
  };
}

const partNote = 'What ended before this page knew of it is added when the run is over.';

function leftOut(count: number): string {
  return count > 0 ? `${count} more ${count === 1 ? 'attempt is' : 'attempts are'} not in the chart.` : '';
}

function createFact({ name, value, aside }: Fact): HTMLElement {
  return element('div', {}, [
    element('dt', { text: name }),
    element('dd', { class: 'amount', text: value }),
    element('dd', { class: 'aside', text: aside }),
  ]);
}

/** The outcomes that are there, and the two marks. */
function createLegend(): { readonly node: HTMLElement; update(chart: RunChart): void } {
  const ends = new Map(
    barEnds.map((end) => {
      const { icon: name, label } = endLooks[end];
      return [end, element('li', { class: `end-${end}` }, [icon(name), element('span', { text: label })])];
    }),
  );
  const mark = (name: string, label: string) =>
    element('li', {}, [
      element('span', { class: `mark ${name}`, attributes: { 'aria-hidden': 'true' } }),
      element('span', { text: label }),
    ]);
  const waits = mark('waits', 'waits for a file');
  const decides = mark('decides', 'decided how long it took');
  const node = element('ul', { class: 'legend', attributes: { 'aria-label': 'Outcomes' } }, [
    ...ends.values(),
    waits,
    decides,
  ]);
  return {
    node,
    update({ bars, chain }) {
      const present = new Set(bars.map(({ end }) => end));
      for (const [end, entry] of ends) entry.hidden = !present.has(end);
      waits.hidden = bars.every((bar) => bar.waits.length === 0);
      decides.hidden = chain.length === 0;
    },
  };
}
