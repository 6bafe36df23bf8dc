// What the machine has left for commands: asked before each, and in full after one that failed.

import type { Lack } from '../core/guardrails/machineText';
import type { Room, Shortage } from '../core/guardrails/machineTrouble';

export interface Machine {
  /**
   * Before a command. Never rejects: what cannot be told is left out. Costs less than a millisecond.
   * @param folder where it works, absolute and on the disk
   */
  room(folder: string): Promise<Room>;
  /**
   * After a command that failed, before anything it left is removed. Never rejects. Costs some milliseconds, and what is
   * tried some hundred: a file of some MB is written and removed, processes are started, a watch is set.
   * @param lack what its output speaks of, to be tried
   */
  shortage(folder: string, lack: Lack | undefined): Promise<Shortage>;
}
