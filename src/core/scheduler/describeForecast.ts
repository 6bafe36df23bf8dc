// Tells forecasts in one line for people: in the command line, in the editor's quick pick and beside the slider.
import { oneLine } from '../events/describe';
import { lockName } from '../locks/lockScope';
import { duration } from '../shared/duration';
import type { Forecast, HeldBackBy } from './forecast';

/** `3 agents: about 20 min; 5: 20 min, the chain auth → profile decides`. */
export function describeForecast(forecasts: readonly Forecast[]): string {
  const [first] = forecasts;
  if (!first) return '';
  if (first.features === 0) return 'Nothing is left to build';
  const parts = forecasts.map(({ agents, expected }, k) =>
    k === 0
      ? `${agents} ${agents === 1 ? 'agent' : 'agents'}: about ${duration(expected)}`
      : `${agents}: ${duration(expected)}`,
  );
  const last = forecasts.at(-1) ?? first;
  const reason = describeHeldBack(last.heldBackBy);
  const guessed = first.guessed === 0 ? '' : ` (${first.guessed} of ${first.features} durations are guesses)`;
  return `${parts.join('; ')}${reason === '' ? '' : `, ${reason}`}${guessed}`;
}

/** What keeps more agents from helping; empty where they would. */
export function describeHeldBack(by: HeldBackBy): string {
  switch (by.kind) {
    case 'work':
      return '';
    case 'chain':
      return by.names.length === 1
        ? `${shown(by.names[0])} alone decides`
        : `the chain ${shortened(by.names)} decides`;
    case 'file':
      return `${shown(by.path)} decides, which ${by.features} features change`;
    case 'resource':
      return `${shown(lockName(by))} decides, which ${by.features} features need`;
    default:
      return by satisfies never;
  }
}

/** By first and last members where a chain is long. */
function shortened(names: readonly string[]): string {
  const ends =
    names.length <= 5
      ? names.map(shown)
      : [...names.slice(0, 2).map(shown), '…', ...names.slice(-2).map(shown)];
  return ends.join(' → ');
}

function shown(name: string | undefined): string {
  const flat = oneLine(name ?? '');
  return flat.length > 40 ? `${flat.slice(0, 39)}…` : flat;
}
