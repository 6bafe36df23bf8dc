// Power files in whole runs: refused undeclared, dropped from what a command did, and passed only with the user's approval.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { defaultLimits } from '../../src/core/settings/runSettings';
import { excerptOf } from '../../src/core/shared/longText';
import { hashOf, MemoryIsolation } from '../doubles/memoryIsolation';
import { type Hands, SimulatedHost, type SimulatedHostOptions } from '../doubles/simulatedHost';

async function runAll(options: SimulatedHostOptions): Promise<SimulatedHost> {
  const host = await SimulatedHost.open(options);
  await host.run();
  assert.deepEqual(host.bugs, []);
  return host;
}

const denials = (host: SimulatedHost) =>
  host.events.flatMap((e) =>
    e.type === 'file.denied' ? [{ path: e.path, why: e.why, others: e.others }] : [],
  );

const undeclared =
  '"AGENTS.md" tells other coding agents what to do; only a feature that declares it may change it. ' +
  'To allow that, add "AGENTS.md" to the feature\'s "files" in the backlog.';

describe('power files', () => {
  it('are refused by every way of changing a file, and each is told once', async () => {
    const workspace = new MemoryIsolation();
    for (const path of ['AGENTS.md', 'a.md']) workspace.put(path, 'old');
    const refused: unknown[] = [];
    const host = await runAll({
      workspace,
      backlog: [{ name: 'a', files: ['**'] }],
      settings: { sharedLocks: ['AGENTS.md'] },
      agents:
        () =>
        async ({ desk, fence, submit }: Hands) => {
          const baseHash = hashOf('old');
          for (const answer of [
            await desk.files.lockFile(fence, './AGENTS.md'),
            await desk.files.writeFile(fence, { path: 'AGENTS.md', baseHash, content: 'new' }),
            await desk.files.writeFile(fence, { path: 'AGENTS.md', baseHash, content: null }),
            await desk.files.moveFile(fence, { from: 'AGENTS.md', to: 'b.md', baseHash }),
            await desk.files.moveFile(fence, { from: 'a.md', to: '.github/workflows/a.yml', baseHash }),
            await desk.files.writeFile(fence, { path: '.vscode/tasks.json', baseHash: null, content: '{}' }),
            await desk.files.lockFile(fence, '.env'),
          ])
            refused.push(answer.ok ? answer : answer.error.code);
          await submit();
        },
    });
    assert.deepEqual(
      refused,
      Array.from({ length: 7 }, () => 'pathDenied'),
    );
    assert.deepEqual(
      denials(host).map(({ path }) => path),
      ['AGENTS.md', '.github/workflows/a.yml', '.vscode/tasks.json', '.env'],
    );
    assert.equal(denials(host)[0]?.why, undeclared);
    assert.deepEqual(
      workspace.writes.map(({ path }) => path),
      ['work/1.txt'],
    );
    assert.equal(host.statusOf(1), 'passing');
  });

  it('are taken out of what a command did, said to the agent and, counted, to the user', async () => {
    const workspace = new MemoryIsolation();
    workspace.put('AGENTS.md', 'old');
    const answers: unknown[] = [];
    const host = await runAll({
      workspace,
      backlog: [{ name: 'a' }],
      allowedCommands: ['gen'],
      agents:
        () =>
        async ({ desk, fence, submit, assignment, read }: Hands) => {
          await desk.commands.begin(fence, 'gen');
          const copy = workspace.placeOf(assignment.slot);
          for (const path of ['AGENTS.md', '.vscode/a', '.vscode/b', 'ok.txt']) copy.set(path, 'new');
          const { kept, dropped } = await desk.commands.end(fence, { durationMs: 1, printed: '' });
          answers.push(kept, dropped, read('AGENTS.md'), read('.vscode/a'));
          await submit();
        },
    });
    const editor = 'tells an editor what to run; agents do not write it.';
    assert.deepEqual(answers, [
      ['ok.txt'],
      [
        { path: '.vscode/a', why: `".vscode/a" ${editor}` },
        { path: '.vscode/b', why: `".vscode/b" ${editor}` },
        { path: 'AGENTS.md', why: undeclared },
      ],
      'old',
      undefined,
    ]);
    assert.deepEqual(denials(host), [
      { path: '.vscode/a', why: `".vscode/a" ${editor}`, others: 1 },
      { path: 'AGENTS.md', why: undeclared, others: undefined },
    ]);
    assert.deepEqual(workspace.writes, [{ path: 'ok.txt', text: 'new' }]);
    assert.deepEqual(host.transcript('lock.granted'), ['     0 lock.granted featureId=1 slot=1 path=ok.txt']);
  });

  const declares = ['AGENTS.md', '.github/workflows/**'];
  const changes = async ({ write, submit }: Hands) => {
    await write('AGENTS.md', 'new');
    await write('.github/workflows/ci.yml', 'jobs');
    await write('ok.txt', 'ok');
    await submit();
  };

  it('that a feature declares need the user’s approval beside the check, and both are kept', async () => {
    const host = await runAll({
      backlog: [
        { name: 'a', files: declares },
        { name: 'b', depends_on: ['a'] },
      ],
      agents: ({ name }) => (name === 'a' ? changes : ({ submit }) => submit()),
      check: () => ({ outputTail: 'fine' }),
    });
    const state = host.engine.snapshot.features[1]?.state;
    assert.ok(state?.status === 'claimed' && state.phase === 'unconfirmed');
    assert.equal(
      state.why,
      'Its check passed, and it needs your approval (diff 1 shows it; confirm 1, or reject 1 to give it up): ' +
        'it changed ".github/workflows/ci.yml", which tells a build server what to run, with the keys it holds; ' +
        '"AGENTS.md", which tells other coding agents what to do.',
    );
    assert.equal(host.statusOf(2), 'waiting');
    assert.equal((await host.engine.judgement.confirm(1)).ok, true);
    const proof = host.events.flatMap((e) => (e.type === 'feature.passed' ? [e.evidence] : []));
    assert.deepEqual(proof, [
      {
        kind: 'user',
        check: { kind: 'check', command: 'check', exitCode: 0, outputTail: 'fine', durationMs: 1 },
      },
    ]);
    assert.deepEqual(host.engine.snapshot.features[1]?.state.status, 'passing');
  });

  it('never reach the workspace when the user says no', async () => {
    const workspace = new MemoryIsolation();
    workspace.put('AGENTS.md', 'old');
    const host = await runAll({
      workspace,
      backlog: [{ name: 'a', files: declares }],
      agents: () => changes,
    });
    await host.engine.judgement.reject(1);
    assert.deepEqual([...workspace.files], [['AGENTS.md', 'old']]);
  });

  it('are named also where there is no check', async () => {
    const host = await runAll({
      backlog: [{ name: 'a', files: declares }],
      settings: { verifyCommand: undefined },
      agents: () => changes,
    });
    const state = host.engine.snapshot.features[1]?.state;
    assert.match(
      state?.status === 'claimed' && state.phase === 'unconfirmed' ? excerptOf(state.why) : '',
      / "AGENTS\.md", which/,
    );
  });

  it('ask for nothing when the feature leaves them as they were', async () => {
    const host = await runAll({
      backlog: [{ name: 'a', files: declares }],
      agents:
        () =>
        async ({ write, submit }) => {
          await write('AGENTS.md', 'new');
          await write('AGENTS.md', null);
          await submit();
        },
    });
    assert.equal(host.statusOf(1), 'passing');
  });
});

