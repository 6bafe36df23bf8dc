// Files that agents change in turn, in the real engine: seen apart, undone alone, and put right after a crash at any point.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { defaultLimits } from '../../src/core/guardrails/limits';
import { Failure } from '../../src/ports/failure';
import { MemoryDisk, type MemoryStore } from '../doubles/memoryStore';
import { hashOf, MemoryWorkspace } from '../doubles/memoryWorkspace';
import {
  type Behaviour,
  type Hands,
  SimulatedHost,
  type SimulatedHostOptions,
} from '../doubles/simulatedHost';

const log = 'CHANGELOG.md';
const settings = { limits: { ...defaultLimits, maxRetries: 0 } };
const named = (...names: string[]) => names.map((name) => ({ name }));

function workspaceOf(text: string): MemoryWorkspace {
  const workspace = new MemoryWorkspace();
  workspace.put(log, text);
  return workspace;
}

/** An agent's edit of the shared file by its own words. */
async function edit({ desk, fence }: Hands, old: string, now: string, path = log): Promise<string> {
  const locked = await desk.lockFile(fence, path);
  if (!locked.ok) return locked.error.message;
  assert.equal(locked.value.shared, true);
  const done = await desk.editShared(fence, { path, edits: [{ old, new: now, all: false }] });
  return done.ok ? 'done' : `${done.error.code}: ${done.error.message}`;
}

/** Puts a line behind the first after `startMs`, and hands the work in `workMs` later. */
function addsALine(startMs: number, workMs = 3000): Behaviour {
  return async (hands) => {
    await hands.wait(startMs);
    assert.equal(await edit(hands, '# Log\n', `# Log\n- ${hands.assignment.name}\n`), 'done');
    await hands.wait(workMs);
    await hands.submit();
  };
}

async function runAll(options: SimulatedHostOptions): Promise<SimulatedHost> {
  const host = await SimulatedHost.open({ settings, ...options });
  await host.run();
  assert.deepEqual(host.bugs, []);
  assert.equal(host.broken, undefined);
  return host;
}

