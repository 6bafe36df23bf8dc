// Whatever happens in a workspace and its copy, a refresh makes them one again.
import { strict as assert } from 'node:assert';
import { lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { createSlotCopies } from '../../../src/adapters/files/slotCopy';
import { createWorkspaceFiles } from '../../../src/adapters/files/workspaceFiles';
import { slot, tempSlot } from './tempSlot';

describe('slotMirror', () => {
  it('equals the workspace with the overlay, whatever happened in either', async () => {
    const name = fc.constantFrom('a', 'b', 'c.ts', 'd.log', 'gen', 'A');
    const file = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
    const step = fc.record({
      side: fc.constantFrom('workspace', 'copy', 'edit', 'one', 'restart'),
      file,
      content: fc.option(fc.constantFrom('x', 'y', 'long text')),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { maxLength: 6 }), { maxLength: 5 }), async (rounds) => {
        const { workspace, dir, ...opened } = await tempSlot({
          'a/c.ts': '1',
          b: '2',
          '.gitignore': '*.log\n!d.log\n',
        });
        let { copies } = opened;
        const files = createWorkspaceFiles(workspace);
        const overlay = new Map<string, string | null>();
        for (const steps of rounds) {
          for (const { side, file: target, content } of steps) {
            const taken = [...overlay.keys()].some((other) => covers(other, target) || covers(target, other));
            if (side === 'restart') copies = createSlotCopies(workspace);
            else if (side === 'one') await copies.refreshFile(slot, target, overlay);
            else if (side === 'copy') force(dir, target, content);
            else if (side === 'workspace' && !taken) force(workspace.root, target, content);
            else if (side === 'edit' && !taken) {
              const kept = await files.keep(target);
              if (!kept.ok || !(await files.replace(target, kept.value.hash, content)).ok) continue;
              overlay.set(target, kept.value.hash);
            }
          }
          await copies.refresh(slot, overlay);
          const expected = { ...workspace.tree() };
          for (const [target, hash] of overlay) {
            if (hash === null) delete expected[target];
            else expected[target] = await files.keptText(hash);
          }
          assert.deepEqual(workspace.tree(dir), sorted(expected));
          assert.deepEqual(await copies.changes(slot), []);
        }
      }),
      { numRuns: 60 },
    );
  }).timeout(120_000);
});

function covers(folder: string, file: string): boolean {
  return (
    file.toLowerCase() === folder.toLowerCase() || file.toLowerCase().startsWith(`${folder.toLowerCase()}/`)
  );
}

/** Puts a file there whatever was in the way; null: takes away what is there. */
function force(root: string, file: string, content: string | null): void {
  const names = file.split('/');
  for (let depth = 1; depth < names.length; depth++) {
    const folder = path.join(root, ...names.slice(0, depth));
    if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === false) rmSync(folder);
  }
  const target = path.join(root, file);
  rmSync(target, { recursive: true, force: true });
  if (content === null) return;
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, content);
}

function sorted(tree: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(tree).sort());
}
