// A place without an agent, in which something is run on the workspace as it is now.
import type { Slot } from '../core/shared/ids';
import type { Isolation } from '../ports/isolation';
import { SerialQueue } from '../ports/serialQueue';

/** No agent's. */
export const cleanSlot: Slot = 0;

export class CleanPlace {
  readonly #gate = new SerialQueue();

  constructor(private readonly isolation: Isolation) {}

  /** For one work at a time, and made anew for each. Rejects with a `Failure` when there can be no place. */
  use<T>(work: (slot: Slot) => Promise<T>): Promise<T> {
    return this.#gate.run(async () => {
      await this.isolation.prepare(cleanSlot);
      return work(cleanSlot);
    });
  }
}
