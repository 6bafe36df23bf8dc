// The names by which rooms refer to things without holding them.

/** A feature's number, given at first load in file order and never reused; 1, 2, 3 ... */
export type FeatureId = number;

/** The place an agent works in, 1..N; people know it as the agent's number. */
export type Slot = number;

/** Rises by one with every claim in a workspace; a writer with an older one is refused. */
export type Fence = number;

/** Milliseconds since 1970 on the wall clock. */
export type EpochMs = number;

/** The name an agent carries in events and on the command line: `agent-<slot>`. */
export function agentName(slot: Slot): string {
  return `agent-${slot}`;
}
