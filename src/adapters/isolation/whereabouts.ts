// Where a workspace's places are on the disk, and what is called how in them.
import path from 'node:path';
import type { Slot } from '../../core/shared/ids';
import { roomBelow } from '../files/pathRoom';

export interface Whereabouts {
  /** The workspace's real path. */
  readonly root: string;
  /** What is copied: the workspace, or the repository around it. */
  readonly top: string;
  /** What the workspace is called from there: empty, or names that end in `/`. */
  readonly inside: string;
  /** Of all places. */
  readonly dir: string;
  /** Of one: for its copy, and what is known and kept of it. */
  readonly slotDir: (slot: Slot) => string;
  /** The copy of `top`. */
  readonly placeDir: (slot: Slot) => string;
  /** The folder in it that stands for the workspace. */
  readonly folderOf: (slot: Slot) => string;
  /** How long a path may be, in bytes, to be usable in `top` and in every place. */
  readonly room: number;
  /** For what commands leave for people. */
  readonly artifactsDir: (slot: Slot) => string;
}

const longestSlot = 9_999;

/** @param root the workspace's real path @param top `treeAround` it @param dir a folder of ours for its places, absolute and without links */
export function whereabouts(root: string, top: string, dir: string): Whereabouts {
  const inside = top === root ? '' : `${path.relative(top, root).replaceAll(path.sep, '/')}/`;
  const slotDir = (slot: Slot) => path.join(dir, String(slot));
  // Named as the workspace is: there are tools that call things by their folder.
  const placeDir = (slot: Slot) => path.join(slotDir(slot), 'copy', path.basename(top) || 'root');
  return {
    root,
    top,
    inside,
    dir,
    slotDir,
    placeDir,
    room: roomBelow(top, placeDir(longestSlot)),
    folderOf: (slot) => path.join(placeDir(slot), inside),
    artifactsDir: (slot) => path.join(slotDir(slot), 'artifacts'),
  };
}
