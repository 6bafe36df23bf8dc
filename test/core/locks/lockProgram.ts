// Agents that lock, wait, release, yield and die as chance says, with the rules checked after every step.
import { strict as assert } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import { type LockScope, lockedOf, lockName } from '../../../src/core/locks/lockScope';
import {
  firstBlocker,
  grant,
  grantable,
  type LockTable,
  lockedBy,
  noLocks,
  queue,
  release,
  request,
  setHuman,
} from '../../../src/core/locks/lockTable';
import { brokenLockRules, meet } from './lockRules';

const scopes: readonly LockScope[] = [
  ...['src/a', 'src/b', 'SRC/a', 'lib/a', 'lib/b', 'c', 'C', 'd'].map(
    (path) => ({ kind: 'file', path }) as const,
  ),
  ...['src', 'lib'].map((path) => ({ kind: 'folder', path }) as const),
  ...['port 3000', 'PORT 3000', 'src'].map((resource) => ({ kind: 'resource', resource }) as const),
];

export class LockProgram {
  readonly seen = { granted: 0, held: 0, wait: 0, yield: 0 };
  #table: LockTable = noLocks;
  #lastFence: number;
  readonly #fences: number[];
  readonly #concurrent: boolean;

  /** @param concurrent agents may ask for more while they wait */
  constructor({ agents, concurrent }: { readonly agents: number; readonly concurrent: boolean }) {
    this.#fences = Array.from({ length: agents }, (_, k) => k + 1);
    this.#lastFence = agents;
    this.#concurrent = concurrent;
  }

  /** One step of one agent or of the human, told by the parts of `choice`. */
  step(choice: number): void {
    const who = choice % this.#fences.length;
    const what = Math.floor(choice / 8) % 32;
    const scope = scopes[Math.floor(choice / 256) % scopes.length] as LockScope;
    const fence = this.#fences[who] as number;
    const waits = this.#table.waits.some((w) => w.fence === fence);
    if (what === 0) this.#end(who);
    else if (what === 1)
      this.#set(
        setHuman(this.#table, this.#table.human.length > 0 || scope.kind === 'resource' ? [] : [scope.path]),
      );
    else if (what === 2) this.#releaseOfAnother(fence, scope);
    else if (waits && !this.#concurrent) return;
    else if (what < 8) this.#releaseOwn(fence, choice);
    else if (what < 12) this.#claim(who, [scope, scopes[choice % scopes.length] as LockScope]);
    else this.#ask(who, scope);
  }

  /** Everyone ends, those first who can; whoever waits must come to it. */
  drain(): void {
    this.#set(setHuman(this.#table, []));
    let waiting = this.#table.waits.length;
    while (waiting > 0) {
      const free = this.#fences.findIndex(
        (f) => lockedBy(this.#table, f).length > 0 && !this.#table.waits.some((w) => w.fence === f),
      );
      assert.ok(free >= 0, `all wait, nobody can end: ${JSON.stringify(this.#table)}`);
      this.#end(free);
      waiting = this.#table.waits.length;
    }
  }

  #ask(who: number, scope: LockScope): void {
    const fence = this.#fences[who] as number;
    // An attempt asks once for what it waits for already.
    if (this.#table.waits.some((w) => w.fence === fence && w.scope === scope)) return;
    const own = { fence, slot: who + 1, featureId: who + 1 };
    const answer = request(this.#table, scope, own);
    this.seen[answer.kind]++;
    switch (answer.kind) {
      case 'held':
        return;
      case 'granted':
        this.#grant(own, scope);
        return;
      case 'wait':
        this.#set(queue(this.#table, { ...own, scope, since: 0 }));
        return;
      case 'yield':
        this.#end(who);
        return;
      default:
        answer satisfies never;
    }
  }

  /** A claim takes all its files at once, under a fence of its own. */
  #claim(who: number, wanted: readonly LockScope[]): void {
    if (lockedBy(this.#table, this.#fences[who] as number).length > 0 || firstBlocker(this.#table, wanted))
      return;
    for (const scope of wanted)
      this.#grant({ fence: this.#fences[who] as number, slot: who + 1, featureId: who + 1 }, scope);
  }

  #releaseOwn(fence: number, choice: number): void {
    const paths = lockedBy(this.#table, fence);
    const path = paths[choice % Math.max(1, paths.length)];
    if (path !== undefined) this.#set(release(this.#table, path, fence));
  }

  #releaseOfAnother(fence: number, scope: LockScope): void {
    const locked = lockedOf(scope);
    if (lockedBy(this.#table, fence).some((own) => isDeepStrictEqual(own, locked))) return;
    assert.deepEqual(release(this.#table, locked, fence), this.#table);
  }

  #end(who: number): void {
    const fence = this.#fences[who] as number;
    const freed = lockedBy(this.#table, fence).reduce(
      (left, path) => release(left, path, fence),
      this.#table,
    );
    assert.deepEqual(
      [...freed.holds, ...freed.waits].filter((e) => e.fence === fence),
      [],
    );
    this.#fences[who] = ++this.#lastFence;
    this.#set(freed);
  }

  /** No grant may pass one who came before and waits for an overlapping path. */
  #grant(
    own: { readonly fence: number; readonly slot: number; readonly featureId: number },
    scope: LockScope,
  ): void {
    const place = this.#table.waits.findIndex((w) => w.fence === own.fence && w.scope === scope);
    const before = place < 0 ? this.#table.waits : this.#table.waits.slice(0, place);
    const overtaken = before.filter((w) => w.fence !== own.fence && meet(w.scope, scope));
    assert.deepEqual(overtaken, [], `${own.fence} was given ${lockName(scope)} before its turn`);
    this.#set(grant(this.#table, { ...own, scope, since: 0 }));
  }

  /** After each change whatever came free is given out, as the engine does. */
  #set(table: LockTable): void {
    this.#table = table;
    const [next] = grantable(table);
    if (next) this.#grant(next, next.scope);
    else assert.deepEqual(brokenLockRules(this.#table), []);
  }
}
