// Runs a feature's check in the agent's copy, and turns its exit into evidence or a reason.
import { attemptOf } from '../core/events/event';
import type { CheckProof } from '../core/features/feature';
import { describeSurroundings, type Surroundings } from '../core/guardrails/surroundings';
import type { FeatureId } from '../core/shared/ids';
import { describeUnread } from '../core/shared/unread';
import type { Isolation } from '../ports/isolation';
import type { Clock } from '../ports/system';
import type { CommandResult, CommandRunner } from '../ports/workers';
import type { LiveAttempt } from './attempt';
import type { CheckPlaces } from './checkPlaces';
import type { CoreWatch } from './coreWatch';
import type { EventLog } from './eventLog';

/** What is checked: an attempt at work, or work that was kept, laid out anew. */
export type Subject = Pick<LiveAttempt, 'attempt' | 'feature' | 'tag' | 'check' | 'unread' | 'timeLimit'> & {
  /** Where it is the check of another feature than the attempt's: whose. */
  readonly guards?: FeatureId;
};

/** What a check made of an attempt's work. */
export type Checked =
  | { readonly kind: 'passed'; readonly evidence: CheckProof }
  | { readonly kind: 'failed'; readonly reason: string };

export class Verification {
  constructor(
    private readonly log: EventLog,
    private readonly commands: CommandRunner,
    private readonly isolation: Isolation,
    private readonly places: CheckPlaces,
    private readonly watch: CoreWatch,
    private readonly clock: Clock,
    private readonly onOutput: (of: Pick<LiveAttempt, 'attempt'>, text: string) => void,
    private readonly surroundings: () => Surroundings,
  ) {}

  /**
   * What the check makes of the attempt, once there is a place for it; the wait for that counts against no limit. Rejects
   * with a `Failure` when the check could not be run at all.
   * @param ready called once there is a place; what it answers with ends the matter without a check
   */
  async verify<T>(
    live: Subject,
    command: string,
    timeoutMs: number,
    ready: () => Promise<T | undefined>,
  ): Promise<Checked | T> {
    const { attempt } = live;
    const askedMs = this.clock.monotonic();
    let waitedMs: number | undefined;
    live.timeLimit?.hold();
    const giveBack = await this.places.take(live.check.signal, (running) => {
      waitedMs = 0;
      const step = waitingFor(running);
      this.log
        .append([{ type: 'agent.progress', status: 'waiting', step, ...attemptOf(attempt) }])
        .catch(() => undefined); // a log that refuses says so to whoever appends next
    });
    live.timeLimit?.goOn();
    if (!giveBack) return { kind: 'failed', reason: 'The check was stopped.' };
    try {
      if (waitedMs !== undefined) waitedMs = Math.round(this.clock.monotonic() - askedMs);
      return (await ready()) ?? (await this.#run(live, command, timeoutMs, waitedMs));
    } finally {
      giveBack();
    }
  }

  async #run(
    live: Subject,
    command: string,
    timeoutMs: number,
    waitedMs: number | undefined,
  ): Promise<Checked> {
    const { attempt, feature, guards } = live;
    const waited = waitedMs === undefined ? {} : { waitedMs };
    const surroundings = this.surroundings();
    const about = { ...(guards !== undefined && { guards }), ...attemptOf(attempt) };
    await this.log.append([{ type: 'verify.started', command, ...waited, ...about }]);
    const span = this.watch.begin();
    const [ended] = await Promise.allSettled([
      this.commands.run(
        {
          ...{ command, cwd: this.isolation.folderOf(attempt.slot), timeoutMs, tag: live.tag },
          shell: surroundings.shell,
          env: {
            ...(await this.isolation.environmentOf(attempt.slot)),
            PARALLEL_AGENTS_FEATURE_ID: String(feature.id),
            PARALLEL_AGENTS_FEATURE_NAME: feature.spec.name,
          },
          onOutput: (text) => this.onOutput(live, text),
        },
        live.check.signal,
      ),
    ]);
    const use =
      ended.status === 'fulfilled' ? span.end(ended.value.durationMs, ended.value.cpuMs) : span.end(0, 0);
    if (ended.status === 'rejected') throw ended.reason;
    const result = ended.value;
    if (result.aborted) return { kind: 'failed', reason: 'The check was stopped.' };
    const { exitCode, timedOut, durationMs } = result;
    const outputTail = this.log.redactor.text(result.outputTail); // before it is cut further
    const passed = exitCode === 0 && !timedOut;
    await this.log.append([
      {
        type: 'verify.finished',
        command,
        passed,
        exitCode,
        timedOut,
        durationMs,
        outputTail,
        ...use,
        ...about,
      },
    ]);
    if (exitCode === 0 && !timedOut)
      return { kind: 'passed', evidence: { kind: 'check', command, exitCode, outputTail, durationMs } };
    const lacked = [
      ...(live.unread ? [`${describeUnread(live.unread)}.`] : []),
      ...describeSurroundings({ command, output: outputTail }, surroundings),
    ];
    return { kind: 'failed', reason: failureReason(command, { ...result, outputTail }, timeoutMs, lacked) };
  }
}

function waitingFor(running: number): string {
  return `waiting for a core: ${running} ${running === 1 ? 'check is' : 'checks are'} running`;
}

/** One line on how the check ended, then what it may have lacked, then the end of its output: the next attempt's best hint. */
function failureReason(
  command: string,
  { exitCode, timedOut, outputTail }: CommandResult,
  timeoutMs: number,
  lacked: readonly string[],
): string {
  const how = timedOut
    ? `did not end within ${Math.round(timeoutMs / 1000)} s`
    : exitCode === null
      ? 'was ended by a signal'
      : `exited with ${exitCode}`;
  return [`The check \`${command}\` ${how}.`, ...lacked, outputTail.slice(-4000)].join('\n').trimEnd();
}
