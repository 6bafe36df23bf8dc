// Keeps what an attempt's commands and checks leave for people, and tells of it. Nothing hangs on that it succeeds.
import { type Attempt, attemptOf } from '../core/events/event';
import type { FeatureId } from '../core/shared/ids';
import { Failure } from '../ports/failure';
import type { CommandPlace, Isolation } from '../ports/isolation';
import type { EventLog } from './eventLog';

/** Named in the event; the rest is counted. */
const mostNamed = 50;

export class Artifacts {
  constructor(
    private readonly log: EventLog,
    private readonly isolation: Isolation,
    /** Told of what could not be kept. */
    private readonly failed: (error: unknown) => void,
  ) {}

  /**
   * Never rejects for what the machine refuses.
   * @param env what the command was given @param guards whose check it was, if another feature's than the attempt's
   */
  async keep(attempt: Attempt, env: CommandPlace['env'], guards?: FeatureId): Promise<void> {
    const { slot, featureId, fence } = attempt;
    const own = `${featureId}-${attempt.attempt}-${fence}`;
    const name = guards === undefined || guards === featureId ? own : `${own}/feature-${guards}`;
    try {
      const kept = await this.isolation.takeArtifacts(slot, env.PARALLEL_AGENTS_ARTIFACTS ?? '', name);
      if (!kept) return;
      const { folder, files, leftOut } = kept;
      await this.log.append([
        {
          type: 'artifact.stored',
          folder,
          files: files.slice(0, mostNamed),
          count: files.length,
          ...(leftOut > 0 && { leftOut }),
          ...attemptOf(attempt),
        },
      ]);
    } catch (error) {
      if (!Failure.is(error)) throw error;
      this.failed(error);
    }
  }
}
