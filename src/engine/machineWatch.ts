// Finds out of what failed whether the machine was able: where it was not, that is trouble, and nothing is held against the feature.

import { spokenLack } from '../core/guardrails/machineText';
import {
  type FailedProgram,
  judgeMachine,
  type MachineVerdict,
  ownDoing,
  type Room,
} from '../core/guardrails/machineTrouble';
import type { FeatureId, Slot } from '../core/shared/ids';
import { Failure, type FailureReason } from '../ports/failure';
import type { Machine } from '../ports/machine';

/** The watch over one program. Nothing has to be ended. */
export interface MachineSpan {
  /**
   * For what failed, at once, before anything it left is removed. Rejects with a `Failure` where it was the machine;
   * else what is to be said beside the failure.
   */
  judge(failed: FailedProgram): Promise<readonly string[]>;
}

const reasons: Readonly<Record<Extract<MachineVerdict, { kind: 'trouble' }>['cause'], FailureReason>> = {
  disk: 'diskFull',
  spawn: 'spawn',
  files: 'tooManyOpen',
};

export class MachineWatch {
  /** How often in a row something of a feature was believed that it may have brought about itself. */
  readonly #believed = new Map<FeatureId, number>();

  constructor(
    private readonly machine: Machine,
    private readonly folderOf: (slot: Slot) => string,
  ) {}

  /** Before it is started. */
  async begin(slot: Slot, featureId: FeatureId): Promise<MachineSpan> {
    const folder = this.folderOf(slot);
    const before = await this.machine.room(folder);
    return { judge: (failed) => this.#judge(folder, featureId, before, failed) };
  }

  /** Something of the feature's has gone well: the machine is able to run it. */
  wentWell(featureId: FeatureId): void {
    this.#believed.delete(featureId);
  }

  async #judge(
    folder: string,
    featureId: FeatureId,
    before: Room,
    failed: FailedProgram,
  ): Promise<readonly string[]> {
    const lack = spokenLack(failed.output)?.lack ?? failed.endedFor;
    const verdict = judgeMachine(failed, before, await this.machine.shortage(folder, lack));
    if (verdict.kind === 'own') return verdict.said === undefined ? [] : [verdict.said];
    const { cause, message, most } = verdict;
    if (Number.isFinite(most)) {
      const believed = this.#believed.get(featureId) ?? 0;
      if (believed >= most) return [ownDoing(verdict)];
      this.#believed.set(featureId, believed + 1);
    }
    throw new Failure(reasons[cause], message, { inCommand: true });
  }
}
