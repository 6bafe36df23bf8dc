// Answers what agents ask about commands: whether one may run, and what became of what it changed.
import { spendOnFiles } from '../core/guardrails/budget';
import { judgeCommand } from '../core/guardrails/commandPolicy';
import { tellsPortTaken } from '../core/guardrails/portTaken';
import type { Surroundings } from '../core/guardrails/surroundings';
import { isHeldBy } from '../core/locks/lockTable';
import type { Fence } from '../core/shared/ids';
import { ok, type Result, refuse } from '../core/shared/result';
import type { CommandChanges, CommandEnded, CommandOutcome, CommandPermit } from '../ports/coordinator';
import { troubleOf } from '../ports/failure';
import type { CommandPlace, Isolation } from '../ports/isolation';
import type { AgentPool } from './agentPool';
import type { Arriving } from './arrivals';
import type { Artifacts } from './artifacts';
import type { LiveAttempt } from './attempt';
import type { AttemptChanges } from './attemptChanges';
import { type CommandTurns, type Turn, waitingFor } from './commandTurns';
import type { CoreWatch } from './coreWatch';
import type { EventLog } from './eventLog';
import type { MachineWatch } from './machineWatch';
import type { NeighbourWatch } from './neighbourWatch';
import type { PlaceSetUp } from './placeSetUp';
import { tellWaiting } from './tellWaiting';

export interface AttemptCommandsParts {
  readonly log: EventLog;
  readonly pool: AgentPool;
  readonly isolation: Isolation;
  readonly changes: AttemptChanges;
  readonly arriving: Arriving;
  readonly turns: CommandTurns;
  readonly setUp: PlaceSetUp;
  readonly artifacts: Artifacts;
  readonly watch: CoreWatch;
  readonly machine: MachineWatch;
  readonly neighbours: NeighbourWatch;
  readonly allowedCommands: () => readonly string[];
  readonly surroundings: () => Surroundings;
}

export class AttemptCommands {
  constructor(private readonly parts: AttemptCommandsParts) {}

  async begin(fence: Fence, command: string): Promise<Result<CommandPermit>> {
    const { log, pool, isolation, watch, machine, neighbours } = this.parts;
    const live = pool.present(fence);
    const judged = judgeCommand(command, await live.checkCommand, this.parts.allowedCommands());
    if (!judged.ok) return judged;
    if (live.handedIn)
      return refuse('commandDenied', 'Your work is being checked; run it when that is over.');
    await pool.ready(fence);
    live.endCommand({ durationMs: 0 }); // of one whose end was never told
    live.turn = await this.#turnOf(live);
    const notes = await this.#bring(pool.present(fence)).catch((error: unknown) => {
      live.endCommand({ durationMs: 0 });
      throw error;
    });
    pool.present(fence);
    const place = await isolation.commandPlace(live.attempt.slot);
    live.artifactsIn = place.env;
    live.beside = await neighbours.begin(live.tag, place.env);
    live.able = await machine.begin(live.attempt.slot, live.attempt.featureId);
    pool.present(fence);
    live.command = watch.begin();
    const { commandMs } = log.settings.limits;
    const { shell } = this.parts.surroundings();
    return ok({ place, timeoutMs: commandMs, shell, ...(notes.length > 0 && { notes }) });
  }

  /** What the agent is to know of what came into its copy, and of the packages that go with it. */
  async #bring(live: LiveAttempt): Promise<readonly string[]> {
    const { notes } = await this.parts.arriving.bring(live);
    const why = await this.parts.setUp.bring(live);
    return why === undefined ? notes : [...notes, why];
  }

  /** Waiting for it counts against no limit. */
  async #turnOf(live: LiveAttempt): Promise<Turn | undefined> {
    const { attempt, check, timeLimit } = live;
    timeLimit?.hold();
    const turn = await this.parts.turns.take('command', check.signal, (wait) =>
      tellWaiting(this.parts.log, attempt, waitingFor(wait)),
    );
    timeLimit?.goOn();
    return turn;
  }

  /**
   * What a command changed in the copy is this attempt's (`AttemptChanges.take`); when it is more than the attempt may
   * edit, or the machine was not able to run it, the attempt is over. What it printed comes back as a model may see it.
   */
  async end(fence: Fence, ended: CommandEnded): Promise<CommandOutcome> {
    const { log, pool, artifacts } = this.parts;
    const live = pool.present(fence);
    const hadCompany = live.turn?.hadCompany ?? false;
    live.endCommand(ended);
    const output = log.redactor.text(ended.printed);
    const said = await this.#judgeMachine(live, ended, output);
    pool.present(fence);
    if (live.artifactsIn) await artifacts.keep(live.attempt, live.artifactsIn);
    const taken = await this.#take(live, 'A command');
    const about = hadCompany && tellsPortTaken(ended.printed) ? portNote : '';
    return { ...taken, output: output + about + said.map((words) => `\n[${words}]`).join('') };
  }

  /** Where an agent of another maker runs. Its commands leave nothing for people: what each has is not told apart. */
  async agentPlace(fence: Fence): Promise<CommandPlace> {
    const { pool, isolation } = this.parts;
    const live = await pool.ready(fence);
    const { env, ...place } = await isolation.commandPlace(live.attempt.slot);
    pool.present(fence);
    const { PARALLEL_AGENTS_ARTIFACTS: _, ...own } = env;
    return { ...place, env: own };
  }

  /** What an agent of another maker changed in the copy by its own tools is taken as what a command did. */
  async takeChanges(fence: Fence): Promise<CommandChanges> {
    return this.#take(await this.parts.pool.ready(fence), 'The agent');
  }

  /** Files that it did not hold count as edits: those it did were counted when it asked for them. */
  async #take(live: LiveAttempt, who: 'A command' | 'The agent'): Promise<CommandChanges> {
    const { log, pool, changes } = this.parts;
    const { fence } = live.attempt;
    const look = await changes.look(live);
    const isCounted = (path: string) =>
      who === 'The agent' && isHeldBy(log.head.locks, { kind: 'file', path }, fence);
    const files = look.news.filter(({ path }) => !isCounted(path)).length;
    const { budget, answer } = spendOnFiles(pool.present(fence).budget, files, log.settings.limits);
    if (answer.kind === 'stop')
      await pool.end(live, { kind: 'limit', hit: answer.hit, note: leftOut(who, files) });
    pool.present(fence);
    const taken = await changes.take(live, look);
    live.budget = budget;
    return taken;
  }

  /** Or an agent would change its work for what the machine lacked. Where it was that, the attempt is handed back. */
  async #judgeMachine(live: LiveAttempt, ended: CommandEnded, output: string): Promise<readonly string[]> {
    if (!ended.failed || !live.able) return [];
    try {
      return await live.able.judge({ what: 'A command', ...ended, output });
    } catch (error) {
      const trouble = troubleOf(error);
      if (!trouble) throw error;
      await this.parts.pool.handBack(live, trouble);
      return [];
    }
  }
}

/** Or an agent would look in its own work for what another's server did. */
const portNote =
  '\n[A port was in use while commands of other agents ran. It may have been theirs: run it again before you change anything for it.]';

function leftOut(who: string, files: number): string {
  return `${who} changed ${files} ${files === 1 ? 'file' : 'files'}; none of it entered the workspace.`;
}
