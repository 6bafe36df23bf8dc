// The isolation of a workspace on this machine: places that are copies on its disk, and publications from them.
import path from 'node:path';
import type { Isolation } from '../../ports/isolation';
import { createBlobStore } from '../files/blobStore';
import { expandDeclared } from '../files/expandDeclared';
import { asFailures } from '../files/fileFailure';
import type { UserRules } from '../files/userRules';
import { ArtifactStore } from './artifacts';
import { createPlaces, type Places, type PlacesOptions } from './places';
import { createPublisher } from './publisher';
import { readStaged } from './stagedTexts';

export interface IsolationOptions {
  /** The workspace's real path: absolute, without links. */
  readonly root: string;
  /** What is copied (`treeAround`). */
  readonly top: string;
  /** Its `.parallel-agents`, as `prepareStateFolder` made it. */
  readonly stateDir: string;
  /**
   * Where the places are: a folder of ours outside of the workspace, absolute and without links. Asked at every call; it may
   * become another only while nobody works in a place.
   */
  readonly dir: () => string;
  /** As `PlacesOptions` has it. */
  readonly beforePlace?: PlacesOptions['beforePlace'];
  readonly copyLimitBytes?: PlacesOptions['copyLimitBytes'];
  readonly user: UserRules;
  /** Files in which lines that two attempts add at one spot are both taken (`core/locks/sharedPaths`). */
  readonly sharedGlobs: () => readonly string[];
  /** As `PlacesOptions` has it. */
  readonly secretFiles?: PlacesOptions['secretFiles'];
  /** Told of each value in the workspace's secret files once, before a place that has it is ready. */
  readonly onSecret?: (value: string) => void;
  /** What commands get of the user's environment. */
  readonly variables?: () => Readonly<Record<string, string>>;
  /** Takes keys out of a text that is kept. */
  readonly clean?: (text: string) => string;
  /** As `PlacesOptions` has it. */
  readonly viewMaker?: PlacesOptions['viewMaker'];
  /** As `PlacesOptions` has it. */
  readonly copyRules?: PlacesOptions['copyRules'];
  /** Canonical paths that no agent may write besides those that never may, such as a backlog of another name. */
  readonly alsoProtected?: () => readonly string[];
}

export function createIsolation(options: IsolationOptions): Isolation {
  const { root, stateDir, user } = options;
  const kept = createBlobStore(stateDir);
  const publisher = createPublisher({ ...options, kept, memory: user.memory });
  let last: { readonly dir: string; readonly places: Places } | undefined;
  const now = (): Places => {
    const dir = options.dir();
    if (last?.dir === dir) return last.places;
    const places = createPlaces({ ...options, dir, staged: (hash) => kept.get(hash) });
    last = { dir, places };
    return places;
  };
  const artifacts = new ArtifactStore(stateDir, options.clean ?? ((text) => text));
  return {
    ...publisher,
    folderOf: (slot) => now().folderOf(slot),
    commandPlace: (slot) => now().commandPlace(slot),
    seen: (slot) => now().seen(slot),
    isSetUp: (slot, command) => now().isSetUp(slot, command),
    wasSetUp: (slot, command) => now().wasSetUp(slot, command),
    prepare: (slot) => now().prepare(slot),
    bringUpToDate: (slot, paths) => now().bringUpToDate(slot, paths),
    bringPackages: (slot) => now().bringPackages(slot),
    write: (slot, write) => now().write(slot, write),
    move: (slot, move) => now().move(slot, move),
    changes: (slot) => now().changes(slot),
    leaveEmptied: (slot, paths) => now().leaveEmptied(slot, paths),
    putBack: (slot, paths) => now().putBack(slot, paths),
    texts: (slot, paths) => now().texts(slot, paths),
    secretsIn: (files) => now().secretsIn(files),
    anticipate: (slot, files) => now().anticipate(slot, files),
    news: (slot) => now().news(slot),
    lay: (slot, files) => now().lay(slot, files),
    restore: (slot, files) => now().restore(slot, files),
    stage: (slot, paths) => now().located(slot, paths, (changes) => publisher.stage(changes)),
    takeArtifacts: (slot, folder, name) =>
      asFailures('keep what a command left', async () =>
        path.dirname(folder) === now().artifactsDir(slot) ? artifacts.take(folder, name) : undefined,
      ),
    read: (file) => asFailures('read what is kept', () => readStaged(kept, file)),
    expand: (declared) =>
      asFailures('list the files of globs', () => expandDeclared(root, user.rules, declared)),
  };
}
