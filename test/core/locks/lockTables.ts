// Lock tables written as text, for tests: `2:src/a 3:lib/` is file src/a of fence 2, then folder lib of fence 3.
import type { LockScope } from '../../../src/core/locks/lockScope';
import {
  grant,
  type Hold,
  type LockTable,
  noLocks,
  queue,
  setHuman,
} from '../../../src/core/locks/lockTable';

/** @param human paths the human edits, separated by spaces */
export function tableOf(holds: string, waits = '', human = ''): LockTable {
  const held = entries(holds).reduce(grant, noLocks);
  return setHuman(entries(waits).reduce(queue, held), words(human));
}

/** `a` is a file, `a/` a folder, `/` the whole workspace. */
export function scopeOf(text: string): LockScope {
  return text.endsWith('/') ? { kind: 'folder', path: text.slice(0, -1) } : { kind: 'file', path: text };
}

export function entryOf(fence: number, scope: LockScope): Hold {
  return { ...requester(fence), scope, since: 0 };
}

export function requester(fence: number) {
  return { fence, slot: fence, featureId: 10 + fence };
}

function entries(text: string): Hold[] {
  return words(text).map((word) => {
    const [fence = '', path = ''] = word.split(':');
    return entryOf(Number(fence), scopeOf(path));
  });
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}
