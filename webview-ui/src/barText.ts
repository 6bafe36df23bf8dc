// How the outcome of an attempt looks and is called, and all there is to say of a bar in one line.
import { oneLine } from '../../src/core/events/describe';
import type { AttemptRow, ChainLink } from '../../src/core/events/runReport';
import { becauseText } from '../../src/core/scheduler/describeReport';
import { formatSpan } from './figures';
import type { Bar } from './runChart';

export interface EndLook {
  readonly label: string;
  /** The name of a codicon, and the same as a character of its font for use inside SVG. */
  readonly icon: string;
  readonly glyph: string;
}

/** In the order of the legend. Colours and outlines are in style.css, as `end-<name>`. */
export const endLooks: Readonly<Record<AttemptRow['end'], EndLook>> = {
  open: { label: 'at work', icon: 'sync', glyph: '\uea77' },
  passed: { label: 'passed', icon: 'pass', glyph: '\ueba4' },
  unconfirmed: { label: 'needs your check', icon: 'question', glyph: '\ueb32' },
  retried: { label: 'failed, tried again', icon: 'refresh', glyph: '\ueb37' },
  failed: { label: 'failed', icon: 'error', glyph: '\uea87' },
  yielded: { label: 'handed back', icon: 'debug-step-out', glyph: '\uead5' },
};

/** In the order of the legend. */
export const barEnds = ['open', 'passed', 'unconfirmed', 'retried', 'failed', 'yielded'] as const;

/** `Agent 2, Log in, attempt 1: passed, 0 s to 12 s (12 s), waited 3 s for src/app.ts, decided the run`. */
export function barLabel(bar: Bar): string {
  const { slot, name, attempt, end, startMs, endMs } = bar;
  const time = `${formatSpan(startMs)} to ${formatSpan(endMs)} (${formatSpan(endMs - startMs)})`;
  const decided = bar.because === undefined ? [] : [`decided how long the run took${sinceText(bar.because)}`];
  const parts = [endLooks[end].label, time, ...waitText(bar), ...decided];
  return `Agent ${slot}, ${name}, attempt ${attempt}: ${parts.join(', ')}`;
}

export function waitText({ waits }: Bar): readonly string[] {
  return waits.map(
    ({ path, startMs, endMs }) => `waited ${formatSpan(endMs - startMs)} for ${oneLine(path)}`,
  );
}

function sinceText(because: ChainLink['because']): string {
  return because === 'start' ? '' : ` (${becauseText[because]})`;
}
