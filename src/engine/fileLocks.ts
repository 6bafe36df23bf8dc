// Carries out the lock table's rules: who asked waits here until the event that frees the file.

import { describeBlockers } from '../core/events/describe';
import type { Attempt, Happening } from '../core/events/event';
import { attemptOf } from '../core/events/event';
import { type LockScope, parseWorkspacePath } from '../core/locks/lockPath';
import { grantable, type LockTable, pathsOf, request, setHuman } from '../core/locks/lockTable';
import type { Fence } from '../core/shared/ids';
import { ok, type Refusal, type Result } from '../core/shared/result';
import type { LockGrant } from '../ports/coordinator';
import type { Clock } from '../ports/system';
import type { EventLog } from './eventLog';

export type LockOutcome =
  | Result<LockGrant>
  | { readonly ok: false; readonly error: Refusal; readonly yieldFor: string };

interface Pending {
  readonly attempt: Attempt;
  readonly path: string;
  readonly sinceMs: number;
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

  /**
   * Locks one file for an attempt, waiting its turn. With `wait` false a busy file is refused at once.
   * An outcome with `yieldFor` means waiting would deadlock: the attempt must end and hold that path next time.
   */
  async acquire(attempt: Attempt, text: string, wait = true): Promise<LockOutcome> {
    const path = parseWorkspacePath(text);
    if (!path.ok) return path;
    const scope: LockScope = { kind: 'file', path: path.value };
    const answer = request(this.table, scope, attempt);
    const inWay = answer.kind === 'wait' || answer.kind === 'yield' ? describeBlockers(answer.blockers) : '';
    const refusal = (code: 'locked' | 'wouldDeadlock', message: string) => ({
      ok: false as const,
      error: { code, message },
    });
    switch (answer.kind) {
      case 'held':
        return ok({ path: path.value, fresh: false, waitedMs: 0 });
      case 'granted':
        await this.log.append([this.#granted(attempt, scope)]);
        return ok({ path: path.value, fresh: true, waitedMs: 0 });
      case 'yield': {
        if (!wait) return refusal('locked', `${path.value} is busy: ${inWay}.`);
        const message = `Waiting for ${path.value}, ${inWay}, would deadlock.`;
        return { ...refusal('wouldDeadlock', message), yieldFor: path.value };
      }
      case 'wait': {
        if (!wait) return refusal('locked', `${path.value} is busy: ${inWay}.`);
        const { kind } = scope;
        const told = this.log.append([
          { type: 'lock.waiting', path: path.value, kind, blockers: answer.blockers, ...attemptOf(attempt) },
        ]);
        const granted = new Promise<LockOutcome>((resolve) => {
          const entry = { attempt, path: path.value, sinceMs: this.clock.monotonic(), answer: resolve };
          this.#pending = [...this.#pending, entry];
        });
        await told;
        return granted;
      }
      default:
        return answer satisfies never;
    }
  }

  /** The events that end all an attempt holds and waits for; part of the commit that ends it. */
  releaseEvents(attempt: Attempt): readonly Happening[] {
    return pathsOf(this.log.head.locks, attempt.fence).map((path) => ({
      type: 'lock.released',
      path,
      ...attemptOf(attempt),
    }));
  }

  async release(attempt: Attempt, path: string): Promise<void> {
    await this.log.append([{ type: 'lock.released', path, ...attemptOf(attempt) }]);
    await this.grantWaiting();
  }

  /** Answers everyone of `fence` that still waits: the attempt is over. */
  abandon(fence: Fence, error: Refusal): void {
    const gone = this.#pending.filter((p) => p.attempt.fence === fence);
    this.#pending = this.#pending.filter((p) => p.attempt.fence !== fence);
    for (const p of gone) p.answer({ ok: false, error });
  }

  /** Gives what has come free to those who wait, in their order. Called after every step that may free something. */
  async grantWaiting(): Promise<void> {
    const granted = grantable(this.table);
    if (granted.length === 0) return;
    const answered = granted.flatMap((wait) => {
      const found = this.#pending.find((p) => p.attempt.fence === wait.fence && p.path === wait.scope.path);
      return found ? [{ pending: found, scope: wait.scope }] : [];
    });
    this.#pending = this.#pending.filter((p) => !answered.some((a) => a.pending === p));
    await this.log.append(answered.map(({ pending, scope }) => this.#granted(pending.attempt, scope)));
    for (const { pending } of answered) {
      pending.answer(
        ok({ path: pending.path, fresh: true, waitedMs: this.clock.monotonic() - pending.sinceMs }),
      );
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

  #granted(attempt: Attempt, { path, kind }: LockScope): Happening {
    return { type: 'lock.granted', path, kind, how: 'request', ...attemptOf(attempt) };
  }
}
