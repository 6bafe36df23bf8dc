// The real programs of other makers in whole runs, each by itself, against a stand-in for their services on this machine.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import { type ExternalEvent, parseEvents, readTree, runCli, startCli } from '../support/cli';
import { eventsOf } from '../support/externalProject';
import type { FakeAnswer } from '../support/fakeMessagesApi';
import { type Found, noneHolding, processesHolding, tagOf } from '../support/processes';
import { needs, type RealAgent, realProject } from '../support/realAgents';
import { call, finish } from '../support/smallProject';

/** What is otherwise with each. */
interface Ways {
  /** It hears within its turn why something is refused. */
  readonly hearsWhy: boolean;
  /** What it tells of a turn of seven answers that use 100 tokens each, 40 of them from a cache. */
  readonly tells: RegExp;
  /** What came into its file while it waited for it, it learns of by reading it again. */
  readonly readsAgain?: true;
  /** Of its processes, those that are killed here, each in a run of its own; others are in `mixedFleet.e2e.test.ts`. */
  readonly kills?: readonly ('first' | 'last')[];
  /** With what environment nobody is logged in; absent: only its first turn would tell. */
  readonly logsOut?: {
    readonly env: (home: string) => Readonly<Record<string, string>>;
    readonly says: RegExp;
  };
}

const all: { readonly [A in RealAgent]: Ways } = {
  'claude-code': {
    hearsWhy: true,
    tells: /"outputTokens":[1-9].*"costUsd":[\d.]+[^}]*/,
    logsOut: {
      env: () => ({ ANTHROPIC_API_KEY: '' }),
      says: /Claude Code is not logged in\. Log in with `claude auth login`/,
    },
  },
  codex: {
    hearsWhy: true,
    tells: /"inputTokens":420,"outputTokens":63,"cacheReadTokens":280.*"isUnpriced":true/,
    // A home without its settings.
    logsOut: {
      env: (home) => ({ HOME: `${home}/.gemini` }),
      says: /Codex is not logged in.*Log in with `codex login`/,
    },
  },
  opencode: {
    kills: ['first'],
    hearsWhy: false,
    readsAgain: true,
    tells: /"inputTokens":0,.*"costUsd":0\.00\d+/,
  },
  gemini: {
    kills: ['first', 'last'],
    hearsWhy: false,
    readsAgain: true,
    tells: /"inputTokens":700,"outputTokens":63.*"isUnpriced":true/,
    logsOut: {
      env: () => ({ GEMINI_API_KEY: '' }),
      says: /Gemini CLI is not logged in.*Log in with `gemini`/,
    },
  },
};

const tooManyRequests: FakeAnswer = {
  kind: 'page',
  status: 429,
  contentType: 'application/json',
  body: JSON.stringify({ error: { message: 'Rate limit reached.', code: 'rate_limit_exceeded' } }),
};

const only = process.env.PARALLEL_AGENTS_TEST_ONLY?.split(',');

