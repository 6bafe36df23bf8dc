// Runs a feature's check in the agent's copy, and turns its exit into evidence or a reason.
import { attemptOf } from '../core/events/event';
import type { CommandResult, CommandRunner } from '../ports/workers';
import type { SlotCopies } from '../ports/workspace';
import type { Ending, LiveAttempt } from './attempt';
import type { ChangeGuard } from './changeGuard';
import type { EditBook } from './editBook';
import type { EventLog } from './eventLog';
import type { Gate } from './gate';

const noCheck = 'There is no check for it: neither the feature nor the workspace names a command.';

export class Verification {
  constructor(
    private readonly log: EventLog,
    private readonly commands: CommandRunner,
    private readonly copies: SlotCopies,
    private readonly edits: EditBook,
    private readonly guard: ChangeGuard,
    private readonly gate: Gate,
    private readonly onOutput: (attempt: LiveAttempt, text: string) => void,
  ) {}

  /** What the check makes of the attempt. Rejects with a `Failure` when the check could not be run at all. */
  async verify(live: LiveAttempt, timeoutMs: number): Promise<Ending> {
    const { attempt, feature } = live;
    const command = await live.checkCommand;
    if (command === undefined) {
      const changed = this.guard.approvalNeeded(live);
      return { kind: 'unconfirmed', why: noCheck + (changed === undefined ? '' : ` It changed ${changed}.`) };
    }
    const { slot, fence } = attempt;
    await this.gate.run(async () => this.copies.refresh(slot, await this.edits.overlayFor(fence)));
    await this.log.append([{ type: 'verify.started', command, ...attemptOf(attempt) }]);
    const result = await this.commands.run(
      {
        ...{ command, cwd: this.copies.dirOf(slot), timeoutMs, tag: live.tag },
        env: {
          PARALLEL_AGENTS_FEATURE_ID: String(feature.id),
          PARALLEL_AGENTS_FEATURE_NAME: feature.spec.name,
        },
        onOutput: (text) => this.onOutput(live, text),
      },
      live.check.signal,
    );
    if (result.aborted) return { kind: 'failed', reason: 'The check was stopped.' };
    const { exitCode, timedOut, durationMs, outputTail } = result;
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
    return { kind: 'failed', reason: failureReason(command, result, timeoutMs) };
  }
}

function needsYes(id: number, changed: string): string {
  return `Its check passed, and it needs your yes (confirm ${id}, or reject ${id} to put everything back): it changed ${changed}.`;
}

/** One line on how the check ended, then the end of its output: the next attempt's best hint. */
function failureReason(
  command: string,
  { exitCode, timedOut, outputTail }: CommandResult,
  timeoutMs: number,
): string {
  const how = timedOut
    ? `did not end within ${Math.round(timeoutMs / 1000)} s`
    : exitCode === null
      ? 'was ended by a signal'
      : `exited with ${exitCode}`;
  return `The check \`${command}\` ${how}.\n${outputTail.slice(-4000)}`.trimEnd();
}
