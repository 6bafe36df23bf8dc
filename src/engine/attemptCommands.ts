// Answers what agents ask about commands: whether one may run, and what became of what it changed.
import { spendOnFiles } from '../core/guardrails/budget';
import { judgeCommand } from '../core/guardrails/commandPolicy';
import type { Surroundings } from '../core/guardrails/surroundings';
import type { Fence } from '../core/shared/ids';
import { ok, type Result, refuse } from '../core/shared/result';
import type { CommandEnded, CommandOutcome, CommandPermit } from '../ports/coordinator';
import type { AgentPool } from './agentPool';
import type { Arriving } from './arrivals';
import type { AttemptChanges } from './attemptChanges';
import type { CoreWatch } from './coreWatch';
import type { EventLog } from './eventLog';

export class AttemptCommands {
  constructor(
    private readonly log: EventLog,
    private readonly pool: AgentPool,
    private readonly changes: AttemptChanges,
    private readonly arriving: Arriving,
    private readonly watch: CoreWatch,
    private readonly allowedCommands: () => readonly string[],
    private readonly surroundings: () => Surroundings,
  ) {}

  async begin(fence: Fence, command: string): Promise<Result<CommandPermit>> {
    const live = this.pool.present(fence);
    const judged = judgeCommand(command, await live.checkCommand, this.allowedCommands());
    if (!judged.ok) return judged;
    if (live.handedIn)
      return refuse('commandDenied', 'Your work is being checked; run it when that is over.');
    const { notes } = await this.arriving.bring(await this.pool.ready(fence));
    this.pool.present(fence);
    live.endCommand({ durationMs: 0 }); // of one whose end was never told
    live.command = this.watch.begin();
    const { commandMs } = this.log.settings.limits;
    const { shell } = this.surroundings();
    return ok({ timeoutMs: commandMs, shell, ...(notes.length > 0 && { notes }) });
  }

  /**
   * What a command changed in the copy is this attempt's (`AttemptChanges.take`); when it is more than the attempt may
   * edit, the attempt is over. What it printed comes back as a model may see it.
   */
  async end(fence: Fence, { printed, ...took }: CommandEnded): Promise<CommandOutcome> {
    const live = this.pool.present(fence);
    live.endCommand(took);
    const look = await this.changes.look(live);
    const files = look.news.length;
    const { budget, answer } = spendOnFiles(this.pool.present(fence).budget, files, this.log.settings.limits);
    if (answer.kind === 'stop')
      await this.pool.end(live, { kind: 'limit', hit: answer.hit, note: leftOut(files) });
    this.pool.present(fence);
    const taken = await this.changes.take(live, look);
    live.budget = budget;
    return { ...taken, output: this.log.redactor.text(printed) };
  }
}

function leftOut(files: number): string {
  return `A command changed ${files} ${files === 1 ? 'file' : 'files'}; none of it entered the workspace.`;
}
