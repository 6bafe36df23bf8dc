// Where a command in a place runs, and what it finds around it: at the workspace's own path, or at the place's.
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Slot } from '../../core/shared/ids';
import type { CommandPlace } from '../../ports/isolation';
import type { Mount, ViewMaker } from '../../ports/workers';
import { firstFreePort } from '../system/freePorts';
import { closedSockets, withoutDaemons } from './daemons';
import { ledInto } from './ledInto';
import { packageStores } from './packageStores';
import type { Whereabouts } from './whereabouts';

type Variables = Readonly<Record<string, string>>;

interface Around {
  /** Of the user's environment. */
  readonly variables: Variables;
  /** What shows the place at the workspace's path; undefined: nothing does. */
  readonly maker: ViewMaker | undefined;
  /** What is seen there besides the place. */
  readonly parts: () => readonly Mount[];
}

/**
 * Where commands can be shown the place at the workspace's path, that leads into the place, whoever names it and wherever it is
 * written down. Elsewhere they run at the place's own, and what names the workspace is led there as far as we see it.
 */
export async function commandPlaceOf(
  where: Whereabouts,
  slot: Slot,
  { variables, maker, parts }: Around,
): Promise<CommandPlace> {
  const { top, inside } = where;
  const dir = where.placeDir(slot);
  const own = await ownVariables(where, slot);
  if (maker === undefined)
    return {
      cwd: path.join(dir, inside),
      env: { ...ledInto(dir, top, variables), ...own, GIT_CEILING_DIRECTORIES: path.dirname(dir) },
    };
  const stores = packageStores({ top: dir, folder: path.join(dir, inside) }, variables);
  return {
    cwd: path.join(top, inside),
    env: {
      ...withoutDaemons(variables),
      ...stores,
      ...own,
      GIT_CEILING_DIRECTORIES: path.dirname(top),
    },
    view: { ...maker, mounts: [...parts(), { from: dir, at: top }, ...closedSockets(variables)] },
  };
}

async function ownVariables({ root, artifactsDir }: Whereabouts, slot: Slot): Promise<Variables> {
  // Of its own, for commands run side by side in a place, and what each leaves is taken when it ends.
  const artifacts = path.join(artifactsDir(slot), randomBytes(6).toString('hex'));
  mkdirSync(artifacts, { recursive: true, mode: 0o700 });
  const port = await firstFreePort(root, slot);
  return {
    PARALLEL_AGENTS_SLOT: String(slot),
    PARALLEL_AGENTS_ARTIFACTS: artifacts,
    ...(port !== undefined && { PARALLEL_AGENTS_PORT: String(port) }),
  };
}
