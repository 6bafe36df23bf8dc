// The control groups that this process is in, as Linux tells of them: what they bound, and what they have counted.
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface ControlGroups {
  /** What a file of this controller says in our own group; the first name is of version 2, the other of version 1. */
  own(controller: Controller, names: readonly [string, string]): string | undefined;
  /** The same in our own and every group around it, from the inner one outwards. */
  all(controller: Controller, names: readonly [string, string]): readonly string[];
}

export type Controller = 'memory' | 'pids';

/** @param membership `/proc/self/cgroup` @param mount where groups are mounted */
export function readControlGroups(
  membership = textOf('/proc/self/cgroup') ?? '',
  mount = '/sys/fs/cgroup',
): ControlGroups {
  /** Version 1 has a tree for each controller, version 2 one for all. */
  function folders(controller: Controller): { readonly isFirst: boolean; readonly list: readonly string[] } {
    const lines = membership.split('\n').map((line) => /^\d+:([^:]*):(.*)$/.exec(line));
    const named = lines.find((line) => line?.[1]?.split(',').includes(controller));
    const [top, own] = named
      ? [path.join(mount, controller), named[2]]
      : [mount, lines.find((line) => line?.[1] === '')?.[2]];
    return { isFirst: named != null, list: own === undefined ? [] : upwards(top, path.join(top, own)) };
  }

  function all(controller: Controller, [second, first]: readonly [string, string]): readonly string[] {
    const { isFirst, list } = folders(controller);
    return list.flatMap((folder) => textOf(path.join(folder, isFirst ? first : second)) ?? []);
  }

  // In a container the path may be one that is seen from outside: then only the top is there, and is its own.
  return { all, own: (controller, names) => all(controller, names)[0] };
}

function upwards(top: string, folder: string): readonly string[] {
  return folder.length <= top.length ? [top] : [folder, ...upwards(top, path.dirname(folder))];
}

/** `name 12` of one line among others. */
export function countIn(text: string | undefined, name: string): number | undefined {
  const found = new RegExp(`^${name} (\\d+)$`, 'm').exec(text ?? '')?.[1];
  return found === undefined ? undefined : Number(found);
}

export function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
}