describe('a file that agents change in turn', () => {
  it('holds in the end what the features that passed put there, and nobody waits for it', async () => {
    const checked: string[] = [];
    const host = await runAll({
      ...{ backlog: named('a', 'b', 'c'), workspace: workspaceOf('# Log\nold\n') },
      agents: ({ name }) => addsALine(name === 'a' ? 0 : name === 'b' ? 500 : 1000),
      check: ({ env }, { copies }, slot) => {
        const name = env?.PARALLEL_AGENTS_FEATURE_NAME ?? '';
        checked.push(copies.get(slot)?.get(log) ?? '');
        return { exitCode: name === 'b' ? 1 : 0 };
      },
    });
    assert.equal(host.workspace.files.get(log), '# Log\n- a\n- c\nold\n');
    assert.equal(host.engine.snapshot.run?.report?.wallMs, 4000);
    assert.equal(host.transcript('lock.waiting').length, 0);
    assert.deepEqual(checked, ['# Log\n- a\nold\n', '# Log\n- a\n- b\nold\n', '# Log\n- a\n- c\nold\n']);
    assert.deepEqual(host.transcript('file.undone'), [
      '  3500 file.undone featureId=2 slot=2 path=CHANGELOG.md',
    ]);
  });

  it('shows each agent its own work and what passed, never what others are at', async () => {
    const seen: Record<string, string | undefined> = {};
    await runAll({
      ...{ backlog: named('a', 'b'), workspace: workspaceOf('# Log\n') },
      agents:
        ({ name }) =>
        async (hands) => {
          await hands.wait(name === 'a' ? 0 : 100);
          await edit(hands, '# Log\n', `# Log\n- ${name}\n`);
          seen[`${name} at work`] = hands.read(log);
          await hands.wait(name === 'a' ? 1000 : 2000);
          await hands.desk.lockFile(hands.fence, log);
          seen[`${name} later`] = hands.read(log);
          await hands.submit();
        },
    });
    assert.deepEqual(seen, {
      'a at work': '# Log\n- a\n',
      'b at work': '# Log\n- b\n',
      'a later': '# Log\n- a\n',
      'b later': '# Log\n- a\n- b\n',
    });
  });

  it('refuses lines that another agent is changing, text that is not there, and the whole file', async () => {
    const answers: string[] = [];
    const workspace = workspaceOf('version 1\n');
    await runAll({
      ...{ backlog: named('a', 'b'), workspace },
      agents:
        ({ name }) =>
        async (hands) => {
          if (name === 'a') {
            await edit(hands, 'version 1', 'version 2');
            await hands.wait(1000);
          } else {
            await hands.wait(500);
            answers.push(await edit(hands, 'version 1', 'version 3'));
            answers.push(await edit(hands, 'version 2', 'version 3'));
            const { desk, fence } = hands;
            const base = { path: log, baseHash: hashOf('version 1\n') };
            for (const content of ['all', null]) {
              const written = await desk.writeFile(fence, { ...base, content });
              answers.push(written.ok ? 'written' : written.error.message);
            }
            const moved = await desk.moveFile(fence, { from: log, to: 'x', baseHash: base.baseHash });
            answers.push(moved.ok ? 'moved' : moved.error.code);
            const other = await desk.editShared(fence, {
              path: 'a.ts',
              edits: [{ old: 'a', new: 'b', all: false }],
            });
            answers.push(other.ok ? 'edited' : other.error.message);
          }
          await hands.submit();
        },
    });
    assert.deepEqual(answers, [
      'locked: agent 1 (feature 1, "a") is changing the same lines of CHANGELOG.md. Nothing was changed; change other ' +
        'lines, or come back to it later.',
      'changedOnDisk: The text to replace in CHANGELOG.md is not there any more.',
      ...Array(2).fill('CHANGELOG.md is shared by all agents; change it with edit_file only.'),
      'badInput',
      'a.ts is not a file that agents share; lock it and write it.',
    ]);
    assert.equal(workspace.files.get(log), 'version 2\n');
  });

  it('is made under a lock like any other, and changed in turn from then on', async () => {
    const grants: unknown[] = [];
    const host = await runAll({
      backlog: named('a', 'b'),
      agents:
        ({ name }) =>
        async (hands) => {
          if (name === 'a') await hands.write(log, '# Log\n');
          else {
            await hands.wait(100);
            const locked = await hands.desk.lockFile(hands.fence, log);
            if (locked.ok) grants.push(locked.value.shared, locked.value.waitedMs);
            await edit(hands, '# Log\n', '# Log\n- b\n');
          }
          await hands.wait(1000);
          await hands.submit();
        },
    });
    assert.deepEqual(grants, [true, 900]);
    assert.equal(host.workspace.files.get(log), '# Log\n- b\n');
    assert.deepEqual(host.engine.snapshot.locks.holds, []);
  });

  it('takes over what a command changed in the copy, unless another agent is at those lines', async () => {
    const outcomes: unknown[] = [];
    const workspace = workspaceOf('one\ntwo\nthree\n');
    await runAll({
      ...{ backlog: named('a', 'b', 'c'), workspace },
      agents:
        ({ name, slot }) =>
        async ({ desk, fence, wait, submit }) => {
          await wait(name === 'a' ? 0 : name === 'b' ? 100 : 200);
          await desk.commandBegin(fence, 'check');
          const copy = workspace.copies.get(slot);
          copy?.set(log, name === 'b' ? 'one\ntwo\nTHREE\n' : `one by ${name}\ntwo\nthree\n`);
          const { kept, dropped } = await desk.commandEnd(fence, { durationMs: 1, printed: '' });
          outcomes.push([kept, dropped.map(({ why }) => why.split('.')[0])]);
          await wait(1000);
          await submit();
        },
    });
    assert.deepEqual(outcomes, [
      [[log], []],
      [[log], []],
      [[], ['agent 1 (feature 1, "a") is changing the same lines of CHANGELOG']],
    ]);
    assert.equal(workspace.files.get(log), 'one by a\ntwo\nTHREE\n');
  });

  it('leaves to the user the lines they changed themselves, and says so', async () => {
    const workspace = workspaceOf('# Log\nold\n');
    const host = await runAll({
      ...{ backlog: named('a', 'b'), workspace },
      agents:
        ({ name }) =>
        async (hands) => {
          await edit(hands, name === 'a' ? 'old' : '# Log', `new by ${name}`);
          await hands.wait(1000);
          if (name === 'a') workspace.put(log, 'new by b\nby hand\n');
          await hands.wait(1000);
          await hands.submit();
        },
      check: () => ({ exitCode: 1 }),
    });
    assert.equal(workspace.files.get(log), '# Log\nby hand\n');
    const outcomes = host.events.flatMap((e) =>
      e.type === 'file.undone' ? [`${e.featureId} ${e.outcome}`] : [],
    );
    assert.deepEqual(outcomes.sort(), ['1 kept', '2 restored']);
  });

  it('keeps line ends and is undone after the user rejects it', async () => {
    const workspace = workspaceOf('# Log\r\nold\r\n');
    const host = await runAll({
      ...{ backlog: named('a', 'b'), workspace, settings: { ...settings, verifyCommand: undefined } },
      agents: () => addsALine(0),
    });
    assert.equal(workspace.files.get(log), '# Log\r\n- a\r\n- b\r\nold\r\n');
    assert.deepEqual(await host.engine.reject(1), { ok: true, value: { kept: [] } });
    assert.equal(workspace.files.get(log), '# Log\r\n- b\r\nold\r\n');
    await host.engine.confirm(2);
    assert.equal(workspace.files.get(log), '# Log\r\n- b\r\nold\r\n');
  });

  it('is put right after a crash at any commit: what passed stays, all else is gone', async () => {
    const fates: string[] = [];
    for (let crashAt = 1; crashAt < 200; crashAt++) {
      const disk = new CrashingDisk(crashAt);
      const workspace = workspaceOf('# Log\nold\n');
      const options: SimulatedHostOptions = {
        ...{ backlog: named('a', 'b', 'c'), workspace, disk, settings },
        agents: ({ name }) => addsALine(0, name === 'a' ? 1000 : name === 'b' ? 2000 : 3000),
        check: ({ env }) => ({ exitCode: env?.PARALLEL_AGENTS_FEATURE_NAME === 'b' ? 1 : 0 }),
      };
      const first = await SimulatedHost.open(options).catch(() => undefined);
      await first?.start().catch(() => undefined);
      for (let k = 0; k < 50 && !disk.hasCrashed; k++) await first?.clock.advance(100);
      if (!disk.hasCrashed) break;
      const second = await SimulatedHost.open({ ...options, disk: disk.survivor() });
      const lines = ['a', 'c'].filter((_, k) => second.statusOf(k === 0 ? 1 : 3) === 'passing');
      const wanted = ['# Log', ...lines.map((name) => `- ${name}`), 'old', ''].join('\n');
      assert.equal(workspace.files.get(log), wanted, `after a crash at commit ${crashAt}`);
      fates.push(lines.join());
    }
    assert.ok(fates.length > 25, `only ${fates.length} commits`);
    assert.deepEqual([...new Set(fates)], ['', 'a', 'a,c'].slice(0, new Set(fates).size));
    assert.ok(fates.includes('a'), 'never crashed between two verdicts');
  });
});

/** The host's process is gone at one of its commits: nothing of that and of all later ones is kept. */
class CrashingDisk extends MemoryDisk {
  hasCrashed = false;
  #commits = 0;

  constructor(private readonly crashAt: number) {
    super();
  }

  override async open(epoch?: number): Promise<MemoryStore> {
    const store = await super.open(epoch);
    const commit = store.commit.bind(store);
    store.commit = async (batch) => {
      if (++this.#commits >= this.crashAt) {
        this.hasCrashed = true;
        throw new Failure('io', 'The process is gone.');
      }
      return commit(batch);
    };
    return store;
  }

  survivor(): MemoryDisk {
    return Object.assign(new MemoryDisk(), {
      ...{ snapshot: this.snapshot, edits: this.edits, epoch: this.epoch },
      events: [...this.events],
    });
  }
}
