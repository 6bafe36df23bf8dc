// The marks in a database of those who may go on with it: user, machine and folder, by a secret that is not in it.
import { readMeta, setMeta } from './meta';
import { versionOf } from './migrations';
import type { SqlJsDatabase, Statement } from './sqlJsDatabase';

/** The mark that a database must bear to be gone on with; see `adapters/system/workspaceBinding.ts`. */
export interface RequiredBinding {
  /** Undefined: none can be made here, so that no database bears it. */
  readonly own: string | undefined;
  /** The user said to go on with it whoever made it: it gets the mark. */
  readonly adopt: boolean;
}

/**
 * A folder that a machine and its containers share is gone on with by turns, and asks each of them once. Who opened it
 * last is the last of them, so that containers made anew do not push out the machine.
 */
const mostBindings = 8;

/** None in a database of an earlier version, which did not bind. */
export function bindingsOf(database: SqlJsDatabase): readonly string[] {
  if (versionOf(database) === 0) return [];
  try {
    return readMeta(database, 'bindings');
  } catch {
    return []; // nobody's mark
  }
}

/** What puts `own` last among `bindings`; nothing where it is already. */
export function bind(bindings: readonly string[], own: string | undefined): readonly Statement[] {
  if (own === undefined || bindings.at(-1) === own) return [];
  const others = bindings.filter((mark) => mark !== own);
  return [setMeta('bindings', [...others, own].slice(-mostBindings))];
}
