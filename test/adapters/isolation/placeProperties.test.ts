// Whatever happens in a workspace and a place: the place tells its changes, takes the workspace's, and reaches nothing of it.
import { strict as assert } from 'node:assert';
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { hashOf } from '../../../src/adapters/files/contentHash';
import type { PlaceChange } from '../../../src/ports/isolation';
import { tempPlaces } from './tempPlaces';

const slot = 1;
const tree = { 'a/c.ts': '1\n', b: '2\n', 'a/d.log': 'log', '.gitignore': '*.log\ngen\n' };

const name = fc.constantFrom('a', 'b', 'c.ts', 'd.log', 'gen');
const file = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const content = fc.option(fc.constantFrom('x\n', 'y\n', '1\n', 'longer\ntext\n'));
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('workspace', 'place', 'write'), file, content }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('bring', 'changes', 'some'),
      file,
      content: fc.constant(null),
    }),
  },
);

describe('a place', () => {
  it('is the workspace and its own changes, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const { workspace, places } = await tempPlaces(tree);
        await places.prepare(slot);
        const folder = places.folderOf(slot);
        let known = workspace.tree();
        for (const { kind, file, content } of steps) {
          if (kind === 'workspace') {
            force(workspace.root, file, content);
            known = workspace.tree();
          } else if (kind === 'place') force(folder, file, content);
          else if (kind === 'changes') await places.changes(slot);
          else if (kind === 'some') await places.bringUpToDate(slot, [file]);
          else if (kind === 'bring') await places.bringUpToDate(slot);
          else await places.write(slot, { path: file, baseHash: hashIn(folder, file), content });
          assert.deepEqual(workspace.tree(), known, 'the workspace is not reached');
        }
        await places.bringUpToDate(slot);
        const changes = await places.changes(slot);
        assert.deepEqual(
          unignored(workspace.tree(folder)),
          withChanges(unignored(known), changes, workspace.tree(folder)),
        );
        for (const { path: at, before } of changes)
          assert.equal(before.hash, hashIn(workspace.root, at), `${at} has the workspace's as its base`);
        const { taken, merged, overlaps } = await places.bringUpToDate(slot);
        assert.deepEqual([taken, merged, overlaps], [[], [], []], 'nothing is left to be taken');
        await places.putBack(
          slot,
          changes.map((change) => change.path),
        );
        assert.deepEqual(await places.changes(slot), []);
        await places.prepare(slot);
        assert.deepEqual(workspace.tree(folder), known);
      }),
      { numRuns: 60 },
    );
  }).timeout(120_000);

  it('is the workspace after each preparation, also in another process', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { maxLength: 5 }), { maxLength: 4 }), async (rounds) => {
        const { workspace, places: first, reopen } = await tempPlaces(tree);
        let places = first;
        await places.prepare(slot);
        for (const steps of rounds) {
          for (const { kind, file, content } of steps) {
            if (kind === 'changes') places = reopen();
            else force(kind === 'workspace' ? workspace.root : places.folderOf(slot), file, content);
          }
          await places.prepare(slot);
          assert.deepEqual(workspace.tree(places.folderOf(slot)), workspace.tree());
          assert.deepEqual(await places.changes(slot), []);
        }
      }),
      { numRuns: 40 },
    );
  }).timeout(120_000);
});

/** What the place should hold: the workspace's, but what it says to have changed. */
function withChanges(
  files: Record<string, string>,
  changes: readonly PlaceChange[],
  place: Record<string, string>,
): Record<string, string> {
  const expected = { ...files };
  for (const { path: at, after } of changes) {
    if (after.hash === null) delete expected[at];
    else {
      assert.equal(after.hash, hashOf(Buffer.from(place[at] ?? '')), at);
      expected[at] = place[at] ?? '';
    }
  }
  return Object.fromEntries(Object.entries(expected).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function unignored(files: Record<string, string>): Record<string, string> {
  const isIgnored = (at: string) => /(^|\/)gen(\/|$)|\.log(\/|$)/.test(at);
  return Object.fromEntries(
    Object.entries(files)
      .filter(([at]) => !isIgnored(at))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function hashIn(root: string, at: string): string | null {
  try {
    return hashOf(readFileSync(path.join(root, at)));
  } catch {
    return null; // none, a folder, or below a file
  }
}

/** As a command would have it: what is in the way goes. */
function force(root: string, at: string, content: string | null): void {
  const target = path.join(root, at);
  const names = at.split('/');
  for (const k of names.keys()) {
    const above = path.join(root, ...names.slice(0, k));
    if (existsSync(above) && !lstatSync(above).isDirectory()) rmSync(above);
  }
  rmSync(target, { recursive: true, force: true });
  if (content === null) return;
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, content);
}
