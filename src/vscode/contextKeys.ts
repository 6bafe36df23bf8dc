// What `when` clauses in package.json are told about the shown folder, so that only what works is offered.
import { openBreakers } from '../core/events/accounts';
import type { Snapshot } from '../core/events/snapshot';
import { type ContextKey, contextKeys } from './contributions';
import { unconfirmedCount } from './featureTree';
import type { Phase } from './workspaceSession';

type RunState = 'none' | 'running' | 'waiting' | 'paused' | 'stopping' | 'finished';

export type ContextValues = Readonly<Record<ContextKey, string | boolean>>;

function runStateOf(snapshot: Snapshot): RunState {
  const { run } = snapshot;
  if (run === null) return 'none';
  return run.status === 'running' && openBreakers(snapshot).length > 0 ? 'waiting' : run.status;
}

export function contextValues(snapshot: Snapshot, phase: Phase, severalBacklogs: boolean): ContextValues {
  const states = Object.values(snapshot.features).map(({ state }) => state);
  return {
    [contextKeys.backlog]: phase,
    [contextKeys.run]: runStateOf(snapshot),
    [contextKeys.hasFailed]: states.some((state) => state.status === 'failed'),
    [contextKeys.hasUnconfirmed]: unconfirmedCount(snapshot) > 0,
    [contextKeys.severalBacklogs]: severalBacklogs,
  };
}

/** Passes on only what changed: each is a message to the window. */
export class ContextKeys {
  private said: Partial<ContextValues> = {};

  constructor(private readonly set: (key: ContextKey, value: string | boolean) => void) {}

  show(values: ContextValues): void {
    for (const key of Object.values(contextKeys)) {
      if (this.said[key] !== values[key]) this.set(key, values[key]);
    }
    this.said = values;
  }
}