describe('what a command made that is no file', () => {
  const why = 'It is a link; only the content of files is brought over.';

  /** A command makes two links; the check is red while there is none, and the agent writes one as a file in its second attempt. */
  async function linking(check: SimulatedHostOptions['check']) {
    const workspace = new MemoryIsolation();
    let areLinks = true;
    workspace.whyNot = (path) => (areLinks && path.startsWith('bin/') ? why : undefined);
    const told: unknown[] = [];
    const host = await runAll({
      workspace,
      check,
      backlog: [{ name: 'a' }],
      allowedCommands: ['link'],
      agents:
        () =>
        async ({ desk, fence, assignment, write, submit }: Hands) => {
          areLinks = true;
          await desk.commands.begin(fence, 'link');
          const place = workspace.placeOf(assignment.slot);
          for (const path of ['bin/a', 'bin/b']) place.set(path, 'to');
          told.push((await desk.commands.end(fence, { durationMs: 1, printed: '' })).dropped);
          areLinks = false;
          if (assignment.attempt === 2) await write('bin/a', 'text');
          await submit();
        },
    });
    return { host, told };
  }

  it('is put back, and told to the agent and to people with the reason', async () => {
    const { host, told } = await linking(() => ({}));
    assert.deepEqual(told, [
      [
        { path: 'bin/a', why },
        { path: 'bin/b', why },
      ],
    ]);
    assert.deepEqual(denials(host), [{ path: 'bin/a', why: `"bin/a" was put back. ${why}`, others: 1 }]);
  });

  it('is told beside a check that fails without it, while it is not there in another way', async () => {
    const { host } = await linking(() => ({ exitCode: 1, outputTail: 'no bin/a' }));
    const reasons = host.events.flatMap((e) =>
      e.type === 'feature.retried' && 'reason' in e ? [excerptOf(e.reason)] : [],
    );
    const said = (names: string) =>
      `The check \`check\` exited with 1.\nWhat commands of the agent made of ${names} was put back before it.\nno bin/a`;
    assert.deepEqual(reasons.slice(0, 2), [
      said(`"bin/a" (${why}), "bin/b" (${why})`),
      said(`"bin/b" (${why})`),
    ]);
  });
});

