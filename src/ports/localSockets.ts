// Servers that commands start on this machine, and who talks to them.
import type { Seen } from '../core/guardrails/neighbours';

export interface LocalSockets {
  /**
   * One look at the sockets of this machine; undefined where the system does not tell whose they are. Never rejects. Costs
   * some 0.2 ms, and where a connection or server is new what listing all processes costs.
   * @param tags the marks of those whose processes are meant
   */
  look(tags: readonly string[]): Promise<Seen | undefined>;
}

/** Where nobody can tell. */
export const unknownSockets: LocalSockets = { look: async () => undefined };
