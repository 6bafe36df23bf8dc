// Answers what agents ask while they work. Every question comes with the fence of its connection: an attempt that is
// over gets no further answer.
import { attemptOf } from '../core/events/event';
import type { Trouble } from '../core/guardrails/breaker';
import { type Action, type BudgetAnswer, settle, spend, spendOnFiles } from '../core/guardrails/budget';
import { judgeCommand } from '../core/guardrails/commandPolicy';
import { parseWorkspacePath } from '../core/locks/lockPath';
import { isHeldBy } from '../core/locks/lockTable';
import { costUsd } from '../core/routing/modelCatalog';
import type { Fence } from '../core/shared/ids';
import { ok, type Result, refuse } from '../core/shared/result';
import { unreadOf } from '../core/shared/unread';
import type {
  Assignment,
  CommandEnded,
  CommandOutcome,
  CommandPermit,
  Coordinator,
  FileMove,
  FileWrite,
  LockGrant,
  SharedEdit,
  SubmitVerdict,
  ToolCall,
} from '../ports/coordinator';
import { Failure } from '../ports/failure';
import type { SlotCopies } from '../ports/workspace';
import type { AgentPool } from './agentPool';
import type { Ending, LiveAttempt } from './attempt';
import type { BreakerKeeper } from './breakerKeeper';
import { bringChanges, isBringable } from './bringChanges';
import type { ChangeGuard } from './changeGuard';
import type { CoreWatch } from './coreWatch';
import type { EditBook } from './editBook';
import type { EventLog } from './eventLog';
import type { FileLocks } from './fileLocks';
import type { Gate } from './gate';
import { editedByHuman, insteadOfWaiting } from './lockWords';
import type { SharedEdits } from './sharedEdits';
import type { Throttle } from './throttle';
import type { Verification } from './verification';

/** What only the host knows of an assignment: keys and scripts, which no log may hold. */
export type Secrets = (live: LiveAttempt) => Promise<Pick<Assignment, 'offline' | 'anthropic'>>;

export class AgentDesk {
  constructor(
    private readonly log: EventLog,
    private readonly pool: AgentPool,
    private readonly locks: FileLocks,
    private readonly edits: EditBook,
    private readonly guard: ChangeGuard,
    private readonly shared: SharedEdits,
    private readonly copies: SlotCopies,
    private readonly gate: Gate,
    private readonly breaker: BreakerKeeper,
    private readonly watch: CoreWatch,
    private readonly throttle: Throttle,
    private readonly verification: Verification,
    private readonly secrets: Secrets,
    private readonly allowedCommands: () => readonly string[],
    private readonly onOutput: (live: LiveAttempt, text: string) => void,
  ) {}

