// Carries out the lock table's rules: who asked waits here until the event that frees the file.

import type { Attempt, NewEvent } from '../core/events/event';
import { attemptOf } from '../core/events/event';
import { describeBlockers } from '../core/locks/describeBlockers';
import { lockKey, type PathScope, parseWorkspacePath, type WorkspacePath } from '../core/locks/lockPath';
import { isLocked, type LockScope } from '../core/locks/lockScope';
import { grantable, type LockTable, lockedBy, request, requestFree, setHuman } from '../core/locks/lockTable';
import type { Fence } from '../core/shared/ids';
import { ok, type Refusal, type Result, refuse } from '../core/shared/result';
import type { LockGrant } from '../ports/coordinator';
import type { Clock } from '../ports/system';
import type { EventLog } from './eventLog';
import { whoHolds } from './lockText';

export type LockOutcome =
  | Result<LockGrant>
  | { readonly ok: false; readonly error: Refusal; readonly yieldFor: string };

/** Whatever of it is still under way comes too late. */
const isOver: Refusal = { code: 'stopped', message: 'The attempt is over.' };

interface Pending {
  readonly attempt: Attempt;
  readonly path: string;
  readonly sinceMs: number;
  /** Who was in the way when the waiting began, in words. */
  readonly waitedFor: string;
  readonly answer: (outcome: LockOutcome) => void;
}

export class FileLocks {
  #human: readonly string[] = [];
  #pending: readonly Pending[] = [];

  constructor(
    private readonly log: EventLog,
    private readonly clock: Clock,
  ) {}

  /** The table as the rules see it: what attempts hold, and what the human is editing. */
  get table(): LockTable {
    return setHuman(this.log.head.locks, this.#human);
  }

  /** The attempt's hold whose name is another way of writing `path`; undefined when it has none. */
  held(attempt: Attempt, path: string): PathScope | undefined {
    for (const { fence, scope } of this.log.head.locks.holds) {
      if (fence !== attempt.fence || scope.kind === 'resource') continue;
      if (lockKey(scope.path) === lockKey(path)) return scope;
    }
    return undefined;
  }

  /** Is the human editing the file? */
  isHumans(path: string): boolean {
    return this.#human.some((own) => lockKey(own) === lockKey(path));
  }

  /**
   * Locks one file for an attempt, waiting its turn. With `wait` false a busy file is refused at once.
   * An outcome with `yieldFor` means waiting would deadlock: the attempt must end and hold that path next time.
   */
  async acquire(attempt: Attempt, path: WorkspacePath, wait = true): Promise<LockOutcome> {
    if (!this.#isAtWork(attempt)) return { ok: false, error: isOver };
    const scope: PathScope = { kind: 'file', path };
    const answer = request(this.table, scope, attempt);
    if (answer.kind === 'held') return ok({ path, fresh: false, waitedMs: 0 });
    if (answer.kind === 'granted') {
      await this.log.append([this.#granted(attempt, scope)]);
      return ok({ path, fresh: true, waitedMs: 0 });
    }
    const { blockers } = answer;
    const waitedFor = whoHolds(path, blockers, this.log.head, this.log.now().elapsedMs);
    if (!wait) return refuse('locked', waitedFor);
    if (answer.kind === 'yield') {
      const message = `Waiting for ${path}, ${describeBlockers(blockers)}, would deadlock.`;
      return { ...refuse('wouldDeadlock', message), yieldFor: path };
    }
    const isKnown = this.#pending.some((p) => p.attempt.fence === attempt.fence && p.path === path);
    const granted = new Promise<LockOutcome>((resolve) => {
      const entry = { attempt, path, waitedFor, sinceMs: this.clock.monotonic(), answer: resolve };
      this.#pending = [...this.#pending, entry];
    });
    // Whoever asks twice waits once.
    if (!isKnown) {
      await this.log.append([{ type: 'lock.waiting', path, kind: 'file', blockers, ...attemptOf(attempt) }]);
    }
    return granted;
  }

  /**
   * Locks those of the files that are free now, in one step; the answer has what is in the way of each of the others, by
   * path. @param paths canonical
   */
  async acquireFree(attempt: Attempt, paths: readonly string[]): Promise<ReadonlyMap<string, Refusal>> {
    if (!this.#isAtWork(attempt)) return new Map(paths.map((path) => [path, isOver]));
    const { head } = this.log;
    const newEvents: NewEvent[] = [];
    const busy = new Map<string, Refusal>();
    for (const [path, answer] of requestFree(this.table, paths, attempt)) {
      if (answer === 'granted') newEvents.push(this.#granted(attempt, { kind: 'file', path }));
      else if (answer !== 'held')
        busy.set(path, refuse('locked', whoHolds(path, answer, head, this.log.now().elapsedMs)).error);
    }
    if (newEvents.length > 0) await this.log.append(newEvents);
    return busy;
  }

  /** The events that end all an attempt holds and waits for; part of the commit that ends it. */
  releaseEvents(attempt: Attempt): readonly NewEvent[] {
    return lockedBy(this.log.head.locks, attempt.fence).map((locked) => ({
      type: 'lock.released',
      ...locked,
      ...attemptOf(attempt),
    }));
  }

  async release(attempt: Attempt, path: string): Promise<void> {
    await this.log.append([{ type: 'lock.released', path, ...attemptOf(attempt) }]);
    await this.grantWaiting();
  }

  /** Returns everyone of `fence` that still waits: the attempt is over. */
  abandon(fence: Fence): void {
    const gone = this.#pending.filter((p) => p.attempt.fence === fence);
    this.#pending = this.#pending.filter((p) => p.attempt.fence !== fence);
    for (const p of gone) p.answer({ ok: false, error: isOver });
  }

  /** Gives what has come free to those who wait, in their order. Called after every step that may free something. */
  async grantWaiting(): Promise<void> {
    const granted = grantable(this.table);
    if (granted.length === 0) return;
    const now = this.clock.monotonic();
    const answered = granted.flatMap(({ fence, scope }) => {
      const asked = this.#pending.filter((p) => p.attempt.fence === fence && isLocked(scope, p));
      const [first] = asked;
      return first ? [{ first, asked, scope, waitedMs: now - first.sinceMs }] : [];
    });
    const gone = new Set(answered.flatMap(({ asked }) => asked));
    this.#pending = this.#pending.filter((p) => !gone.has(p));
    await this.log.append(
      answered.map(({ first, scope, waitedMs }) => this.#granted(first.attempt, scope, waitedMs)),
    );
    for (const { asked } of answered) {
      for (const { path, waitedFor, sinceMs, answer } of asked)
        answer(ok({ path, fresh: true, waitedMs: now - sinceMs, waitedFor }));
    }
  }

  /** Files the human has unsaved edits in, from now on. */
  async setHuman(paths: readonly string[]): Promise<void> {
    this.#human = paths.flatMap((text) => {
      const path = parseWorkspacePath(text);
      return path.ok ? [path.value] : [];
    });
    await this.grantWaiting();
  }

  /** What is granted to one that is over would never be released. */
  #isAtWork({ featureId, fence }: Attempt): boolean {
    const state = this.log.head.features[featureId]?.state;
    return state?.status === 'claimed' && state.phase !== 'unconfirmed' && state.claim.fence === fence;
  }

  #granted(attempt: Attempt, scope: LockScope, waitedMs?: number): NewEvent {
    const waited = waitedMs === undefined ? {} : { waitedMs };
    return { type: 'lock.granted', ...scope, how: 'request', ...waited, ...attemptOf(attempt) };
  }
}