describe('a folder without a file that a command made', () => {
  /** @returns whether it was there after the command and during the check, what the agent was told, and what became of it */
  async function making(exitCode: number) {
    const workspace = new MemoryIsolation();
    const empty = workspace.emptyFolders;
    const was: boolean[] = [];
    let told: readonly string[] | undefined;
    const host = await runAll({
      workspace,
      backlog: [{ name: 'a' }],
      allowedCommands: ['mkdir'],
      settings: { limits: { ...defaultLimits, maxRetries: 0 } },
      check: (_, __, slot) => {
        was.push(empty.get(slot)?.has('out') ?? false);
        return { exitCode, outputTail: 'no out' };
      },
      agents:
        () =>
        async ({ desk, fence, assignment, submit }: Hands) => {
          await desk.commands.begin(fence, 'mkdir');
          workspace.placeOf(assignment.slot).set('a.txt', 'a');
          empty.set(assignment.slot, new Set(['out']));
          told = (await desk.commands.end(fence, { durationMs: 1, printed: '' })).empty;
          was.push(empty.get(assignment.slot)?.has('out') ?? false);
          await submit();
        },
    });
    return { host, was, told };
  }

  it('stays for what is to come into it, and is gone when the work is checked, for it is not published', async () => {
    const { host, was, told } = await making(0);
    assert.deepEqual([told, was], [['out'], [true, false]]);
    assert.equal(denials(host)[0]?.why, '"out" was put back. It is an empty folder.');
    assert.equal(host.statusOf(1), 'passing');
  });

  it('is named beside a check that fails without it', async () => {
    const { host } = await making(1);
    const state = host.engine.snapshot.features[1]?.state;
    assert.match(
      state?.status === 'failed' ? excerptOf(state.reason) : '',
      /made of "out" \(It is an empty folder\.\) was put back before it\.\nno out$/,
    );
  });
});
