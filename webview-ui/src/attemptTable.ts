// The attempts of a run as a table: the same as its chart, in words.
import { becauseText } from '../../src/core/scheduler/describeReport';
import { endLooks, waitText } from './barText';
import { element } from './element';
import { formatSpan } from './figures';
import type { Bar, RunChart } from './runChart';

export interface AttemptTable {
  readonly node: HTMLElement;
  update(chart: RunChart): void;
}

/** Folded at first; its rows are made only when it is opened. */
export function createAttemptTable(): AttemptTable {
  const body = element('tbody');
  const columns = ['Agent', 'Feature', 'Attempt', 'Began', 'Took', 'Outcome', 'Waited', 'Decided'];
  const head = columns.map((text) => element('th', { text, attributes: { scope: 'col' } }));
  const table = element('table', { attributes: { 'aria-label': 'Attempts of this run' } }, [
    element('thead', {}, [element('tr', {}, head)]),
    body,
  ]);
  const frame = element(
    'div',
    { class: 'rows', attributes: { tabindex: '0', role: 'region', 'aria-label': 'Table of attempts' } },
    [table],
  );
  const node = element('details', {}, [element('summary', { text: 'As a table' }), frame]);
  let bars: readonly Bar[] = [];
  let filled = '';
  const fill = () => {
    // While agents work only their time goes on, and the table tells that of those that ended.
    const rows = bars
      .map(({ key, end, because, waits }) => [key, end, because, waits.length].join(' '))
      .join();
    if (!node.open || rows === filled) return;
    filled = rows;
    body.replaceChildren(...bars.map(createTableRow));
  };
  node.addEventListener('toggle', fill);
  return {
    node,
    update(chart) {
      bars = chart.bars;
      node.hidden = bars.length === 0;
      fill();
    },
  };
}

function createTableRow(bar: Bar): HTMLElement {
  const cells = [
    String(bar.slot),
    bar.name,
    String(bar.attempt),
    formatSpan(bar.startMs),
    bar.end === 'open' ? '–' : formatSpan(bar.endMs - bar.startMs),
    endLooks[bar.end].label,
    waitText(bar).join('; ') || '–',
    bar.because === undefined ? '–' : becauseText[bar.because],
  ];
  return element(
    'tr',
    {},
    cells.map((text) => element('td', { text })),
  );
}
