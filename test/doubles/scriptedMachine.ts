// A machine that has what a test says.

import type { Lack } from '../../src/core/guardrails/machineText';
import type { Room, Shortage } from '../../src/core/guardrails/machineTrouble';
import type { Machine } from '../../src/ports/machine';

const gigabyte = 1024 ** 3;

/** Able, as long as nobody says otherwise. */
export class ScriptedMachine implements Machine {
  before: Room = {
    disks: [{ folder: '/copies', freeBytes: 50 * gigabyte, freeFiles: 1_000_000 }],
    memoryBytes: 8 * gigabyte,
    memoryKills: 0,
  };
  after: Partial<Shortage> = {};
  /** What was looked for, once for each thing that failed. */
  readonly looked: (Lack | undefined)[] = [];

  async room(): Promise<Room> {
    return this.before;
  }

  async shortage(_folder: string, lack: Lack | undefined): Promise<Shortage> {
    this.looked.push(lack);
    return { ...this.before, startsLeft: 10_000, opensLeft: 1_000_000, ...this.after };
  }
}
