// A temporary workspace with the copies of it, for one test.
import { strict as assert } from 'node:assert';
import { createSlotCopies } from '../../../src/adapters/files/slotCopy';
import { createWorkspaceFiles } from '../../../src/adapters/files/workspaceFiles';
import type { Overlay, SlotCopies } from '../../../src/ports/workspace';
import { type TempWorkspace, type Tree, tempWorkspace } from './tempWorkspace';

export const none: Overlay = new Map();
export const slot = 1;

export interface TempSlot {
  readonly workspace: TempWorkspace;
  readonly copies: SlotCopies;
  readonly dir: string;
  /** The copy as a table. */
  shown(): Record<string, string>;
  /** Keeps a file's content as before an edit, then makes the edit. */
  edit(file: string, content: string | null): Promise<void>;
}

export async function tempSlot(tree: Tree): Promise<TempSlot> {
  const workspace = await tempWorkspace(tree);
  const copies = createSlotCopies(workspace);
  const files = createWorkspaceFiles(workspace);
  const dir = copies.dirOf(slot);
  return {
    ...{ workspace, copies, dir },
    shown: () => workspace.tree(dir),
    async edit(file, content) {
      const kept = await files.keep(file);
      assert.ok(kept.ok);
      assert.ok((await files.replace(file, kept.value.hash, content)).ok);
    },
  };
}
