// One backlog built by the real Claude Code, the real Codex and our own agent at once, also when the host or one of their
// programs is killed in the midst of its work.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import { type ExternalEvent, parseEvents, readTree, runCli, startCli } from '../support/cli';
import { eventsOf } from '../support/externalProject';
import { noneHolding, processesHolding, tagOf } from '../support/processes';
import { needs, realProject } from '../support/realAgents';
import { call, finish } from '../support/smallProject';

const [claude, codex] = ['agent/claude-code', 'agent/codex'];

/** Three that change one file, and three with a file of their own. */
const features = [
  { name: 'ClaudeOne', verify: 'grep -q claude list.txt', model: claude },
  { name: 'CodexOne', verify: 'grep -q codex list.txt', model: codex },
  { name: 'OwnOne', verify: 'grep -q own list.txt', model: 'offline' },
  { name: 'ClaudeTwo', verify: 'test -f claude.txt', model: claude },
  { name: 'CodexTwo', verify: 'test -f codex.txt', model: codex },
  { name: 'OwnTwo', verify: 'test -f own.txt', model: 'offline' },
];
const files = { 'list.txt': 'first\nx\ny\nsecond\nx\ny\nthird\n' };
const script = {
  OwnOne: [
    call('read_file', { path: 'list.txt' }),
    call('edit_file', { path: 'list.txt', edits: [{ old: 'third', new: 'third own' }] }),
    finish,
  ],
  OwnTwo: [call('write_file', { path: 'own.txt', content: 'own\n' }), finish],
};
const plays = {
  ClaudeOne: [
    { read: 'list.txt' },
    { edit: 'list.txt', from: 'first', to: 'first claude' },
    { say: 'Built.' },
  ],
  CodexOne: [
    { read: 'list.txt' },
    { edit: 'list.txt', from: 'second', to: 'second codex' },
    { say: 'Built.' },
  ],
  ClaudeTwo: [{ create: 'claude.txt', text: 'claude\n' }, { say: 'Built.' }],
  CodexTwo: [{ create: 'codex.txt', text: 'codex\n' }, { say: 'Built.' }],
};

describe('a backlog of several makers', function () {
  this.timeout(240_000);
  const cleanUp = cleanUpAfterEach();
  before(function () {
    needs(['claude-code', 'codex'], this);
  });

  /** Holds the first question of each of these features until it is let go, or for good. */
  function holding(names: readonly string[]) {
    const waited = new Set(names);
    const met = latch();
    const open = latch();
    return {
      onAsked: async ({ feature }: { readonly feature: string }) => {
        if (!waited.delete(feature)) return;
        if (waited.size === 0) met.open();
        await open.opened;
      },
      all: met.opened,
      letGo: open.open,
    };
  }

  async function begin(names: readonly string[]) {
    const held = holding(names);
    const project = await realProject(cleanUp, { files, features, script }, plays, { onAsked: held.onAsked });
    cleanUp.push(held.letGo);
    return { ...project, held, args: [...project.args, '--max-agents', '4'] };
  }

  async function assertBuilt(dir: string, events: readonly ExternalEvent[]): Promise<void> {
    assert.deepEqual(
      eventsOf(events, 'feature.passed')
        .map((e) => e.featureId)
        .sort(),
      [1, 2, 3, 4, 5, 6],
    );
    assertOneWriter(events);
    const tree = await readTree(dir);
    assert.equal(tree['list.txt'], 'first claude\nx\ny\nsecond codex\nx\ny\nthird own\n');
    assert.deepEqual(
      [tree['claude.txt'], tree['codex.txt'], tree['own.txt']],
      ['claude\n', 'codex\n', 'own\n'],
    );
    await noneHolding(tagOf(dir), 10_000);
  }

  it('is built with one writer to each file at a time, and leaves no process', async () => {
    const { dir, env, args, held } = await begin(['ClaudeOne', 'CodexOne']);
    const run = startCli(args, env);
    await held.all; // both are at work at once
    held.letGo();
    const { code } = await run.ended;
    assert.equal(code, 0, run.notes.join('\n'));
    await assertBuilt(dir, parseEvents(run.lines));
  });

  it('is built by the next host when the first was killed in the midst, whose agents are gone with it', async () => {
    const { dir, env, args, held } = await begin(['ClaudeOne', 'CodexOne']);
    const run = startCli(args, env);
    await held.all;
    run.child.kill('SIGKILL');
    await run.ended;
    await noneHolding(tagOf(dir), 30_000);
    held.letGo();
    const { code, lines, notes } = await runCli(args, env);
    assert.equal(code, 0, notes.join('\n'));
    const tree = await readTree(dir);
    assert.equal(tree['list.txt'], 'first claude\nx\ny\nsecond codex\nx\ny\nthird own\n');
    assertOneWriter(parseEvents(lines));
    await noneHolding(tagOf(dir), 10_000);
  });

  /** By what stands on the command line of the program that talks to the model, and of the adapter before it. */
  const killed: readonly (readonly [what: string, feature: string, command: RegExp])[] = [
    ['Claude Code', 'ClaudeOne', /claude-code\/bin\/claude|\.bin\/claude /],
    ["Claude Code's adapter", 'ClaudeOne', /claude-agent-acp/],
    ['Codex', 'CodexOne', /bin\/codex(?:\.js)? .*app-server/],
    ["Codex's adapter", 'CodexOne', /bin\/codex-acp/],
  ];
  for (const [what, feature, command] of killed)
    it(`loses no feature and counts no attempt when ${what} is killed`, async () => {
      const { dir, env, args, held } = await begin([feature]);
      const run = startCli(args, env);
      await held.all;
      const found = (await processesHolding(tagOf(dir))).filter(
        (one) => command.test(one.command) && !/bwrap/.test(one.command),
      );
      assert.ok(found.length > 0, JSON.stringify(await processesHolding(tagOf(dir)), null, 1));
      for (const { pid } of found) process.kill(pid, 'SIGKILL');
      const ended = run.ended.then(() => 'ended');
      const lost = new Promise<string>((resolve) => {
        run.onLine((line) => {
          if (JSON.parse(line).type === 'agent.ended' && JSON.parse(line).featureId <= 2) resolve(line);
        });
      });
      await Promise.race([lost, ended]);
      held.letGo();
      const { code } = await run.ended;
      const events = parseEvents(run.lines);
      const id = features.findIndex(({ name }) => name === feature) + 1;
      const turns = events.filter((e) => /^(feature|agent)\.(claimed|ended|failed)|breaker/.test(e.type));
      assert.equal(code, 0, `${run.notes.join('\n')}\n${JSON.stringify(turns, null, 1)}`);
      const own = turns.filter((e) => e.featureId === id);
      assert.deepEqual(
        eventsOf(own, 'feature.claimed').map((e) => e.attempt),
        [1, 1],
      );
      assert.equal(eventsOf(own, 'agent.ended')[0]?.cause, 'lost');
      await assertBuilt(dir, events);
    });
});

function latch() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), opened };
}

/** Whoever changes a file is the only one until its attempt is over. */
function assertOneWriter(events: readonly ExternalEvent[]): void {
  const writers = new Map<string, number>();
  for (const { type, path = '', fence = 0 } of events) {
    if (type === 'file.changed') {
      assert.equal(writers.get(path) ?? fence, fence, `${path} has two writers`);
      writers.set(path, fence);
    }
    if (type === 'agent.ended' || type === 'feature.passed')
      for (const [file, writer] of writers) if (writer === fence) writers.delete(file);
  }
}
