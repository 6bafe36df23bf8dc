// How a slot copy gets the installed packages: by links to the workspace's, but to its own copy of the user's packages.
import { readlinkSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Wanted } from './slotEntries';
import { entriesOf } from './walkTree';

/**
 * What stands for the `node_modules` at `folder` (a path in the workspace). Normally one link to the workspace's own.
 * Where entries are links into the workspace (npm, pnpm and yarn workspaces), it is a folder of links instead, and those
 * entries lead into the copy: else a command in the copy would load the workspace's state of the user's packages.
 */
export function packageLinks(root: string, folder: string): readonly (readonly [string, Wanted])[] {
  const entries = entriesOf(path.join(root, folder));
  const found: [string, Wanted][] = [[folder, { kind: 'folder' }]];
  let leadsIn = false;
  for (const entry of entries) {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory() && (entry.name.startsWith('@') || entry.name === '.bin')) {
      const inner = entriesOf(path.join(root, name)).map((one) =>
        linkFor(root, `${name}/${one.name}`, one.isSymbolicLink()),
      );
      if (inner.some(([, wanted]) => wanted.kind === 'link')) {
        leadsIn = true;
        found.push([name, { kind: 'folder' }], ...inner);
        continue;
      }
    }
    const link = linkFor(root, name, entry.isSymbolicLink());
    if (link[1].kind === 'link') leadsIn = true;
    found.push(link);
  }
  return leadsIn ? found : [[folder, sharedLink(path.join(root, folder))]];
}

/** A link to something in the workspace that stays there, because it is ignored. */
export function sharedLink(to: string): Wanted {
  return { kind: 'shared', to, changedAt: statSync(to, { throwIfNoEntry: false })?.mtimeMs ?? 0 };
}

/**
 * The text of a link for the same place in the copy; undefined for a link that leads nowhere, out of the workspace, or to
 * what the copy does not have.
 */
export function linkInside(root: string, link: string): string | undefined {
  const absolute = path.join(root, link);
  try {
    const target = path.relative(root, path.resolve(path.dirname(absolute), readlinkSync(absolute)));
    const real = path.relative(root, realpathSync(absolute));
    if (!isCopied(target) || !isCopied(real)) return undefined;
    return path.relative(path.dirname(link), target) || '.';
  } catch {
    return undefined;
  }
}

function linkFor(root: string, name: string, isLink: boolean): [string, Wanted] {
  const real = isLink ? realOf(root, name) : undefined;
  const leadsIn = real !== undefined && isCopied(real) && !real.split(path.sep).includes('node_modules');
  if (leadsIn) return [name, { kind: 'link', to: path.relative(path.dirname(name), real) || '.' }];
  return [name, sharedLink(path.join(root, name))];
}

function realOf(root: string, name: string): string | undefined {
  try {
    return path.relative(root, realpathSync(path.join(root, name)));
  } catch {
    return undefined;
  }
}

function isCopied(relative: string): boolean {
  const names = relative.split(path.sep);
  return names[0] !== '..' && !path.isAbsolute(relative) && !names.some(isLeftOut);
}

/** Never in a copy, under any rules. */
export function isLeftOut(name: string): boolean {
  return /^\.(git|parallel-agents)$/i.test(name);
}
