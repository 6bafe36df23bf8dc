// What a command changed: it counts as edits, enters whole where half of it would lose files, and costs few steps of the log.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { defaultLimits } from '../../src/core/guardrails/limits';
import { excerptOf } from '../../src/core/shared/longText';
import type { CommandChanges } from '../../src/ports/coordinator';
import { Failure } from '../../src/ports/failure';
import { MemoryDisk } from '../doubles/memoryStore';
import { MemoryWorkspace } from '../doubles/memoryWorkspace';
import { type Hands, SimulatedHost } from '../doubles/simulatedHost';

/** One feature whose agent does `work`; what it left of the workspace, and all that was told. */
async function runOne(
  work: (hands: Hands & World) => Promise<unknown>,
  maxFileEdits = 50,
  { maxRetries = 0, files = {} }: { maxRetries?: number; files?: Record<string, string> } = {},
) {
  const workspace = new MemoryWorkspace();
  for (const [path, text] of Object.entries(files)) workspace.put(path, text);
  const disk = new MemoryDisk();
  const editing = (paths: readonly string[]) => host.engine.humanEditing(paths);
  const host: SimulatedHost = await SimulatedHost.open({
    ...{ backlog: [{ name: 'a' }], workspace, disk },
    settings: { limits: { ...defaultLimits, maxFileEdits, maxRetries } },
    agents: () => (hands) => work({ ...hands, ...commandOf(hands, workspace), workspace, disk, editing }),
  });
  await host.run();
  assert.deepEqual(host.bugs, []);
  return { host, workspace, disk };
}

interface World {
  readonly workspace: MemoryWorkspace;
  readonly disk: MemoryDisk;
  /** The human has unsaved edits in these from now on. */
  editing(paths: readonly string[]): Promise<void>;
  /** Runs a command that writes `count` files, those of an earlier one with other content. */
  command(count: number): Promise<CommandChanges>;
}

function commandOf({ desk, fence, assignment }: Hands, workspace: MemoryWorkspace): Pick<World, 'command'> {
  let run = 0;
  return {
    async command(count) {
      await desk.commandBegin(fence, 'check');
      run += 1;
      for (let k = 0; k < count; k++)
        workspace.copies.get(assignment.slot)?.set(`f${String(k).padStart(4, '0')}`, `run ${run}`);
      return desk.commandEnd(fence, { durationMs: 1, printed: '' });
    },
  };
}

function limitsTold({ events }: SimulatedHost) {
  return events.flatMap((e) => (e.type === 'limit.reached' ? [[e.limit, e.bound]] : []));
}

const edit = { tool: 'write_file', fingerprint: 'x' };

