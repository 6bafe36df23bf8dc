// Answers what agents ask while they work. Every question comes with the fence of its connection: an attempt that is
// over gets no further answer.
import { attemptOf } from '../core/events/event';
import type { Trouble } from '../core/guardrails/breaker';
import { type Action, type BudgetAnswer, settle, spend } from '../core/guardrails/budget';
import { accountTitle } from '../core/models/accounts';
import { agentIn } from '../core/models/agents';
import { costUsd, type ModelName } from '../core/models/models';
import type { Providers } from '../core/models/providers';
import type { Fence } from '../core/shared/ids';
import type { Unread } from '../core/shared/unread';
import type {
  AgentDeath,
  Asked,
  Assignment,
  GiveUp,
  OwnChecklist,
  SubmitVerdict,
  ToolCall,
} from '../ports/coordinator';
import type { Isolation } from '../ports/isolation';
import type { AgentPool } from './agentPool';
import type { Ending, LiveAttempt } from './attempt';
import type { AttemptCommands } from './attemptCommands';
import type { AttemptFiles } from './attemptFiles';
import type { BreakerKeeper } from './breakerKeeper';
import { Checklists } from './checklists';
import type { EventLog } from './eventLog';
import type { Submission } from './submission';
import { tellStep } from './tellWaiting';
import type { Throttles } from './throttles';

/**
 * What only the host knows of an assignment: keys and scripts, which no log may hold, and what the workspace has in the place of
 * the checklists of the feature's experts.
 */
export type Secrets = (live: LiveAttempt) => Promise<HostsPart>;

export interface HostsPart extends Pick<Assignment, 'offline' | 'endpoint' | 'agent'> {
  readonly ownChecklists?: readonly OwnChecklist[];
}

export interface DeskParts {
  readonly log: EventLog;
  readonly pool: AgentPool;
  readonly isolation: Isolation;
  readonly breaker: BreakerKeeper;
  readonly throttles: Throttles;
  readonly submission: Submission;
  readonly secrets: Secrets;
  /** Who serves models, and for how much. */
  readonly providers: () => Providers;
  readonly withheld: () => readonly string[];
  readonly allowedCommands: () => readonly string[];
  readonly secretFiles: () => readonly string[];
  readonly onOutput: (live: LiveAttempt, text: string) => void;
}

export class AgentDesk {
  readonly #checklists: Checklists;

  constructor(
    private readonly parts: DeskParts,
    readonly files: AttemptFiles,
    readonly commands: AttemptCommands,
  ) {
    this.#checklists = new Checklists(parts.log);
  }

  /** The worker is there: what it is to do. Its copy of the workspace may still be in the making. */
  async hello(fence: Fence): Promise<Assignment> {
    const { log, pool, isolation } = this.parts;
    const live = pool.present(fence);
    live.isGreeted = true;
    const { ownChecklists = [], ...secrets } = await this.parts.secrets(live);
    const { attempt, feature } = pool.present(fence);
    const experts = await this.#checklists.assign(feature.spec, attempt, ownChecklists);
    const checkCommand = await live.checkCommand;
    const description = await log.text(feature.spec.description);
    const lastFailure = feature.lastFailure && (await log.text(feature.lastFailure));
    const { limits, reattachGraceMs } = log.settings;
    return {
      ...attemptOf(attempt),
      name: feature.spec.name,
      description,
      category: feature.spec.category,
      experts,
      declaredFiles: feature.spec.files,
      ...(feature.spec.resources && { resources: feature.spec.resources }),
      ...(checkCommand === undefined ? {} : { verifyCommand: checkCommand }),
      allowedCommands: this.parts.allowedCommands(),
      model: live.model,
      limits,
      secretFiles: this.parts.secretFiles(),
      ...(lastFailure === undefined ? {} : { lastFailure }),
      copyDir: isolation.folderOf(attempt.slot),
      reattachGraceMs,
      tag: live.tag,
      ...secrets,
    };
  }

