// What Start N Agents offers: each number with how long the backlog would take with so many, and what holds it back.
import { oneLine } from '../core/events/describe';
import type { Snapshot } from '../core/events/snapshot';
import type { Routing } from '../core/routing/routeModel';
import { describeHeldBack } from '../core/scheduler/describeForecast';
import { estimatesFrom, unknownMinutes } from '../core/scheduler/estimates';
import { type Forecast, forecast } from '../core/scheduler/forecast';
import { duration } from '../core/shared/duration';

export interface AgentChoice {
  readonly count: number;
  readonly label: string;
  /** Beside the label: the time, and whether it was the choice before. */
  readonly description: string;
  /** Below it: why more would or would not help. */
  readonly detail?: string;
}

export interface AgentChoices {
  readonly choices: readonly AgentChoice[];
  readonly placeholder: string;
}

/** What the question is asked about. */
export interface AgentQuestion {
  readonly snapshot: Snapshot;
  readonly remembered: number;
  readonly agentLimit: number;
  readonly routing: Routing;
}

/** The question waits for the answer, so it costs at most some 0.4 s: one forecast of 10⁴ features takes 0.18 s. */
const mostForecast = 20_000;

export function agentChoices({ snapshot, remembered, agentLimit, routing }: AgentQuestion): AgentChoices {
  const features = Object.values(snapshot.features);
  const estimates = estimatesFrom(snapshot.experience, routing);
  const isCheap = features.length * agentLimit <= mostForecast;
  const forecasts = Array.from({ length: agentLimit }, (_, k) =>
    isCheap || k + 1 === remembered ? forecast(features, k + 1, estimates, 0) : undefined,
  );
  const choices = forecasts.map((ahead, k): AgentChoice => {
    const time = ahead && ahead.features > 0 ? [`about ${duration(ahead.expected)}`] : [];
    return {
      count: k + 1,
      label: `${k + 1} ${k === 0 ? 'agent' : 'agents'}`,
      description: [...time, ...(k + 1 === remembered ? ['as last time'] : [])].join(' · '),
      ...(ahead && ahead.features > 0 ? { detail: detailOf(ahead, forecasts[k - 1]) } : {}),
    };
  });
  const told = forecasts.find((ahead) => ahead !== undefined);
  return { choices, placeholder: `How many agents may work at the same time?${told ? guessesOf(told) : ''}` };
}

function detailOf(ahead: Forecast, fewer: Forecast | undefined): string {
  const reason = oneLine(describeHeldBack(ahead.heldBackBy));
  if (fewer && fewer.expected <= ahead.expected) {
    return `no faster than ${fewer.agents}${reason === '' ? '' : `: ${reason}`}`;
  }
  if (reason !== '') return reason;
  return ahead.agents === 1 ? 'one feature after the other' : 'work enough for all of them';
}

function guessesOf({ features, guessed }: Forecast): string {
  if (guessed === 0) return '';
  if (guessed < features) return ` ${guessed} of ${features} durations are guesses.`;
  return ` No durations known yet: guessed at ${unknownMinutes} min each.`;
}