describe('files that a command changed', () => {
  it('count as edits: with more than have room none enters, and the attempt ends by that limit, told once', async () => {
    const { host, workspace } = await runOne(async ({ command, desk, fence }) => {
      await command(20);
      await assert.rejects(command(3_000), { reason: 'closed' });
      await assert.rejects(async () => desk.toolBegin(fence, edit), { reason: 'closed' });
    });
    assert.deepEqual([...workspace.files], []);
    assert.deepEqual(limitsTold(host), [['max_file_edits', 50]]);
    assert.equal(host.statusOf(1), 'failed');
    assert.equal(
      excerptOf(host.engine.snapshot.features[1]?.lastFailure ?? ''),
      'It reached the limit of 50 file edits an attempt (limits.max_file_edits). A command changed 3000 files; none of it entered the workspace.',
    );
    assert.equal(host.events.filter((e) => e.type === 'file.edited').length, 20);
  });

  it('cost a retry when they reach the limit, as a failed check does, and each attempt tells it once', async () => {
    const { host } = await runOne(({ command }) => command(51).catch(() => undefined), 50, { maxRetries: 2 });
    assert.deepEqual(limitsTold(host), Array(3).fill(['max_file_edits', 50]));
    assert.equal(host.statusOf(1), 'failed');
  });

  it('are few steps of the log, however many they are', async () => {
    let commits = 0;
    const { workspace } = await runOne(async ({ command, submit, disk }) => {
      const before = disk.commits;
      const { kept, more } = await command(3_000);
      commits = disk.commits - before;
      assert.deepEqual([kept.length, more], [1_000, { kept: 2_000, dropped: 0 }]);
      await submit();
    }, 5_000);
    assert.equal(workspace.files.size, 3_000);
    // For every 500 files their locks, what is about to be written, and that it was.
    assert.equal(commits, 18);
  });

  it('are undone with the attempt like any edits', async () => {
    const { host, workspace } = await runOne(async ({ command, desk, fence }) => {
      await command(20);
      await command(10);
      await desk.giveUp(fence, 'no');
    });
    assert.deepEqual([...workspace.files], []);
    assert.equal(host.events.filter((e) => e.type === 'file.edited').length, 30);
  });

  it('that differ only in case are not both brought over', async () => {
    const { workspace } = await runOne(async ({ desk, fence, assignment, submit, workspace }) => {
      await desk.commandBegin(fence, 'check');
      for (const name of ['Read.me', 'read.me']) workspace.copies.get(assignment.slot)?.set(name, name);
      const { kept, dropped } = await desk.commandEnd(fence, { durationMs: 1, printed: '' });
      assert.deepEqual([kept, dropped.map(({ path }) => path)], [['Read.me'], ['read.me']]);
      await submit();
    });
    assert.deepEqual([...workspace.files.keys()], ['Read.me']);
  });

  it('are on record as written also when one of them meets an error, and so are undone', async () => {
    const { host, workspace } = await runOne(async ({ command, desk, fence, workspace }) => {
      const replace = workspace.replace.bind(workspace);
      workspace.replace = (path, ...rest) =>
        path === 'f0001' ? Promise.reject(new Failure('denied', 'EACCES')) : replace(path, ...rest);
      await assert.rejects(command(2), /EACCES/);
      await assert.rejects(command(2), /EACCES/); // now f0000 has a content that no earlier record knows
      await desk.giveUp(fence, 'cannot');
    });
    assert.equal(host.transcript('file.edited').length, 2);
    assert.deepEqual([...workspace.files], []);
  });

  describe('by a command that may have moved some', () => {
    const files = { 'old/a': 'a', 'old/b': 'b' };

    /** Moves all of `old` to `new`; what was kept and dropped, and what the workspace holds when the agent is done. */
    async function moved(meanwhile: (workspace: MemoryWorkspace) => void, human: readonly string[] = []) {
      const told: string[][] = [];
      const { workspace } = await runOne(
        async ({ desk, fence, assignment, submit, workspace, editing }) => {
          await editing(human);
          await desk.commandBegin(fence, 'check');
          meanwhile(workspace);
          const copy = workspace.copies.get(assignment.slot);
          for (const name of ['a', 'b']) {
            copy?.set(`new/${name}`, copy.get(`old/${name}`) ?? '');
            copy?.delete(`old/${name}`);
          }
          const { kept, dropped } = await desk.commandEnd(fence, { durationMs: 1, printed: '' });
          told.push([...kept].sort(), dropped.map(({ path }) => path).sort());
          await submit();
        },
        50,
        { files },
      );
      return [...told, [...workspace.files.keys()].sort()];
    }

    const [old, all] = [
      ['old/a', 'old/b'],
      ['new/a', 'new/b', 'old/a', 'old/b'],
    ];
    it('enter whole', async () => {
      assert.deepEqual(await moved(() => {}), [all, [], ['new/a', 'new/b']]);
    });

    const parts: [what: string, path: string][] = [
      ['its new name', 'new/b'],
      ['its old name', 'old/b'],
    ];
    for (const [what, path] of parts) {
      it(`stay out whole while ${what} is not free`, async () => {
        assert.deepEqual(await moved(() => {}, [path]), [[], all, old]);
      });
    }

    it('leave what they deleted where it is when a file changed under them', async () => {
      const [kept, , left] = await moved((workspace) => workspace.put('new/b', 'yours'));
      assert.deepEqual([kept, left], [['new/a'], all]);
    });
  });
});
