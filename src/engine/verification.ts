// Runs a feature's check in the agent's copy, and turns its exit into evidence or a reason.
import { attemptOf, type CheckDoubt } from '../core/events/event';
import type { CheckProof } from '../core/features/feature';
import type { FailedCheck } from '../core/guardrails/failedCheck';
import { describePutBack, type SeenPlace } from '../core/guardrails/placeText';
import { PortText, tellsPortTaken } from '../core/guardrails/portTaken';
import { describeSurroundings, type Surroundings } from '../core/guardrails/surroundings';
import type { FeatureId } from '../core/shared/ids';
import { describeUnread } from '../core/shared/unread';
import { Failure } from '../ports/failure';
import type { Isolation } from '../ports/isolation';
import type { Clock } from '../ports/system';
import { type CommandResult, type CommandRunner, hasFailed } from '../ports/workers';
import type { Artifacts } from './artifacts';
import type { LiveAttempt } from './attempt';
import { cleanSlot } from './cleanPlace';
import { type CommandTurns, type Turn, type TurnKind, waitingFor } from './commandTurns';
import type { CoreWatch } from './coreWatch';
import { describeExit } from './endText';
import type { EventLog } from './eventLog';
import type { MachineSpan, MachineWatch } from './machineWatch';
import type { NeighbourWatch } from './neighbourWatch';
import type { PlaceSetUp } from './placeSetUp';
import { installRestsMs, takePackages } from './takePackages';
import { tellWaiting } from './tellWaiting';

/** What is checked: an attempt at work, or work that was kept, laid out anew. */
export type Subject = Pick<LiveAttempt, 'attempt' | 'feature' | 'tag' | 'check' | 'unread' | 'timeLimit'> & {
  /** Where it is the check of another feature than the attempt's: whose. */
  readonly guards?: FeatureId;
  /** Files that the check judges by have been put back for it (`proofTrial.ts`). */
  readonly isTrial?: true;
  /** Of an attempt's own place. */
  readonly putBack?: LiveAttempt['putBack'] | undefined;
};

/** What a check made of an attempt's work. */
export type Checked =
  | { readonly kind: 'passed'; readonly evidence: CheckProof }
  /** `isOfUser`: the user's doing meanwhile may be all there is to it: nothing is to be held against the work */
  | { readonly kind: 'failed'; readonly reason: string; readonly isOfUser?: true };

export interface VerificationParts {
  readonly log: EventLog;
  readonly commands: CommandRunner;
  readonly isolation: Isolation;
  readonly turns: CommandTurns;
  readonly setUp: PlaceSetUp;
  readonly artifacts: Artifacts;
  readonly watch: CoreWatch;
  readonly machine: MachineWatch;
  readonly neighbours: NeighbourWatch;
  readonly clock: Clock;
  readonly onOutput: (of: Pick<LiveAttempt, 'attempt'>, text: string) => void;
  readonly surroundings: () => Surroundings;
}

export class Verification {
  constructor(private readonly parts: VerificationParts) {}

  /**
   * What the check makes of the attempt, once it is its turn; the wait for that counts against no limit. Where other
   * commands ran beside it and may have had a part in what came of it, or the user has installed other packages since the
   * place got them, it is run once more with nothing beside it and the packages brought over, and only that counts. Rejects
   * with a `Failure` when the check could not be run at all, or failed where the machine was not able.
   * @param ready called at each turn; what it answers with ends the matter without a check
   */
  async verify<T>(
    live: Subject,
    command: string,
    timeoutMs: number,
    ready: () => Promise<T | undefined>,
  ): Promise<Checked | T> {
    let answer = await this.#atTurn('check', live, command, timeoutMs, ready);
    for (const restMs of installRestsMs) {
      if (!isDoubtful(answer)) return answer;
      const { doubt } = answer;
      const bring = async () => (doubt === 'packages' ? this.#bringPackages(live, restMs) : undefined);
      const readyAlone = async () => (await bring()) ?? (await ready());
      answer = await this.#atTurn('alone', live, command, timeoutMs, readyAlone);
      // With nothing beside it, no other command can be to blame.
      if (isDoubtful(answer) && answer.doubt !== 'packages') return answer.checked;
      if (isFailed(answer) && !answer.isOfUser)
        return { ...answer, reason: `${answer.reason}\n\n${ranAlone}` };
    }
    return isDoubtful(answer) ? ofUser(answer.checked) : answer;
  }

  async #bringPackages(live: Subject, restMs: number): Promise<Checked | undefined> {
    const reason = await takePackages(this.parts, live, restMs);
    return reason === undefined ? undefined : { kind: 'failed', reason, isOfUser: true };
  }

