// A temporary workspace with places of work, for one test.
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createBlobStore } from '../../../src/adapters/files/blobStore';
import { createUserRules } from '../../../src/adapters/files/userRules';
import { createPlaces, type Places, type PlacesOptions } from '../../../src/adapters/isolation/places';
import { createPublisher } from '../../../src/adapters/isolation/publisher';
import { readStaged } from '../../../src/adapters/isolation/stagedTexts';
import type { Isolation, StagedFile } from '../../../src/ports/isolation';
import type { FolderFiles, IsolationWorld, WorldSetup } from '../../ports/isolationConformance';
import { type TempWorkspace, type Tree, tempFolder, tempWorkspace } from '../files/tempWorkspace';
import { rested } from './rested';

export interface TempPlaces {
  readonly workspace: TempWorkspace;
  readonly dir: string;
  readonly places: Places;
  /** As another process would have them, with nothing in memory. */
  reopen(): Places;
  stage(slot: number, paths: readonly string[]): Promise<readonly StagedFile[]>;
  readonly read: Isolation['read'];
}

/** Removed again after the test. */
export async function tempPlaces(tree: Tree, more: Partial<PlacesOptions> = {}): Promise<TempPlaces> {
  const workspace = await tempWorkspace(tree);
  const dir = tempFolder();
  const { root, stateDir } = workspace;
  const kept = createBlobStore(stateDir);
  const user = createUserRules(root, stateDir);
  const publisher = createPublisher({ root, stateDir, kept, memory: user.memory });
  const reopen = () =>
    rested(
      createPlaces({
        root,
        top: root,
        dir,
        sharedGlobs: () => [],
        user: createUserRules(root, stateDir),
        staged: (hash: string) => kept.get(hash),
        ...more,
      }),
    );
  const places = reopen();
  return {
    workspace,
    dir,
    places,
    reopen,
    stage: (slot, paths) => places.located(slot, paths, (changes) => publisher.stage(changes)),
    read: (file) => readStaged(kept, file),
  };
}

/** Of a workspace from which nothing is published. */
export function placesOnly(
  { root, user }: Pick<TempWorkspace, 'root' | 'user'>,
  more: Partial<PlacesOptions> = {},
): Places {
  return createPlaces({
    root,
    top: root,
    dir: tempFolder(),
    user,
    sharedGlobs: () => [],
    staged: async () => Buffer.alloc(0),
    ...more,
  });
}

export async function tempWorld({ files, ignored, sharedGlobs }: WorldSetup): Promise<IsolationWorld> {
  const rules = { '.gitignore': ignored.map((name) => `${name}\n`).join('') };
  const { workspace, places, stage, read } = await tempPlaces(
    { ...files, ...rules },
    { sharedGlobs: () => sharedGlobs },
  );
  return {
    isolation: { ...places, stage, read, takeArtifacts: async () => undefined },
    workspace: filesIn(workspace.root),
    place: (slot) => filesIn(places.folderOf(slot)),
    dispose: async () => {},
  };
}

/** A folder on disk, by those who have no part in the isolation. */
export function filesIn(root: string): FolderFiles {
  const at = (file: string) => path.join(root, file);
  const pathsIn = (folder: string): string[] =>
    readdirSync(at(folder), { withFileTypes: true }).flatMap((entry) => {
      const file = path.posix.join(folder, entry.name);
      if (['.git', '.parallel-agents'].includes(entry.name)) return [];
      return entry.isDirectory() ? pathsIn(file) : [file];
    });
  return {
    read: (file) => (lstatSync(at(file), { throwIfNoEntry: false }) ? readFileSync(at(file), 'utf8') : null),
    write: (file, text) => {
      mkdirSync(path.dirname(at(file)), { recursive: true });
      writeFileSync(at(file), text);
    },
    remove: (file) => rmSync(at(file)),
    chmod: (file, mode) => chmodSync(at(file), mode),
    mode: (file) => lstatSync(at(file)).mode & 0o777,
    paths: () => pathsIn('').sort(),
  };
}
