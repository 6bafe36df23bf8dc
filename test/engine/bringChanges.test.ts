// What a command changed, in numbers: it counts as edits, stops at the limit, and costs few steps of the log.
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
async function runOne(work: (hands: Hands & World) => Promise<unknown>, maxFileEdits = 50) {
  const workspace = new MemoryWorkspace();
  const disk = new MemoryDisk();
  const host = await SimulatedHost.open({
    ...{ backlog: [{ name: 'a' }], workspace, disk },
    settings: { limits: { ...defaultLimits, maxFileEdits, maxRetries: 0 } },
    agents: () => (hands) => work({ ...hands, ...commandOf(hands, workspace), workspace, disk }),
  });
  await host.run();
  assert.deepEqual(host.bugs, []);
  return { host, workspace, disk };
}

interface World {
  readonly workspace: MemoryWorkspace;
  readonly disk: MemoryDisk;
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

const edit = { tool: 'write_file', fingerprint: 'x' };

describe('files that a command changed', () => {
  it('count as edits; beyond the limit they stay out, the limit is told once, and the agent is to wrap up', async () => {
    let changes: CommandChanges | undefined;
    let next: unknown;
    const { host, workspace } = await runOne(async ({ command, desk, fence, read, submit }) => {
      changes = await command(3_000);
      assert.equal(read('f0049'), 'run 1');
      assert.equal(read('f0050'), undefined);
      next = (await desk.toolBegin(fence, edit)).kind;
      await submit();
    });
    assert.equal(workspace.files.size, 50);
    assert.deepEqual([changes?.kept.length, changes?.dropped, next], [50, [], 'wrapUp']);
    assert.match(changes?.wrapUp ?? '', /2950 of the 3000 files that the command changed were not brought/);
    assert.deepEqual(
      host.events.flatMap((e) => (e.type === 'limit.reached' ? [[e.limit, e.bound]] : [])),
      [['max_file_edits', 50]],
    );
    assert.equal(host.statusOf(1), 'passing');
  });

  it('are few steps of the log, however many they are', async () => {
    let commits = 0;
    const { workspace } = await runOne(async ({ command, submit, disk }) => {
      const before = disk.commits;
      const { kept, more, wrapUp } = await command(3_000);
      commits = disk.commits - before;
      assert.deepEqual([kept.length, more, wrapUp], [1_000, { kept: 2_000, dropped: 0 }, undefined]);
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

  it('end an attempt that goes on beyond the limit', async () => {
    const kinds: string[] = [];
    const { host, workspace } = await runOne(async ({ command }) => {
      for (let k = 0; k < 5; k++) kinds.push((await command(5)).wrapUp === undefined ? 'go' : 'wrapUp');
    }, 7);
    assert.deepEqual(kinds, ['go', 'wrapUp', 'wrapUp', 'wrapUp']);
    assert.deepEqual([host.statusOf(1), workspace.files.size], ['failed', 0]);
    assert.match(excerptOf(host.engine.snapshot.features[1]?.lastFailure ?? ''), /limits\.max_file_edits/);
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
});
