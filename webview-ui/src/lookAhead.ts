// How long what is left would take with some number of agents: the words beside the slider, worked out when they change.
import type { Snapshot } from '../../src/core/events/snapshot';
import type { Feature } from '../../src/core/features/feature';
import { describeForecast } from '../../src/core/scheduler/describeForecast';
import { type Estimates, estimatesFrom, unknownMinutes } from '../../src/core/scheduler/estimates';
import { type Forecast, forecast } from '../../src/core/scheduler/forecast';

export interface Ahead {
  /** `3 agents: about 20 min; 5: 20 min, the chain auth → profile decides`; empty when nothing is left. */
  readonly text: string;
  /** It is what is left of an open run. */
  readonly isRest: boolean;
  /** How much of it is guessed; empty when nothing is. */
  readonly guesses: string;
}

export interface RequestType {
  readonly snapshot: Snapshot;
  readonly agents: number;
  /** Told beside it, so that one sees whether more would help. */
  readonly most: number;
}

/** Only the order is followed: a search for a better plan would cost more and change the answer by a percent. */
const iterations = 0;

export function lookAhead({ snapshot, agents, most }: RequestType): Ahead {
  const { run } = snapshot;
  const isOpen = run !== null && run.status !== 'finished';
  const only = isOpen && run.settings.only ? new Set(run.settings.only) : undefined;
  const features = Object.values(snapshot.features).filter(({ id }) => only?.has(id) !== false);
  const estimates = lessElapsed(estimatesFrom(snapshot.experience, run?.settings ?? {}), snapshot.elapsedMs);
  const counts = agents < most ? [agents, most] : [agents];
  const forecasts = counts.map((count) => forecast(features, count, estimates, iterations));
  const [first] = forecasts;
  if (!first || first.features === 0) return { text: '', isRest: isOpen, guesses: '' };
  const text = describeForecast(forecasts.map((ahead) => ({ ...ahead, guessed: 0 }))); // told in more words below
  return { text, isRest: isOpen, guesses: guessesOf(first) };
}

/** A feature at work needs only the rest of its time, but never none: it is not done. */
function lessElapsed(estimates: Estimates, nowMs: number): Estimates {
  const leastShare = 0.1;
  return {
    ...estimates,
    minutesOf(feature: Feature) {
      const { minutes, from } = estimates.minutesOf(feature);
      const { state } = feature;
      if (state.status !== 'claimed') return { minutes, from };
      const elapsed = Math.max(0, nowMs - (state.claim.claimedMs ?? nowMs)) / 60_000;
      return { minutes: Math.max(minutes * leastShare, minutes - elapsed), from };
    },
  };
}

function guessesOf({ features, guessed }: Forecast): string {
  if (guessed === 0) return '';
  if (guessed === features) return `no durations known yet: guessed at ${unknownMinutes} min each`;
  return `${guessed} of ${features} durations are guesses`;
}
