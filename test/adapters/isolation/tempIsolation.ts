// A temporary workspace with its isolation whole, as the host has it: an agent's tools, commands in a place, publications.
import { lstatSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { hashOf } from '../../../src/adapters/files/contentHash';
import { createUserRules } from '../../../src/adapters/files/userRules';
import { createIsolation } from '../../../src/adapters/isolation/isolation';
import type { Result } from '../../../src/core/shared/result';
import type { Isolation, PlaceChange, StagedFile } from '../../../src/ports/isolation';
import { type TempWorkspace, type Tree, tempFolder, tempWorkspace } from '../files/tempWorkspace';
import { rested } from './rested';

export interface TempIsolation {
  readonly workspace: TempWorkspace;
  readonly isolation: Isolation;
  /** That the places are in. */
  readonly dir: string;
  /** Another process's, with nothing in memory. */
  again(): TempIsolation;
  /** A path in the place; absolute. */
  at(file: string, slot?: number): string;
  /** The place as a table, without what is Git's. */
  shown(slot?: number): Record<string, string>;
  /** As an agent's tool writes that has just read the file; null deletes it. */
  write(file: string, text: string | null, slot?: number): Promise<Result<object>>;
  /** As a command in the place does, whatever it overwrites. */
  run(tree: Tree, slot?: number): void;
  /** Paths of changes, each with why it cannot be published. */
  told(slot?: number): Promise<readonly (readonly [path: string, why: string | undefined])[]>;
  /** Stages all changes of the place. */
  stage(slot?: number): Promise<readonly StagedFile[]>;
}

/** Slot 1 is prepared, and meant where none is said. Removed again after the test. */
export async function tempIsolation(
  tree: Tree,
  alsoProtected: readonly string[] = [],
): Promise<TempIsolation> {
  const workspace = await tempWorkspace(tree);
  const temp = inWorkspace(workspace, alsoProtected);
  await temp.isolation.prepare(1);
  return temp;
}

/** With nothing prepared yet. */
export function inWorkspace(
  workspace: TempWorkspace,
  alsoProtected: readonly string[] = [],
  dir = tempFolder(),
): TempIsolation {
  const { root, stateDir } = workspace;
  const isolation = rested(
    createIsolation({
      root,
      top: root,
      stateDir,
      dir: () => dir,
      user: createUserRules(root, stateDir),
      sharedGlobs: () => [],
      alsoProtected: () => alsoProtected,
    }),
  );
  const at = (file: string, slot = 1) => path.join(isolation.folderOf(slot), file);
  return {
    workspace,
    isolation,
    dir,
    at,
    again: () => inWorkspace(workspace, alsoProtected, dir),
    shown: (slot = 1) =>
      Object.fromEntries(
        Object.entries(workspace.tree(isolation.folderOf(slot))).filter(([file]) => !isGits(file)),
      ),
    write: (file, content, slot = 1) =>
      isolation.write(slot, { path: file, baseHash: hashAt(at(file, slot)), content }),
    run: (files, slot = 1) => {
      for (const file of Object.keys(files)) rmSync(at(file, slot), { recursive: true, force: true });
      for (const file of Object.keys(files)) mkdirSync(path.dirname(at(file, slot)), { recursive: true });
      workspace.put(Object.fromEntries(Object.entries(files).map(([file, one]) => [at(file, slot), one])));
    },
    told: async (slot = 1) => (await isolation.changes(slot)).map(({ path: file, why }) => [file, why]),
    stage: async (slot = 1) => isolation.stage(slot, pathsOf(await isolation.changes(slot))),
  };
}

export function pathsOf(changes: readonly Pick<PlaceChange, 'path'>[]): readonly string[] {
  return changes.map(({ path: file }) => file);
}

function isGits(file: string): boolean {
  return file.split('/').includes('.git');
}

/** Null where there is no file to be read. */
function hashAt(file: string): string | null {
  try {
    return lstatSync(file).isFile() ? hashOf(readFileSync(file)) : null;
  } catch {
    return null;
  }
}