for (const [agent, { hearsWhy, tells, readsAgain, logsOut, kills }] of Object.entries(all) as [
  RealAgent,
  Ways,
][])
  describe(`agent/${agent}`, function () {
    this.timeout(240_000);
    const cleanUp = cleanUpAfterEach();
    const model = `agent/${agent}`;
    before(function () {
      if (only && !only.includes(agent)) this.skip();
      needs([agent], this);
    });

    it('builds a feature beside our own agent, under locks and the rules for files and commands', async () => {
      const heard: string[] = [];
      const { dir, env, args } = await realProject(
        cleanUp,
        {
          files: { 'src/a.js': 'export const one = 1;\nexport const two = 2;\n' },
          features: [
            { name: 'A', verify: 'grep -q 22 src/a.js', model },
            { name: 'B', verify: 'test -f b.txt', model: 'offline' },
          ],
          script: { B: [call('write_file', { path: 'b.txt', content: 'b\n' }), finish] },
        },
        {
          A: [
            { read: 'src/a.js' },
            { edit: 'src/a.js', from: 'export const two = 2;', to: 'export const two = 22;' },
            { create: '.vscode/tasks.json', text: '{}\n' },
            { run: 'touch pwned' },
            { run: 'grep -q 22 src/a.js' },
            { create: 'src/new.js', text: 'export const n = 1;\n' },
            { say: 'It is two and twenty now.' },
          ],
        },
        { onAsked: ({ request }) => heard.push(JSON.stringify(request.body)) },
      );
      const { code, lines, notes } = await runCli(args, env);
      const events = parseEvents(lines);
      assert.equal(code, 0, `${notes.join('\n')}\n${toldOf(events)}`);
      const used = eventsOf(events, 'tool.used').filter((e) => e.featureId === 1);
      assert.deepEqual(
        used.map((e) => [e.tool, e.ok]),
        [
          ['read_file', true],
          ['edit_file', true],
          ['edit_file', false],
          ['run_command', false],
          ['run_command', true],
          ['edit_file', true],
        ],
      );
      assert.deepEqual(
        eventsOf(events, 'file.denied').map((e) => e.path),
        ['.vscode/tasks.json'],
      );
      const called = eventsOf(events, 'model.called').filter((e) => e.featureId === 1);
      assert.match(JSON.stringify(called), tells);
      const submitted = eventsOf(events, 'feature.submitted').find((e) => e.featureId === 1);
      assert.equal(submitted?.summary, 'It is two and twenty now.');
      const tree = await readTree(dir);
      assert.match(tree['src/a.js'] ?? '', /two = 22/);
      assert.equal(tree['src/new.js'], 'export const n = 1;\n');
      assert.equal(tree['b.txt'], 'b\n');
      assert.equal('pwned' in tree || '.vscode/tasks.json' in tree, false);
      assert.equal(
        heard.some((said) => said.includes('is not allowed here')),
        hearsWhy,
      );
      await noneHolding(tagOf(dir), 10_000);
    });

    it('waits for a file that another holds, before it lands, and starts from what that one made of it', async () => {
      let isHeld = (): void => undefined;
      let isWaiting = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        isHeld = resolve;
      });
      const waiting = new Promise<void>((resolve) => {
        isWaiting = resolve;
      });
      const edits = [{ read: 'both.txt' }, { edit: 'both.txt', from: 'three', to: 'three B' }];
      const { dir, env, args } = await realProject(
        cleanUp,
        {
          files: { 'both.txt': 'one\ntwo\nthree\n' },
          features: ['A', 'B'].map((name) => ({ name, verify: `grep -q ${name} both.txt`, model })),
        },
        {
          A: [{ read: 'both.txt' }, { edit: 'both.txt', from: 'one', to: 'one A' }, { say: 'A is built.' }],
          B: [...edits, ...(readsAgain ? edits : []), { say: 'B is built.' }],
        },
        {
          onAsked: async ({ feature, turn }) => {
            if (feature === 'B' && turn === 1) await held;
            if (feature === 'A' && turn === 2) {
              isHeld();
              await waiting;
            }
          },
        },
      );
      const run = startCli([...args, '--max-agents', '2'], env);
      run.onLine((line) => {
        if (JSON.parse(line).type === 'lock.waiting') isWaiting();
      });
      const { code } = await run.ended;
      const events = parseEvents(run.lines);
      assert.equal(code, 0, `${run.notes.join('\n')}\n${toldOf(events)}`);
      const order = events.flatMap((e) =>
        e.type === 'file.changed' || e.type === 'feature.passed' ? [`${e.type} ${e.featureId}`] : [],
      );
      assert.deepEqual(order, ['file.changed 1', 'feature.passed 1', 'file.changed 2', 'feature.passed 2']);
      assert.equal((await readTree(dir))['both.txt'], 'one A\ntwo\nthree B\n');
      await noneHolding(tagOf(dir), 10_000);
    });

    // The others try for minutes first, whatever they are told.
    const limits = agent === 'codex' ? it : undefined;
    limits?.('waits for its service when that asks to slow down in the midst of its work', async () => {
      let refusals = 1;
      const { dir, env, args } = await realProject(
        cleanUp,
        { features: [{ name: 'A', verify: 'test -f a.txt && test -f b.txt', model }] },
        {
          A: [{ create: 'a.txt', text: 'a\n' }, { create: 'b.txt', text: 'b\n' }, { say: 'Built.' }],
        },
        { instead: ({ turn }) => (turn === 1 && refusals-- > 0 ? tooManyRequests : undefined) },
      );
      const { code, lines, notes } = await runCli(args, env);
      const events = parseEvents(lines);
      assert.equal(code, 0, `${notes.join('\n')}\n${toldOf(events)}`);
      const [slowed] = eventsOf(events, 'throttle.changed');
      assert.match(String(slowed?.reason), /429/);
      assert.equal(eventsOf(events, 'feature.submitted').length, 1, 'half of the work is not handed in');
      assert.equal(eventsOf(events, 'feature.claimed').length, 1);
      await noneHolding(tagOf(dir), 10_000);
    });

    it('leaves no process when its run is stopped in the midst of a command', async () => {
      const command = 'tail -f /dev/null';
      const { dir, env, args } = await realProject(
        cleanUp,
        { features: [{ name: 'A', verify: command, model }] },
        { A: [{ run: command }] },
      );
      let isStopped = false;
      const run = startCli(args, env);
      run.onLine((line) => {
        const { type, step } = JSON.parse(line);
        if (type !== 'agent.progress' || !String(step).includes(command) || isStopped) return;
        isStopped = true;
        run.child.kill('SIGINT');
      });
      await run.ended;
      assert.ok(isStopped, run.notes.join('\n'));
      await noneHolding(tagOf(dir), 10_000);
    });

    for (const which of kills ?? [])
      it(`is retried as lost when ${which === 'first' ? 'it' : 'the program behind it'} is killed, and leaves no process`, async () => {
        let isAsked = (): void => undefined;
        const asked = new Promise<void>((resolve) => {
          isAsked = resolve;
        });
        let letGo = (): void => undefined;
        const open = new Promise<void>((resolve) => {
          letGo = resolve;
        });
        cleanUp.push(letGo);
        const { dir, env, args } = await realProject(
          cleanUp,
          { features: [{ name: 'A', verify: 'test -f a.txt', model }] },
          { A: [{ create: 'a.txt', text: 'a\n' }, { say: 'Built.' }] },
          {
            onAsked: () => {
              isAsked();
              return open;
            },
          },
        );
        const run = startCli(args, env);
        await Promise.race([asked, run.ended]);
        const own = (await processesHolding(tagOf(dir)))
          .filter(({ command }) => command.includes(`.bin/${agent} `) && !/bwrap/.test(command))
          .sort((a, b) => a.pid - b.pid);
        const victim = which === 'first' ? own[0] : own.at(-1);
        assert.ok(victim);
        process.kill(victim.pid, 'SIGKILL');
        const lost = new Promise<void>((resolve) => {
          run.onLine((line) => void (line.includes('"agent.ended"') && resolve()));
        });
        await Promise.race([lost, run.ended]);
        letGo();
        const { code } = await run.ended;
        const events = parseEvents(run.lines);
        assert.equal(code, 0, `${run.notes.join('\n')}\n${toldOf(events)}`);
        assert.equal(eventsOf(events, 'agent.ended')[0]?.cause, 'lost');
        assert.deepEqual(
          eventsOf(events, 'feature.claimed').map((e) => e.attempt),
          [1, 1],
        );
        await noneHolding(tagOf(dir), 10_000);
      });

    it('goes on without its command when that takes too long', async () => {
      const command = 'tail -f /dev/null';
      let left: readonly Found[] | undefined;
      const { dir, env, args } = await realProject(
        cleanUp,
        { features: [{ name: 'A', verify: command, model }] },
        { A: [{ run: command }] },
        {
          settings: { 'limits.command_timeout': 10, 'limits.verify_timeout': 10 },
          onAsked: async ({ request }) => {
            if (!JSON.stringify(request.body).includes('took longer than its time limit')) return;
            left ??= (await processesHolding(tagOf(dir))).filter((found) =>
              found.command.startsWith('tail '),
            );
          },
        },
      );
      await runCli(args, env);
      assert.deepEqual(left, []);
    });

    if (logsOut)
      it('is refused before the run when nobody is logged in, with the command that mends it', async () => {
        const features = [{ name: 'A', verify: 'true', model }];
        const { home, env, args } = await realProject(cleanUp, { features }, {});
        const { code, lines, notes } = await runCli(args, { ...env, ...logsOut.env(home) });
        assert.notEqual(code, 0);
        assert.match(notes.join('\n'), logsOut.says);
        assert.equal(
          lines.some((line) => line.includes('feature.claimed')),
          false,
        );
      });
  });

/** For whoever has to find out why a run failed. */
function toldOf(events: readonly ExternalEvent[]): string {
  return events
    .filter(({ type, featureId }) => featureId !== undefined || type === 'breaker.opened')
    .map((event) => JSON.stringify(event))
    .join('\n');
}