  /** The worker is there: what it is to do, once its copy of the workspace is ready. */
  async hello(fence: Fence): Promise<Assignment> {
    const live = this.#live(fence);
    live.isGreeted = true;
    await live.copyReady;
    await this.breaker.proved('copy', fence);
    const secrets = await this.secrets(this.#live(fence));
    const { attempt, feature } = live;
    const checkCommand = await live.checkCommand;
    const description = await this.log.text(feature.spec.description);
    const lastFailure = feature.lastFailure && (await this.log.text(feature.lastFailure));
    const settings = this.#settings();
    return {
      ...attemptOf(attempt),
      ...{ name: feature.spec.name, description, category: feature.spec.category },
      declaredFiles: feature.spec.files,
      ...(checkCommand === undefined ? {} : { verifyCommand: checkCommand }),
      ...{ allowedCommands: this.allowedCommands(), model: live.model, limits: settings.limits },
      ...(live.unread === undefined ? {} : { unread: live.unread }),
      ...(lastFailure === undefined ? {} : { lastFailure }),
      ...{
        copyDir: this.copies.dirOf(attempt.slot),
        reattachGraceMs: settings.reattachGraceMs,
        tag: live.tag,
      },
      ...secrets,
    };
  }

  renew(fence: Fence): void {
    this.#live(fence);
  }

  async progress(fence: Fence, report: Parameters<Coordinator['progress']>[0]): Promise<void> {
    const { attempt } = this.#live(fence);
    await this.log.append([{ type: 'agent.progress', ...report, ...attemptOf(attempt) }]);
  }

  output(fence: Fence, text: string): void {
    this.onOutput(this.#live(fence), text);
  }

  async modelPermit(fence: Fence): Promise<void> {
    const { timeLimit } = this.#live(fence);
    timeLimit?.hold(); // for waiting, which may be long, is no work
    await this.throttle.permit();
    timeLimit?.goOn();
    this.#live(fence);
  }

  async modelCalled(fence: Fence, call: Parameters<Coordinator['modelCalled']>[0]): Promise<void> {
    const { attempt } = this.#live(fence);
    this.throttle.succeeded();
    await this.log.append([
      { type: 'model.called', ...call, costUsd: costUsd(call.model, call.usage), ...attemptOf(attempt) },
    ]);
    await this.breaker.proved('model', fence);
  }

  modelLimited(fence: Fence, { reason, retryAfterMs }: Parameters<Coordinator['modelLimited']>[0]): void {
    this.#live(fence);
    this.throttle.limited(reason, retryAfterMs);
  }

  async toolBegin(fence: Fence, call: ToolCall): Promise<BudgetAnswer> {
    const live = this.#live(fence);
    const { budget, answer } = spend(live.budget, asAction(call), this.#settings().limits);
    live.budget = budget;
    if (answer.kind === 'wrapUp') {
      const told = live.reached(answer.hit);
      if (told.length > 0) await this.log.append(told);
    }
    if (answer.kind === 'stop') await this.pool.end(live, { kind: 'limit', hit: answer.hit });
    return answer;
  }

  async toolEnd(fence: Fence, call: Parameters<Coordinator['toolEnd']>[0]): Promise<void> {
    const live = this.#live(fence);
    live.budget = settle(live.budget, asAction(call), call.ok);
    const { tool, target, ok: succeeded, durationMs, summary } = call;
    const { commandUse } = live;
    live.commandUse = {};
    await this.log.append([
      {
        ...{ type: 'tool.used', tool, ok: succeeded, durationMs, summary },
        ...(target === undefined ? {} : { target }),
        ...commandUse,
        ...attemptOf(live.attempt),
      },
    ]);
  }

  async lockFile(fence: Fence, text: string, wait = true): Promise<Result<LockGrant>> {
    const live = this.#live(fence);
    const path = await this.guard.admit(live, text);
    if (!path.ok) return path;
    if (await this.#isShared(live, path.value)) {
      if (this.locks.isHumans(path.value)) return editedByHuman(path.value);
      await this.#refresh(live, path.value);
      return ok({ path: path.value, fresh: true, waitedMs: 0, shared: true });
    }
    const outcome = await this.locks.acquire(live.attempt, path.value, wait);
    if ('yieldFor' in outcome) {
      const { yieldFor, error } = outcome;
      await this.pool.end(live, { kind: 'yielded', cause: 'lock', note: error.message, path: yieldFor });
      return { ok: false, error };
    }
    if (!outcome.ok) {
      const { code, message } = outcome.error;
      return code === 'locked' ? refuse(code, `${message} ${insteadOfWaiting}`) : outcome;
    }
    if (!outcome.value.fresh) return outcome;
    await this.#refresh(live, path.value);
    this.#live(fence);
    // Whoever had it may have made it: from now on it is changed by turns.
    if (!(await this.#isShared(live, path.value))) return outcome;
    await this.locks.release(live.attempt, path.value);
    return ok({ ...outcome.value, shared: true });
  }

  async releaseFile(fence: Fence, text: string): Promise<Result<string>> {
    const { attempt } = this.#live(fence);
    const path = parseWorkspacePath(text);
    if (!path.ok) return path;
    const scope = this.locks.held(attempt, path.value);
    if (!scope) return refuse('notOwner', `You do not hold ${path.value}; nothing was released.`);
    if (this.edits.hasEdited(fence, scope)) {
      return refuse('locked', `You have changed ${path.value}; it stays yours until your work is checked.`);
    }
    await this.locks.release(attempt, scope.path);
    return ok(`Released ${path.value}`);
  }

  async writeFile(fence: Fence, write: FileWrite): Promise<Result<{ hash: string | null }>> {
    const live = this.#live(fence);
    const locked = await this.#lockToChange(live, write.path);
    if (!locked.ok) return locked;
    const path = locked.value;
    const done = await this.edits.write(live.attempt, { ...write, path }, () => !live.isOver);
    if (!done.ok && done.error.code === 'changedOnDisk' && !live.isOver) await this.#refresh(live, path);
    if (!done.ok) await this.guard.tell(live, [{ path, error: done.error }]);
    return done;
  }

  async moveFile(fence: Fence, { from, to, baseHash }: FileMove): Promise<Result<{ hash: string }>> {
    const live = this.#live(fence);
    const paths: string[] = [];
    for (const text of [from, to]) {
      const locked = await this.#lockToChange(live, text);
      if (!locked.ok) return locked;
      paths.push(locked.value);
    }
    const [source = '', target = ''] = paths;
    const move = { from: source, to: target, baseHash };
    const done = await this.edits.move(live.attempt, move, () => !live.isOver);
    if (done.ok) return ok({ hash: baseHash });
    await this.guard.tell(live, [{ path: target, error: done.error }]);
    return done;
  }

  async editShared(fence: Fence, { path: text, edits }: SharedEdit): Promise<Result<{ hash: string }>> {
    const live = this.#live(fence);
    const path = await this.guard.admit(live, text);
    if (!path.ok) return path;
    if (this.locks.isHumans(path.value)) return editedByHuman(path.value);
    if (!(await this.#isShared(live, path.value)))
      return refuse('badInput', `${path.value} is not a file that agents share; lock it and write it.`);
    return this.edits.editShared(live.attempt, { path: path.value, edits }, () => !live.isOver);
  }

  async commandBegin(fence: Fence, command: string): Promise<Result<CommandPermit>> {
    const live = this.#live(fence);
    const { limits } = this.#settings();
    const judged = judgeCommand(command, await live.checkCommand, this.allowedCommands());
    if (!judged.ok) return judged;
    const unread = await this.gate.run(async () =>
      this.copies.refresh(live.attempt.slot, await this.edits.overlayFor(fence)),
    );
    live.unread = unreadOf(unread);
    await this.pool.tellUnread(live);
    this.#live(fence);
    live.endCommand({ durationMs: 0 }); // of one whose end was never told
    live.command = this.watch.begin();
    return ok({ timeoutMs: limits.commandMs });
  }

  /**
   * What a command changed in the copy is this attempt's: it enters under a lock that is free now, or is dropped; when it
   * is more than the attempt may edit, nothing enters and the attempt is over. What it printed comes back as a model may
   * see it.
   */
  async commandEnd(fence: Fence, { printed, ...took }: CommandEnded): Promise<CommandOutcome> {
    const live = this.#live(fence);
    live.endCommand(took);
    const changes = await this.copies.changes(live.attempt.slot);
    const { limits } = this.#settings();
    const meant = changes.filter((change) => isBringable(change) && this.guard.judge(live, change.path).ok);
    const { answer } = spendOnFiles(this.#live(fence).budget, meant.length, limits);
    if (answer.kind === 'stop')
      await this.pool.end(live, { kind: 'limit', hit: answer.hit, note: leftOut(meant.length) });
    this.#live(fence);
    const { locks, edits, guard, shared, copies, gate } = this;
    const parts = { locks, edits, guard, shared, copies, gate };
    const brought = await bringChanges(parts, live, changes, () => this.#live(fence));
    const entered = brought.kept.length + (brought.more?.kept ?? 0);
    live.budget = spendOnFiles(live.budget, entered, limits).budget;
    return { ...brought, output: this.log.redactor.text(printed) };
  }

  /** Hands the work in, checks it, and ends the attempt with the verdict. */
  async submit(fence: Fence, summary: string): Promise<SubmitVerdict> {
    const live = this.#live(fence);
    const { limits } = this.#settings();
    await this.log.append([{ type: 'feature.submitted', summary, ...attemptOf(live.attempt) }]);
    const lost: Ending = { kind: 'lost', note: 'The check could not be run.' };
    const verdict = await this.verification.verify(live, limits.verifyMs).catch(async (error: unknown) => {
      await this.pool.broke(live, 'Running the check', error);
      return lost;
    });
    await this.pool.tellUnread(live);
    await this.pool.end(live, verdict);
    return this.log.redactor.data(verdictOf(live.ending ?? verdict));
  }

  /** Something stands in the agent's way that would stand in every other's, too. */
  async handBack(fence: Fence, trouble: Trouble): Promise<void> {
    await this.pool.handBack(this.#live(fence), trouble);
  }

  async giveUp(fence: Fence, reason: string, by?: 'service'): Promise<void> {
    const live = this.#live(fence);
    const trouble = by && this.breaker.requestRefused(live.attempt.featureId, reason);
    if (trouble) await this.pool.handBack(live, trouble);
    else await this.pool.end(live, { kind: 'failed', reason });
  }

  /** The canonical path once the attempt holds it; refused for a file that nobody holds. */
  async #lockToChange(live: LiveAttempt, text: string): Promise<Result<string>> {
    const path = await this.guard.admit(live, text);
    if (!path.ok) return path;
    const { fence } = live.attempt;
    if (await this.#isShared(live, path.value))
      return refuse('badInput', `${path.value} is shared by all agents; change it with edit_file only.`);
    if (isHeldBy(this.log.head.locks, { kind: 'file', path: path.value }, fence)) return path;
    const lock = await this.lockFile(fence, path.value);
    return lock.ok ? path : lock;
  }

  #isShared({ attempt }: LiveAttempt, path: string): Promise<boolean> {
    return this.shared.isShared(path, attempt.fence);
  }

  #refresh({ attempt: { slot, fence } }: LiveAttempt, path: string): Promise<void> {
    return this.gate.run(async () => this.copies.refreshFile(slot, path, await this.edits.overlayFor(fence)));
  }

  /** The attempt of this fence, its lease renewed by the question itself. */
  #live(fence: Fence): LiveAttempt {
    const live = this.pool.find(fence);
    if (!live) throw new Failure('closed', 'This attempt is over.');
    this.pool.renew(live);
    return live;
  }

  #settings() {
    const { run } = this.log.head;
    if (!run) throw new Failure('closed', 'There is no run.');
    return run.settings;
  }
}

function leftOut(files: number): string {
  return `A command changed ${files} ${files === 1 ? 'file' : 'files'}; none of it entered the workspace.`;
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
