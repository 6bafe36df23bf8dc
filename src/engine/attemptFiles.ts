// Answers what agents' tools ask about files: each is judged, locked, and written in the attempt's own copy.
import { attemptOf } from '../core/events/event';
import { covers, parseWorkspacePath } from '../core/locks/lockPath';
import { isHeldBy } from '../core/locks/lockTable';
import type { Fence } from '../core/shared/ids';
import { ok, type Result, refuse } from '../core/shared/result';
import type { LockGrant } from '../ports/coordinator';
import type { Isolation, PlaceMove, PlaceWrite } from '../ports/isolation';
import type { AgentPool } from './agentPool';
import type { Arriving } from './arrivals';
import type { LiveAttempt } from './attempt';
import { unknownMode } from './attemptChanges';
import type { ChangeGuard } from './changeGuard';
import type { EventLog } from './eventLog';
import type { FileLocks } from './fileLocks';
import { editedByHuman, insteadOfWaiting } from './lockText';
import type { SharedFiles } from './sharedFiles';

export class AttemptFiles {
  constructor(
    private readonly log: EventLog,
    private readonly pool: AgentPool,
    private readonly isolation: Isolation,
    private readonly locks: FileLocks,
    private readonly guard: ChangeGuard,
    private readonly shared: SharedFiles,
    private readonly arriving: Arriving,
  ) {}

  async lockFile(fence: Fence, text: string, wait = true): Promise<Result<LockGrant>> {
    const live = await this.pool.ready(fence);
    const path = await this.guard.admit(live, text);
    if (!path.ok) return path;
    if (this.shared.isNamed(path.value)) {
      if (this.locks.isHumans(path.value)) return editedByHuman(path.value);
      return this.#granted(live, { path: path.value, fresh: true, waitedMs: 0, shared: true });
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
    const isNews = outcome.value.fresh || this.#isOtherwiseHeld(live, path.value);
    return isNews ? this.#granted(live, outcome.value) : outcome;
  }

  async releaseFile(fence: Fence, text: string): Promise<Result<string>> {
    const live = await this.pool.ready(fence);
    const path = this.locks.held(live.attempt, text) ? ok(text) : parseWorkspacePath(text);
    if (!path.ok) return path;
    const scope = this.locks.held(live.attempt, path.value);
    if (!scope) return refuse('notOwner', `You do not hold ${path.value}; nothing was released.`);
    if ([...live.changed.keys()].some((changed) => covers(scope, changed)))
      return refuse('locked', `You have changed ${path.value}; it stays yours until your work is checked.`);
    await this.locks.release(live.attempt, scope.path);
    return ok(`Released ${path.value}`);
  }

  async writeFile(fence: Fence, write: PlaceWrite): Promise<Result<{ hash: string | null }>> {
    const live = await this.pool.ready(fence);
    const locked = await this.#lockToChange(live, write.path);
    if (!locked.ok) return locked;
    if (live.handedIn) return beingChecked;
    const path = locked.value;
    const done = await this.isolation.write(live.attempt.slot, { ...write, path });
    if (done.ok) await this.#changed(live, path, write.baseHash, done.value.hash);
    else await this.guard.tell(live, [{ path, error: done.error }]);
    return done;
  }

  async moveFile(fence: Fence, { from, to, baseHash }: PlaceMove): Promise<Result<{ hash: string }>> {
    const live = await this.pool.ready(fence);
    const paths: string[] = [];
    for (const text of [from, to]) {
      const locked = await this.#lockToChange(live, text);
      if (!locked.ok) return locked;
      paths.push(locked.value);
    }
    if (live.handedIn) return beingChecked;
    const [source = '', target = ''] = paths;
    const done = await this.isolation.move(live.attempt.slot, { from: source, to: target, baseHash });
    if (done.ok) {
      await this.#changed(live, source, baseHash, null);
      await this.#changed(live, target, null, baseHash);
    } else await this.guard.tell(live, [{ path: target, error: done.error }]);
    return done;
  }

  /** Whoever had the file may have published it: the agent's copy gets it as it is now. */
  async #granted(live: LiveAttempt, grant: LockGrant): Promise<Result<LockGrant>> {
    const { notes } = await this.arriving.bring(live, [grant.path]);
    this.pool.present(live.attempt.fence);
    return ok(notes.length > 0 ? { ...grant, notes } : grant);
  }

  /** Is it held by another way of writing its name, under which alone the copy was brought up to date? */
  #isOtherwiseHeld({ attempt }: LiveAttempt, path: string): boolean {
    const scope = this.locks.held(attempt, path);
    return scope !== undefined && scope.path !== path;
  }

  /** The canonical path once the attempt may write it. */
  async #lockToChange(live: LiveAttempt, text: string): Promise<Result<string>> {
    const path = await this.guard.admit(live, text);
    if (!path.ok || this.shared.isNamed(path.value)) return path;
    const { fence } = live.attempt;
    const isHeld = isHeldBy(this.log.head.locks, { kind: 'file', path: path.value }, fence);
    if (isHeld && !this.#isOtherwiseHeld(live, path.value)) return path;
    const lock = await this.lockFile(fence, path.value);
    return lock.ok ? path : lock;
  }

  async #changed(
    live: LiveAttempt,
    path: string,
    before: string | null,
    after: string | null,
  ): Promise<void> {
    live.changed.set(path, unknownMode(after));
    await this.log.append([{ type: 'file.changed', path, before, after, ...attemptOf(live.attempt) }]);
  }
}

/** What is checked is what was handed in. */
const beingChecked = refuse(
  'locked',
  'Your work is being checked; nothing of it can be changed before that is over.',
);
