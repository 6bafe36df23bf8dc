// Runs the user's set-up command in places: in one that was made anew, and where a lockfile has changed since.
import type { Slot } from '../core/shared/ids';
import { Failure } from '../ports/failure';
import type { Isolation } from '../ports/isolation';
import { SerialQueue } from '../ports/serialQueue';
import { type CommandRunner, hasFailed } from '../ports/workers';
import type { Artifacts } from './artifacts';
import type { LiveAttempt } from './attempt';
import { type CommandTurns, waitingFor } from './commandTurns';
import { describeExit } from './endText';
import type { EventLog } from './eventLog';
import type { MachineWatch } from './machineWatch';
import { tellWaiting } from './tellWaiting';

/** Whose place is set up. */
export type SetUpFor = Pick<LiveAttempt, 'attempt' | 'tag' | 'check' | 'timeLimit'>;

export interface PlaceSetUpParts {
  readonly log: EventLog;
  readonly isolation: Isolation;
  readonly commands: CommandRunner;
  readonly turns: CommandTurns;
  readonly machine: MachineWatch;
  readonly artifacts: Artifacts;
  readonly shell: () => string;
  readonly onOutput: (of: Pick<LiveAttempt, 'attempt'>, text: string) => void;
}

/** Of what it printed, characters that are told. */
const mostTold = 2_000;

export class PlaceSetUp {
  /** By slot: checks that run side by side in one place wait for one set-up of it. */
  readonly #gates = new Map<Slot, SerialQueue>();

  constructor(private readonly parts: PlaceSetUpParts) {}

  /** For a place that was just prepared. Rejects with a `Failure` (`copyRefused`, or what the machine lacked): no attempt could work there. */
  async begin(live: SetUpFor): Promise<void> {
    const { log, turns } = this.parts;
    const command = this.#command();
    if (command === undefined || (await this.parts.isolation.isSetUp(live.attempt.slot, command))) return;
    live.timeLimit?.hold();
    const turn = await turns.take('check', live.check.signal, (wait) =>
      tellWaiting(log, live.attempt, waitingFor(wait)),
    );
    try {
      if (!turn) return; // the attempt is over
      const why = await this.#run(live, command);
      if (why !== undefined)
        throw new Failure('copyRefused', `${why}\nThe command is the setting parallelAgents.copies.setup.`);
    } finally {
      turn?.giveBack();
      live.timeLimit?.goOn();
    }
  }

  /**
   * Where a lockfile has changed since, or the place was never set up: why that failed, in words; undefined where all is well.
   * To be called at a turn of the caller's.
   */
  async bring(live: SetUpFor): Promise<string | undefined> {
    const { slot } = live.attempt;
    const gate = this.#gates.get(slot) ?? new SerialQueue();
    this.#gates.set(slot, gate);
    return gate.run(() => this.#bring(live));
  }

  async #bring(live: SetUpFor): Promise<string | undefined> {
    const command = this.#command();
    if (command === undefined || (await this.parts.isolation.isSetUp(live.attempt.slot, command))) return;
    live.timeLimit?.hold();
    try {
      return await this.#run(live, command);
    } finally {
      live.timeLimit?.goOn();
    }
  }

  #command(): string | undefined {
    return this.parts.log.head.run?.settings.copySetUp;
  }

  /** Why it failed, for people and agents; undefined when it did not. */
  async #run(live: SetUpFor, command: string): Promise<string | undefined> {
    const { log, isolation, commands, machine, shell, onOutput } = this.parts;
    const { slot, featureId } = live.attempt;
    const before = new Set((await isolation.changes(slot)).map(({ path }) => path));
    const place = await isolation.commandPlace(slot);
    const timeoutMs = log.settings.limits.verifyMs;
    tellWaiting(log, live.attempt, `setting up the copy: ${command}`);
    const able = await machine.begin(slot, featureId);
    const result = await commands.run(
      {
        ...place,
        command,
        timeoutMs,
        tag: live.tag,
        shell: shell(),
        onOutput: (text) => onOutput(live, text),
      },
      live.check.signal,
    );
    await this.parts.artifacts.keep(live.attempt, place.env);
    const output = log.redactor.text(result.outputTail);
    const what = `The set-up of the copy, \`${command}\`,`;
    const said = hasFailed(result) ? await able.judge({ what, ...result, output }) : [];
    if (result.aborted || live.check.signal.aborted) return 'It was stopped.'; // the place may be another's by now
    // It is to bring packages, not to change the project; folders that stay empty, and Git's, are no change of it.
    const made = (await isolation.changes(slot)).flatMap(({ path, isFolder, isApart }) =>
      before.has(path) || isFolder || isApart ? [] : [path],
    );
    if (made.length > 0) await isolation.putBack(slot, made);
    if (result.exitCode !== 0 || result.timedOut)
      return [`${what} ${describeExit(result, timeoutMs)}.`, ...said, output.slice(-mostTold)]
        .join('\n')
        .trimEnd();
    await isolation.wasSetUp(slot, command);
    return undefined;
  }
}
