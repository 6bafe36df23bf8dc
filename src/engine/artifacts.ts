// Keeps what an attempt's commands and checks leave for people, and tells of it. Nothing hangs on that it succeeds.
import { type Attempt, attemptOf } from '../core/events/event';
import { Failure } from '../ports/failure';
import type { Isolation } from '../ports/isolation';
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

  /** Never rejects for what the machine refuses. */
  async keep(attempt: Attempt): Promise<void> {
    const { slot, featureId, fence } = attempt;
    try {
      const kept = await this.isolation.takeArtifacts(slot, `${featureId}-${attempt.attempt}-${fence}`);
      if (!kept) return;
      const { folder, files, leftOut } = kept;
      await this.log.append([
        {
          ...{ type: 'artifact.stored', folder, files: files.slice(0, mostNamed), count: files.length },
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
