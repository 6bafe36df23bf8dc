// Answers what agents ask about commands: whether one may run, and what became of what it changed.
import { attemptOf } from '../core/events/event';
import { spendOnFiles } from '../core/guardrails/budget';
import { judgeCommand } from '../core/guardrails/commandPolicy';
import { tellsPortTaken } from '../core/guardrails/portTaken';
import type { Fence } from '../core/shared/ids';
import { ok, type Result, refuse } from '../core/shared/result';
import type { CommandEnded, CommandOutcome, CommandPermit } from '../ports/coordinator';
import type { AgentPool } from './agentPool';
import type { Arriving } from './arrivals';
import type { LiveAttempt } from './attempt';
import type { AttemptChanges } from './attemptChanges';
import { type CommandTurns, type Turn, waitingFor } from './commandTurns';
import type { CoreWatch } from './coreWatch';
import type { EventLog } from './eventLog';

export class AttemptCommands {
  constructor(
    private readonly log: EventLog,
    private readonly pool: AgentPool,
    private readonly changes: AttemptChanges,
    private readonly arriving: Arriving,
    private readonly turns: CommandTurns,
    private readonly watch: CoreWatch,
    private readonly allowedCommands: () => readonly string[],
  ) {}

  async begin(fence: Fence, command: string): Promise<Result<CommandPermit>> {
    const live = this.pool.present(fence);
    const judged = judgeCommand(command, await live.checkCommand, this.allowedCommands());
    if (!judged.ok) return judged;
    if (live.handedIn)
      return refuse('commandDenied', 'Your work is being checked; run it when that is over.');
    await this.pool.ready(fence);
    live.endCommand({ durationMs: 0 }); // of one whose end was never told
    live.turn = await this.#turnOf(live);
    const { notes } = await this.arriving.bring(this.pool.present(fence)).catch((error: unknown) => {
      live.endCommand({ durationMs: 0 });
      throw error;
    });
    this.pool.present(fence);
    live.command = this.watch.begin();
    const { commandMs } = this.log.settings.limits;
    return ok({ timeoutMs: commandMs, ...(notes.length > 0 && { notes }) });
  }

  /** Waiting for it counts against no limit. */
  async #turnOf(live: LiveAttempt): Promise<Turn | undefined> {
    const { attempt, check, timeLimit } = live;
    timeLimit?.hold();
    const turn = await this.turns.take('command', check.signal, (wait) => {
      const step = waitingFor(wait);
      this.log
        .append([{ type: 'agent.progress', status: 'waiting', step, ...attemptOf(attempt) }])
        .catch(() => undefined); // a log that refuses says so to whoever appends next
    });
    timeLimit?.goOn();
    return turn;
  }

  /**
   * What a command changed in the copy is this attempt's (`AttemptChanges.take`); when it is more than the attempt may
   * edit, the attempt is over. What it printed comes back as a model may see it.
   */
  async end(fence: Fence, { printed, ...took }: CommandEnded): Promise<CommandOutcome> {
    const live = this.pool.present(fence);
    const hadCompany = live.turn?.hadCompany ?? false;
    live.endCommand(took);
    const look = await this.changes.look(live);
    const files = look.news.length;
    const { budget, answer } = spendOnFiles(this.pool.present(fence).budget, files, this.log.settings.limits);
    if (answer.kind === 'stop')
      await this.pool.end(live, { kind: 'limit', hit: answer.hit, note: leftOut(files) });
    this.pool.present(fence);
    const taken = await this.changes.take(live, look);
    live.budget = budget;
    const about = hadCompany && tellsPortTaken(printed) ? portNote : '';
    return { ...taken, output: this.log.redactor.text(printed) + about };
  }
}

/** Or an agent would look in its own work for what another's server did. */
const portNote =
  '\n[A port was in use while commands of other agents ran. It may have been theirs: run it again before you change anything for it.]';

function leftOut(files: number): string {
  return `A command changed ${files} ${files === 1 ? 'file' : 'files'}; none of it entered the workspace.`;
}