  async #atTurn<T>(
    kind: TurnKind,
    live: Subject,
    command: string,
    timeoutMs: number,
    ready: () => Promise<T | undefined>,
  ): Promise<Checked | Doubtful | T> {
    const { attempt } = live;
    const { log, turns, clock } = this.parts;
    const askedMs = clock.monotonic();
    let waitedMs: number | undefined;
    live.timeLimit?.hold();
    const turn = await turns.take(kind, live.check.signal, (wait) => {
      waitedMs = 0;
      tellWaiting(log, attempt, waitingFor(wait));
    });
    live.timeLimit?.goOn();
    if (!turn) return { kind: 'failed', reason: 'The check was stopped.' };
    try {
      if (waitedMs !== undefined) waitedMs = Math.round(clock.monotonic() - askedMs);
      return (
        (await ready()) ??
        (await this.#setUp(live)) ??
        (await this.#run(live, command, timeoutMs, waitedMs, turn))
      );
    } finally {
      turn.giveBack();
    }
  }

  /** What the check needs beside the files. A place that is no agent's owes it to no work when that cannot be had. */
  async #setUp(live: Subject): Promise<Checked | undefined> {
    const reason = await this.parts.setUp.bring(live);
    if (reason === undefined) return undefined;
    if (live.attempt.slot === cleanSlot) throw new Failure('noCopy', reason);
    return { kind: 'failed', reason };
  }

  async #run(
    live: Subject,
    command: string,
    timeoutMs: number,
    waitedMs: number | undefined,
    turn: Turn,
  ): Promise<Checked | Doubtful> {
    const { attempt, feature, guards, isTrial } = live;
    const { log, commands, isolation, watch, machine, neighbours, onOutput } = this.parts;
    const surroundings = this.parts.surroundings();
    const waited = waitedMs === undefined ? {} : { waitedMs };
    const about = {
      ...(guards !== undefined && { guards }),
      ...(isTrial && { trial: true as const }),
      ...attemptOf(attempt),
    };
    const printed = new PortText();
    await log.append([{ type: 'verify.started', command, ...waited, ...about }]);
    const { env, ...place } = await isolation.commandPlace(attempt.slot);
    const beside = await neighbours.begin(live.tag, env);
    const able = await machine.begin(attempt.slot, feature.id);
    const span = watch.begin();
    const [ended] = await Promise.allSettled([
      commands.run(
        {
          ...place,
          command,
          timeoutMs,
          tag: live.tag,
          shell: surroundings.shell,
          env: {
            ...env,
            PARALLEL_AGENTS_FEATURE_ID: String(feature.id),
            PARALLEL_AGENTS_FEATURE_NAME: feature.spec.name,
          },
          onOutput: (text) => {
            printed.add(text);
            onOutput(live, text);
          },
        },
        live.check.signal,
      ),
    ]);
    const use =
      ended.status === 'fulfilled' ? span.end(ended.value.durationMs, ended.value.cpuMs) : span.end(0, 0);
    const outputTail = ended.status === 'fulfilled' ? log.redactor.text(ended.value.outputTail) : ''; // before it is cut further
    const judged = ended.status === 'fulfilled' && this.#judgeMachine(able, command, ended.value, outputTail);
    const [ofMachine] = await Promise.allSettled([judged || []]);
    const isAnswered = await beside.judge();
    await this.parts.artifacts.keep(attempt, env, guards);
    if (ended.status === 'rejected') throw ended.reason;
    if (ofMachine.status === 'rejected') throw ofMachine.reason;
    const result = ended.value;
    if (result.aborted) return { kind: 'failed', reason: 'The check was stopped.' };
    const { exitCode, timedOut, durationMs } = result;
    if (!hasFailed(result)) machine.wentWell(feature.id);
    const isTaken = printed.isTold || tellsPortTaken(outputTail);
    const isGreen = exitCode === 0 && !timedOut;
    const seen = isGreen ? undefined : await isolation.seen(attempt.slot);
    const ofCompany = isTaken ? 'portTaken' : isAnswered ? 'neighbour' : undefined;
    const ofPackages = seen && seen.installed.length > 0 ? 'packages' : undefined;
    const doubt = (turn.hadCompany ? ofCompany : undefined) ?? ofPackages;
    const passed = isGreen && doubt === undefined;
    await log.append([
      {
        type: 'verify.finished',
        command,
        passed,
        exitCode,
        timedOut,
        durationMs,
        outputTail,
        ...(doubt && { doubt }),
        ...use,
        ...about,
      },
    ]);
    const checked: Checked =
      exitCode === 0 && !timedOut
        ? { kind: 'passed', evidence: { kind: 'check', command, exitCode, outputTail, durationMs } }
        : {
            kind: 'failed',
            reason: failureReason(command, { ...result, outputTail }, timeoutMs, [
              ...(seen ? this.#lacked(live, { command, output: outputTail }, seen) : []),
              ...ofMachine.value,
            ]),
          };
    return doubt === undefined ? checked : { kind: 'doubtful', doubt, checked };
  }

  /** At once: what the check left on the disk is part of how the machine stands. */
  #judgeMachine(
    able: MachineSpan,
    command: string,
    result: CommandResult,
    output: string,
  ): Promise<readonly string[]> | undefined {
    return hasFailed(result)
      ? able.judge({ what: `The check \`${command}\``, ...result, output })
      : undefined;
  }

  /** Sentences on where the check's place was not as the user's folder is to their terminal. */
  #lacked(live: Subject, check: FailedCheck, seen: SeenPlace): readonly string[] {
    const { surroundings } = this.parts;
    const putBack = live.putBack && describePutBack(live.putBack);
    return [
      ...(live.unread ? [`${describeUnread(live.unread)}.`] : []),
      ...(putBack === undefined ? [] : [putBack]),
      ...describeSurroundings(check, surroundings(), seen),
    ];
  }
}

/** Said of a failure, so that nobody looks for it in what ran at the same time. */
const ranAlone = 'It was run by itself, with no other check or command of this run beside it.';

/** Others that ran beside it, or the user, may have had a part in it. */
interface Doubtful {
  readonly kind: 'doubtful';
  readonly doubt: CheckDoubt;
  readonly checked: Checked;
}

function isDoubtful(answer: unknown): answer is Doubtful {
  return typeof answer === 'object' && answer !== null && 'kind' in answer && answer.kind === 'doubtful';
}

function isFailed<T>(answer: Checked | T): answer is Extract<Checked, { kind: 'failed' }> {
  return typeof answer === 'object' && answer !== null && 'kind' in answer && answer.kind === 'failed';
}

function ofUser(checked: Checked): Checked {
  return checked.kind === 'failed' ? { ...checked, isOfUser: true } : checked;
}

/** One line on how the check ended, then what it may have lacked, then the end of its output: the next attempt's best hint. */
function failureReason(
  command: string,
  result: CommandResult,
  timeoutMs: number,
  lacked: readonly string[],
): string {
  const how = describeExit(result, timeoutMs);
  return [`The check \`${command}\` ${how}.`, ...lacked, result.outputTail.slice(-4000)].join('\n').trimEnd();
}
