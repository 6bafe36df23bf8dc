// What a client may have done through a host that is not its own: real hosts, workers and sockets, in one folder.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Session } from '../../src/client/session';
import type { Event } from '../../src/core/events/event';
import { accessWith } from '../../src/core/models/modelAccess';
import { defaultMachineSettings, type MachineSettings } from '../../src/core/settings/machineSettings';
import { readProviders } from '../../src/core/settings/providerSettings';
import { defaultRunSettings } from '../../src/core/settings/runSettings';
import { joinWorkspace } from '../../src/host/joinWorkspace';
import { type FakeMessagesApi, startFakeMessagesApi, streamed } from '../support/fakeMessagesApi';
import { repoRoot } from '../support/repoRoot';
import { call, finish, writeProject } from '../support/smallProject';

const distDir = path.join(repoRoot, 'dist');
const features = [{ name: 'A', verify: 'true' }];

describe('a face that starts through the host of another', function () {
  this.timeout(60_000);
  let project: Awaited<ReturnType<typeof writeProject>>;
  let theirs: FakeMessagesApi;
  let sessions: Session[];
  let own: MachineSettings;
  let config: string;
  beforeEach(async () => {
    theirs = await startFakeMessagesApi(() => streamed([{ text: 'hello' }]));
    sessions = [];
    config = await mkdtemp(path.join(tmpdir(), 'pa-config-'));
    own = { ...defaultMachineSettings, allowedCommands: ['echo one', 'echo two'], agentLimit: 2 };
    const commands = ['echo one', 'echo two', 'echo three'].map((command) =>
      call('run_command', { command }),
    );
    const work = call('write_file', { path: 'a.txt', content: 'a' });
    project = await writeProject({ features, script: { A: [...commands, work, finish] } });
  });
  afterEach(async () => {
    for (const session of sessions.toReversed()) await session.close();
    await theirs.close();
    await project.remove();
    await rm(config, { recursive: true });
  });

  /** Settings by which keys for Anthropic go to `theirs`. */
  const theirSettings = () => readProviders({ anthropic: { baseUrl: theirs.baseUrl } }, () => {});

  async function join(machine: () => MachineSettings, goOn = false): Promise<Session> {
    const joined = await joinWorkspace({
      root: project.dir,
      face: 'cli' as const,
      distDir,
      goOn,
      elsewhere: 'ask' as const,
      configDir: config,
      machine,
      log: () => {},
    });
    assert.equal(joined.kind, 'session');
    if (joined.kind !== 'session') assert.fail();
    sessions.push(joined.session);
    return joined.session;
  }

  /** An owner with `own`, and a client beside it whose settings are its own affair. */
  async function pair(): Promise<{ owner: Session; other: Session }> {
    const owner = await join(() => own);
    const other = await join(() => ({
      ...defaultMachineSettings,
      agentLimit: 64,
      providers: theirSettings(),
    }));
    assert.deepEqual([owner.role, other.role], ['owner', 'follower']);
    await owner.loadBacklog();
    return { owner, other };
  }

  function ended(session: Session): Promise<readonly Event[]> {
    const seen: Event[] = [];
    return new Promise((resolve) => {
      session.onChange(({ events }) => {
        seen.push(...events);
        if (events.some((event) => event.type === 'run.finished')) resolve(seen);
      });
    });
  }

  const settings = { ...defaultRunSettings, maxAgents: 1, model: 'offline' as const };
  const commandsOf = (events: readonly Event[]) =>
    events.flatMap((e) => (e.type === 'tool.used' && e.tool === 'run_command' ? [[e.target, e.ok]] : []));

  it('gets only the commands that both allow, and is told of the others', async () => {
    const { other } = await pair();
    const end = ended(other);
    const started = await other.start({
      settings,
      allowedCommands: ['echo one', 'echo three'],
      variables: [],
    });
    assert.deepEqual(started, {
      ok: true,
      value: { runId: 1, leftOut: { commands: ['echo three'], variables: [], providers: [] } },
    });
    assert.deepEqual(commandsOf(await end), [
      ['echo one', true],
      ['echo two', false],
      ['echo three', false],
    ]);
  });

  it('has only the variables given to checks that both name, and is told of the others', async () => {
    const set = { PA_BOTH: '1', PA_OWN: '2', PA_ASKED: '4' };
    Object.assign(process.env, set);
    try {
      const check = { name: 'A', verify: 'test "$PA_BOTH$PA_OWN$PA_ASKED" = 1' };
      await writeFile(path.join(project.dir, 'features.json'), JSON.stringify([check]));
      own = { ...own, variables: ['PA_BOTH', 'PA_OWN'] };
      const { other } = await pair();
      const end = ended(other);
      const started = await other.start({
        settings,
        allowedCommands: [],
        variables: ['PA_BOTH', 'PA_ASKED'],
      });
      const leftOut = { commands: [], variables: ['PA_ASKED'], providers: [] };
      assert.deepEqual(started, { ok: true, value: { runId: 1, leftOut } });
      assert.ok((await end).some((e) => e.type === 'feature.passed'));
    } finally {
      for (const name of Object.keys(set)) delete process.env[name];
    }
  });

  it('finds a command refused from the moment that the owner’s user strikes it', async () => {
    const { other } = await pair();
    const end = ended(other);
    other.onChange(({ events }) => {
      if (events.some((e) => e.type === 'tool.used')) own = { ...own, allowedCommands: [] };
    });
    await other.start({ settings, allowedCommands: ['echo one', 'echo two'], variables: [] });
    assert.deepEqual(commandsOf(await end)[2], ['echo three', false]);
    const later = ended(other);
    await other.ask.retry({ featureId: 1 });
    await other.start({ settings, allowedCommands: ['echo one', 'echo two'], variables: [] });
    assert.deepEqual(
      commandsOf(await later).map(([, ok]) => ok),
      [false, false, false],
    );
  });

  it('is refused more agents than the owner’s user allows, at the start and later', async () => {
    const { other } = await pair();
    const many = { settings: { ...settings, maxAgents: 3 }, allowedCommands: [], variables: [] };
    const started = await other.start(many);
    assert.match(started.ok ? '' : started.error.message, /3 agents are more than the 2/);
    assert.equal(other.snapshot.run, null);
    const end = ended(other);
    await other.start({ settings, allowedCommands: [], variables: [] });
    const configured = await other.configure({ maxAgents: 64 });
    assert.match(configured.ok ? '' : configured.error.message, /64 agents are more than the 2/);
    await end;
  });

  it('is refused when its key is meant for another address; no request reaches that', async () => {
    const { other } = await pair();
    const access = accessWith((id) => (id === 'anthropic' ? 'sk-secret' : undefined), theirSettings());
    const haiku = { ...settings, model: 'haiku' as const };
    const started = await other.start({ settings: haiku, allowedCommands: [], variables: [], access });
    assert.match(
      started.ok ? '' : started.error.message,
      /keys for Anthropic to https:\/\/api\.anthropic\.com.*127\.0\.0\.1/,
    );
    assert.doesNotMatch(JSON.stringify(started), /sk-secret/);
    const configured = await other.configure({ access });
    assert.equal(configured.ok, false);
    assert.equal(other.snapshot.run, null);
    assert.deepEqual(theirs.requests, []);
  });

  it('that takes over goes on by its own user’s settings, with no more agents than those allow', async () => {
    const first = await join(() => ({ ...own, agentLimit: 9 }));
    await first.loadBacklog();
    await first.start({
      settings: { ...settings, model: 'haiku', maxAgents: 9 },
      allowedCommands: [],
      variables: [],
    });
    await first.close();
    const next = await join(() => ({ ...own, providers: theirSettings() }), true);
    assert.equal(next.snapshot.run?.settings.maxAgents, 2);
    const asked = new Promise<void>((resolve) => {
      next.onChange(({ events }) => void (events.some((e) => e.type === 'model.called') && resolve()));
    });
    await next.configure({
      access: accessWith((id) => (id === 'anthropic' ? 'sk-mine' : undefined), theirSettings()),
    });
    await asked;
    assert.equal(theirs.requests[0]?.headers.authorization, 'Bearer sk-mine');
    await next.ask.stopRun();
  });
});
