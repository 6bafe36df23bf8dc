// The forecast beside the slider: follows it as it moves, and is worked out no more often than it can change.
import { element, icon, setText } from './element';
import { lookAhead, type RequestType } from './lookAhead';

export interface ForecastLine {
  readonly node: HTMLElement;
  update(question: RequestType): void;
}

/** Up to so many features a forecast takes some 20 ms; more are worked out at most once in `restMs`. */
const mostAtOnce = 300;
const restMs = 400;
/** So many times as long as the last one took nothing is worked out, however much happens. */
const restTimes = 20;
/** While agents work, what is left becomes less without anything happening to a feature. */
const staleMs = 15_000;

export function createForecastLine(id: string): ForecastLine {
  const rest = element('span', { class: 'aside', text: 'To go:' });
  const text = element('span');
  const guesses = element('span', { class: 'aside' });
  const node = element('p', { class: 'forecast', attributes: { id } }, [icon('watch'), rest, text, guesses]);
  let shown: Shown | undefined;
  let next: RequestType | undefined;
  let resting: ReturnType<typeof setTimeout> | undefined;
  let tookMs = 0;
  const draw = () => {
    resting = undefined;
    if (!next) return;
    const startedAt = performance.now();
    const ahead = lookAhead(next);
    tookMs = performance.now() - startedAt;
    shown = keyOf(next);
    setText(text, ahead.text);
    setText(guesses, ahead.guesses);
    rest.hidden = !ahead.isRest;
    node.hidden = ahead.text === '';
  };
  return {
    node,
    update(question) {
      next = question;
      if (shown && isSame(shown, keyOf(question))) return;
      if (Object.keys(question.snapshot.features).length <= mostAtOnce || shown === undefined) draw();
      else if (resting === undefined) resting = setTimeout(draw, Math.max(restMs, restTimes * tookMs));
    },
  };
}

interface Shown {
  readonly from: readonly unknown[];
  readonly nowMs: number;
  readonly isAtWork: boolean;
}

function keyOf({ snapshot, agents, most }: RequestType): Shown {
  const { features, experience, run, elapsedMs } = snapshot;
  const isAtWork = run !== null && run.status !== 'finished';
  return {
    from: [features, experience, run?.status, run?.settings, agents, most],
    nowMs: elapsedMs,
    isAtWork,
  };
}

function isSame(a: Shown, b: Shown): boolean {
  const isFresh = !b.isAtWork || b.nowMs - a.nowMs < staleMs;
  return isFresh && a.from.every((value, at) => value === b.from[at]);
}