  /** Settles once the attempt's copy is there; what it lacks, and what of it no model may see. */
  async copyReady(fence: Fence): Promise<{ unread?: Unread; withheld: string[] }> {
    const live = await this.parts.pool.ready(fence);
    await this.parts.breaker.proved('copy', live.asker);
    this.parts.pool.present(fence);
    return { withheld: [...this.parts.withheld()], ...(live.unread && { unread: live.unread }) };
  }

  /** Which model the attempt is to ask. */
  modelOf(fence: Fence): ModelName {
    return this.parts.pool.present(fence).model;
  }

  renew(fence: Fence): void {
    this.parts.pool.present(fence);
  }

  async progress(fence: Fence, report: Asked<'progress'>): Promise<void> {
    const { attempt } = this.parts.pool.present(fence);
    await this.parts.log.append([{ type: 'agent.progress', ...report, ...attemptOf(attempt) }]);
  }

  output(fence: Fence, text: string): void {
    this.parts.onOutput(this.parts.pool.present(fence), text);
  }

  async modelPermit(fence: Fence): Promise<void> {
    const live = this.parts.pool.present(fence);
    const throttle = this.parts.throttles.of(live);
    if (!throttle) return;
    live.call ??= live.keepTimer(() => throttle.leave(fence));
    live.timeLimit?.hold(); // for waiting, which may be long, is no work
    const permit = throttle.permit(fence, live.model);
    const why = throttle.whyWaiting(fence);
    const { log, pool } = this.parts;
    const who = accountTitle(throttle.account);
    if (why !== undefined) tellStep(log, live.attempt, 'waiting', `waiting for ${who}: ${why}`);
    await permit;
    live.timeLimit?.goOn();
    pool.present(fence);
    const step = live.isRefused ? `asking ${who} again` : 'thinking';
    if (why !== undefined) tellStep(log, live.attempt, 'running', step);
  }

  /** The model has begun to answer. */
  modelBegun(fence: Fence): void {
    this.parts.throttles.of(this.parts.pool.present(fence))?.begun(fence);
  }

  async modelCalled(fence: Fence, call: Asked<'modelCalled'>): Promise<void> {
    const live = this.parts.pool.present(fence);
    const { attempt, model } = live;
    live.isRefused = false;
    this.parts.throttles.of(live)?.succeeded(fence, call.restMs);
    // An agent of another maker may tell what it cost; nobody else knows.
    const isAgents = agentIn(model) !== undefined;
    const { costUsd: told, restMs: _, ...called } = call;
    const cost = isAgents ? told : costUsd(model, call.usage, this.parts.providers());
    await this.parts.log.append([
      {
        type: 'model.called',
        model,
        ...called,
        costUsd: cost ?? 0,
        ...attemptOf(attempt),
        ...(cost === undefined && { isUnpriced: true }),
      },
    ]);
    await this.parts.breaker.proved('model', live.asker);
  }

  /** Its call came to nothing, and it asks again; with a trouble, it waits until that is over. */
  async modelLimited(fence: Fence, { reason, trouble, ...asked }: Asked<'modelLimited'>): Promise<void> {
    const { pool, throttles, breaker } = this.parts;
    const live = pool.present(fence);
    const took = throttles.of(live)?.limited(fence, reason, asked) ?? 0;
    live.timeLimit?.giveBack(took);
    live.isRefused = true;
    if (trouble) await breaker.waits(trouble, live.asker);
  }

  async toolBegin(fence: Fence, call: ToolCall): Promise<BudgetAnswer> {
    const live = this.parts.pool.present(fence);
    this.parts.throttles.of(live)?.leave(fence); // an agent of another maker asks its model between its calls
    const { budget, answer } = spend(live.budget, asAction(call), this.parts.log.settings.limits);
    live.budget = budget;
    if (answer.kind === 'wrapUp') {
      const told = live.reached(answer.hit);
      if (told.length > 0) await this.parts.log.append(told);
    }
    if (answer.kind === 'stop') await this.parts.pool.end(live, { kind: 'limit', hit: answer.hit });
    return answer;
  }

