// Runs a feature's check in the agent's copy, and turns its exit into evidence or a reason.
import { attemptOf } from '../core/events/event';
import { describeUnread, type Unread, unreadOf } from '../core/shared/unread';
import type { Clock } from '../ports/system';
import type { CommandResult, CommandRunner } from '../ports/workers';
import type { SlotCopies } from '../ports/workspace';
import type { Ending, LiveAttempt } from './attempt';
import type { ChangeGuard } from './changeGuard';
import type { CheckPlaces } from './checkPlaces';
import type { CoreWatch } from './coreWatch';
import type { EditBook } from './editBook';
import type { EventLog } from './eventLog';
import type { Gate } from './gate';

export class Verification {
  constructor(
    private readonly log: EventLog,
    private readonly commands: CommandRunner,
    private readonly copies: SlotCopies,
    private readonly edits: EditBook,
    private readonly guard: ChangeGuard,
    private readonly gate: Gate,
    private readonly places: CheckPlaces,
    private readonly watch: CoreWatch,
    private readonly clock: Clock,
    private readonly onOutput: (attempt: LiveAttempt, text: string) => void,
  ) {}

  /**
   * What the check makes of the attempt, once there is a place for it; the wait for that counts against no limit. Rejects
   * with a `Failure` when the check could not be run at all.
   */
  async verify(live: LiveAttempt, timeoutMs: number): Promise<Ending> {
    const { attempt, feature } = live;
    const command = await live.checkCommand;
    if (command === undefined) {
      const changed = this.guard.approvalNeeded(live);
      return { kind: 'unconfirmed', why: noCheck(feature.id, changed) };
    }
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
    if (waitedMs !== undefined) waitedMs = Math.round(this.clock.monotonic() - askedMs);
    return this.#run(live, command, timeoutMs, waitedMs).finally(giveBack);
  }

  async #run(
    live: LiveAttempt,
    command: string,
    timeoutMs: number,
    waitedMs: number | undefined,
  ): Promise<Ending> {
    const { attempt, feature } = live;
    const { slot, fence } = attempt;
    const unread = await this.gate.run(async () =>
      this.copies.refresh(slot, await this.edits.overlayFor(fence)),
    );
    live.unread = unreadOf(unread);
    const waited = waitedMs === undefined ? {} : { waitedMs };
    await this.log.append([{ type: 'verify.started', command, ...waited, ...attemptOf(attempt) }]);
    const span = this.watch.begin();
    const [ended] = await Promise.allSettled([
      this.commands.run(
        {
          ...{ command, cwd: this.copies.dirOf(slot), timeoutMs, tag: live.tag },
          env: {
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
        ...attemptOf(attempt),
      },
    ]);
    if (exitCode === 0 && !timedOut) {
      const check = { kind: 'check', command, exitCode, outputTail, durationMs } as const;
      const changed = this.guard.approvalNeeded(live);
      return changed === undefined
        ? { kind: 'passed', evidence: check }
        : { kind: 'unconfirmed', why: needsYes(feature.id, changed), check };
    }
    return {
      kind: 'failed',
      reason: failureReason(command, { ...result, outputTail }, timeoutMs, live.unread),
    };
  }
}

function noCheck(id: number, changed: string | undefined): string {
  const also = changed === undefined ? '' : ` It changed ${changed}.`;
  return `There is no check for it, so it needs your yes (confirm ${id}, or reject ${id} to put everything back): neither the feature nor the workspace names a command.${also}`;
}

function needsYes(id: number, changed: string): string {
  return `Its check passed, and it needs your yes (confirm ${id}, or reject ${id} to put everything back): it changed ${changed}.`;
}

function waitingFor(running: number): string {
  return `waiting for a core: ${running} ${running === 1 ? 'check is' : 'checks are'} running`;
}

/** One line on how the check ended, then what its copy lacked, then the end of its output: the next attempt's best hint. */
function failureReason(
  command: string,
  { exitCode, timedOut, outputTail }: CommandResult,
  timeoutMs: number,
  unread: Unread | undefined,
): string {
  const how = timedOut
    ? `did not end within ${Math.round(timeoutMs / 1000)} s`
    : exitCode === null
      ? 'was ended by a signal'
      : `exited with ${exitCode}`;
  const lacked = unread ? `${describeUnread(unread)}.\n` : '';
  return `The check \`${command}\` ${how}.\n${lacked}${outputTail.slice(-4000)}`.trimEnd();
}
