// Where a command in a place runs, and what it finds around it: at the workspace's own path, or at the place's.
import path from 'node:path';
import type { CommandPlace } from '../../ports/isolation';
import type { Mount } from '../../ports/workers';
import { closedSockets, withoutDaemons } from './daemons';
import { ledInto } from './ledInto';
import { packageStores } from './packageStores';

interface Folders {
  readonly top: string;
  readonly dir: string;
  readonly inside: string;
}

interface Given {
  /** Of the user's environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** Of the slot. */
  readonly around: Readonly<Record<string, string>>;
}

/** At the place's own path: what names the workspace is led into the place, as far as we see it. */
export function elsewhere({ top, dir, inside }: Folders, { variables, around }: Given): CommandPlace {
  return {
    cwd: path.join(dir, inside),
    env: { ...ledInto(dir, top, variables), ...around, GIT_CEILING_DIRECTORIES: path.dirname(dir) },
  };
}

/**
 * At the workspace's path, which leads into the place then, whoever names it and wherever that is written down.
 *
 * @param program as `DiskView` has it @param parts what is seen there besides the place
 */
export function inView(
  { top, dir, inside }: Folders,
  {
    variables,
    around,
    program,
    parts,
  }: Given & { readonly program: string; readonly parts: readonly Mount[] },
): CommandPlace {
  const home = path.dirname(top);
  return {
    cwd: path.join(top, inside),
    env: {
      ...withoutDaemons(variables),
      ...packageStores({ top: dir, folder: path.join(dir, inside) }, variables),
      ...around,
      GIT_CEILING_DIRECTORIES: home,
    },
    view: { program, mounts: [...parts, { from: dir, at: top }, ...closedSockets(variables)] },
  };
}