  async toolEnd(fence: Fence, call: Asked<'toolEnd'>): Promise<void> {
    const live = this.parts.pool.present(fence);
    live.budget = settle(live.budget, asAction(call), call.ok);
    const { tool, target, ok: succeeded, durationMs, summary } = call;
    const { commandUse } = live;
    live.commandUse = {};
    await this.parts.log.append([
      {
        type: 'tool.used',
        tool,
        ok: succeeded,
        durationMs,
        summary,
        ...(target === undefined ? {} : { target }),
        ...commandUse,
        ...attemptOf(live.attempt),
      },
    ]);
  }

  /** Hands the work in, checks it, and ends the attempt with the verdict, unless that is to go on with it. */
  async submit(fence: Fence, summary: string): Promise<SubmitVerdict> {
    const live = await this.parts.pool.ready(fence);
    live.handedIn ??= this.#handIn(live, summary).finally(() => {
      live.handedIn = undefined;
    });
    return live.handedIn;
  }

  async #handIn(live: LiveAttempt, summary: string): Promise<SubmitVerdict> {
    const { log, pool, submission } = this.parts;
    const { limits } = log.settings;
    live.endCommand({ durationMs: 0 }); // of one whose end was never told: its own check may have to wait for it
    await log.append([{ type: 'feature.submitted', summary, ...attemptOf(live.attempt) }]);
    const lost: Ending = { kind: 'lost', note: 'The check could not be run.' };
    const verdict = await submission.handIn(live, limits.verifyMs).catch(async (error: unknown) => {
      await pool.broke(live, 'Running the check', error);
      return lost;
    });
    if (verdict.kind === 'returned' && !live.isOver) {
      live.returned = verdict.why;
      await log.append([{ type: 'feature.returned', why: verdict.why, ...attemptOf(live.attempt) }]);
      return log.redactor.data(verdict);
    }
    const ending = verdict.kind === 'returned' ? lost : verdict;
    await pool.end(live, ending);
    return log.redactor.data(verdictOf(live.ending ?? ending));
  }

  /** Something stands in the agent's way that would stand in every other's, too. */
  async handBack(fence: Fence, trouble: Trouble): Promise<void> {
    await this.parts.pool.handBack(this.parts.pool.present(fence), trouble);
  }

  /** The agent of another maker that worked on it has died. */
  async lost(fence: Fence, { note, printed }: AgentDeath): Promise<void> {
    const live = this.parts.pool.present(fence);
    await this.parts.pool.mourn(live, { note, printed, what: 'An agent, which ended by itself,' });
  }

  async giveUp(fence: Fence, reason: string, { by, final }: GiveUp = {}): Promise<void> {
    const live = this.parts.pool.present(fence);
    const trouble = by && this.parts.breaker.requestRefused(live.attempt.featureId, reason, live.model);
    if (trouble) return this.parts.pool.handBack(live, trouble);
    // The next attempt begins with the other's change; it is not this one's fault that both were made at once.
    const note = `Its work did not go with what came in meanwhile. ${live.returned} ${reason}`;
    const isOverlap = live.returned !== undefined;
    await this.parts.pool.end(
      live,
      isOverlap
        ? { kind: 'yielded', cause: 'overlap', note }
        : { kind: 'failed', reason, ...(final && { final }) },
    );
  }
}

function asAction({ tool, fingerprint }: ToolCall): Action {
  return { tool, fingerprint };
}

function verdictOf(ending: Ending): SubmitVerdict {
  switch (ending.kind) {
    case 'passed':
      return { kind: 'passing' };
    case 'unconfirmed':
      return { kind: 'unconfirmed', why: ending.why };
    case 'failed':
      return { kind: 'failed', reason: ending.reason };
    case 'limit':
    case 'lost':
    case 'yielded':
      return { kind: 'failed', reason: 'The attempt was ended.' };
    default:
      return ending satisfies never;
  }
}
