// A workspace and a place beside it, for tests of what is published from the one into the other.
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BlobStore, createBlobStore } from '../../../src/adapters/files/blobStore';
import { hashOf } from '../../../src/adapters/files/contentHash';
import { createPublisher, type Publisher } from '../../../src/adapters/isolation/publisher';
import type { FileState, StagedFile } from '../../../src/ports/isolation';
import { fastFolder } from '../../support/fastFolder';
import { type TempWorkspace, type Tree, tempFolder, tempWorkspace } from '../files/tempWorkspace';

/** What a file becomes; null: it is deleted. A mode alone leaves the content. */
export type Change = string | Uint8Array | null | { readonly mode: number; readonly text?: string };

export interface Publishing {
  readonly workspace: TempWorkspace;
  readonly place: string;
  readonly kept: BlobStore;
  readonly publisher: Publisher;
  /** Another process's, on what is on disk. */
  again(): Publisher;
  at(file: string): string;
  /** Makes the changes in the place, against what the workspace has now, and stages them. */
  stage(changes: Readonly<Record<string, Change>>): Promise<readonly StagedFile[]>;
}

/**
 * In memory where that can be: a publication syncs ten times and more, and what comes of that no test sees.
 *
 * @param watch around each staging of content for the workspace, which comes after all files were looked at
 */
export async function openPublishing(
  tree: Tree = {},
  watch: (kept: BlobStore) => BlobStore = (kept) => kept,
): Promise<Publishing> {
  const workspace = await tempWorkspace(tree, fastFolder());
  const place = tempFolder(fastFolder());
  const open = () => {
    const kept = watch(createBlobStore(workspace.stateDir));
    const alsoProtected = () => ['plan/backlog.json'];
    const publisher = createPublisher({ ...workspace, kept, memory: workspace.user.memory, alsoProtected });
    return { kept, publisher };
  };
  const { kept, publisher } = open();
  const at = (file: string) => path.join(workspace.root, file);
  return {
    workspace,
    place,
    kept,
    publisher,
    at,
    again: () => open().publisher,
    stage: (changes) =>
      publisher.stage(
        Object.entries(changes).map(([file, change]) => {
          const afterAt = path.join(place, file);
          changeInPlace(at(file), afterAt, change);
          return { path: file, before: stateOf(at(file)), beforeAt: at(file), afterAt };
        }),
      ),
  };
}

export function stateOf(file: string): FileState {
  if (!existsSync(file) || !lstatSync(file).isFile()) return { hash: null, mode: null };
  return { hash: hashOf(readFileSync(file)), mode: lstatSync(file).mode & 0o777 };
}

function changeInPlace(from: string, to: string, change: Change): void {
  rmSync(to, { force: true, recursive: true });
  if (change === null) return;
  if (existsSync(path.dirname(to)) && !lstatSync(path.dirname(to)).isDirectory()) rmSync(path.dirname(to));
  mkdirSync(path.dirname(to), { recursive: true });
  const isMode = typeof change === 'object' && 'mode' in change;
  writeFileSync(to, isMode ? (change.text ?? readFileSync(from)) : change);
  if (isMode) chmodSync(to, change.mode);
  else if (existsSync(from) && lstatSync(from).isFile()) chmodSync(to, lstatSync(from).mode & 0o777);
}
