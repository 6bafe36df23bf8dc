// What becomes of a run whose agents of other makers crash, hang, heed nothing, are not there or not logged in.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import { parseEvents, runCli, startCli, userWith } from '../support/cli';
import { eventsOf, externalProject, fakeAgent, mine, scratchFolder } from '../support/externalProject';
import { noneHolding, processesHolding, tagOf, written } from '../support/processes';
import { writeProject } from '../support/smallProject';

const one = { features: [{ name: 'A', verify: 'test -f a.txt', model: mine }] };
const noRetry = { settings: { 'limits.max_retries': 0 } };

describe('agents of other makers in trouble', () => {
  const cleanUp = cleanUpAfterEach();

  it('are retried as lost when they crash, which is told as what it was and costs no attempt', async () => {
    const once = path.join(await scratchFolder(cleanUp), 'crashed');
    const steps = {
      A: [
        [
          { edit: 'a.txt', content: 'a\n' },
          { crash: 9, once },
        ],
      ],
    };
    const { env, args } = await externalProject(cleanUp, one, steps, noRetry);
    const { code, lines, notes } = await runCli(args, env);
    assert.equal(code, 0, notes.join('\n'));
    const events = parseEvents(lines);
    assert.deepEqual(
      eventsOf(events, 'feature.claimed').map((e) => e.attempt),
      [1, 1],
    );
    const [lost] = eventsOf(events, 'agent.ended');
    assert.equal(lost?.cause, 'lost');
    assert.match(
      String(lost?.note),
      /^mine ended with code 9 in the midst of its work\. It last said: out of my mind/,
    );
  });

  const ends: readonly (readonly [string, NodeJS.Signals])[] = [
    ['is stopped', 'SIGINT'],
    ['is killed', 'SIGKILL'],
  ];
  for (const [how, signal] of ends) {
    it(`leave no process when their run ${how}, though they heed nothing`, async () => {
      const log = path.join(await scratchFolder(cleanUp), 'reached');
      const steps = [
        { ignoreCancel: true },
        { edit: 'a.txt', content: 'a' },
        { log },
        { hang: true, child: true },
      ];
      const { dir, env, args } = await externalProject(cleanUp, one, { A: [steps] });
      const run = startCli(args, env);
      await written(log);
      assert.ok((await processesHolding(fakeAgent)).length > 0);
      run.child.kill(signal);
      await run.ended;
      await noneHolding(tagOf(dir), 20_000);
      assert.equal(existsSync(path.join(dir, 'a.txt')), false);
    });
  }

  it('are ended at the limits of time and of actions', async () => {
    const edits = Array.from({ length: 12 }, (_, k) => ({ edit: `${k}.txt`, content: 'x' }));
    const features = ['slow', 'busy'].map((name) => ({ name, verify: 'true', model: mine }));
    const { dir, env, args } = await externalProject(
      cleanUp,
      { features },
      { slow: [[{ hang: true, child: true }]], busy: [edits] },
      { settings: { 'limits.max_session_duration': 8, 'limits.max_actions': 3, 'limits.max_retries': 0 } },
    );
    const { code, lines } = await runCli([...args, '--max-agents', '2'], env);
    assert.equal(code, 1);
    const reached = eventsOf(parseEvents(lines), 'limit.reached').map((e) => `${e.featureId} ${e.limit}`);
    assert.deepEqual(reached.sort(), ['1 max_session_duration', '2 max_actions']);
    await noneHolding(tagOf(dir), 5_000);
  });

  it('give up with their last words where they changed nothing', async () => {
    const steps = [{ read: 'features.json' }, { say: 'The wishes ' }, { say: 'contradict each other.' }];
    const { env, args } = await externalProject(cleanUp, one, { A: [steps] }, noRetry);
    const { code, lines } = await runCli(args, env);
    assert.equal(code, 1);
    const [failed] = eventsOf(parseEvents(lines), 'feature.failed');
    assert.match(JSON.stringify(failed), /The wishes contradict each other\./);
  });

  it('wait with all others when their service asks to slow down, and go on', async () => {
    const once = path.join(await scratchFolder(cleanUp), 'asked');
    const error = { code: -32603, message: 'Slow down', data: { errorKind: 'rate_limit' } };
    const steps = {
      A: [
        [
          { error, once },
          { edit: 'a.txt', content: 'a' },
        ],
      ],
    };
    const { env, args } = await externalProject(cleanUp, one, steps);
    const { code, lines, notes } = await runCli(args, env);
    assert.equal(code, 0, notes.join('\n'));
    const events = parseEvents(lines);
    const [slowed] = eventsOf(events, 'throttle.changed');
    assert.match(String(slowed?.reason), /^mine: Slow down/);
    assert.equal(eventsOf(events, 'feature.claimed').length, 1);
  });

  const troubles: readonly (readonly [string, string, RegExp])[] = [
    ['nobody is logged in', 'nologin', /mine is not logged in.*Authentication required/],
    ['it speaks another version', 'badversion', /mine speaks version 99 of the Agent Client Protocol/],
    ['it does not even begin', 'die', /mine ended with code 7.*cannot find my wits/],
  ];
  for (const [what, how, says] of troubles) {
    it(`tell as trouble, and count against no feature, that ${what}`, async () => {
      const { env, args } = await externalProject(cleanUp, one, {}, { how: [how] });
      const { code, lines, notes } = await runCli(args, env);
      assert.equal(code, 1);
      const events = parseEvents(lines);
      const [opened] = eventsOf(events, 'breaker.opened');
      assert.equal(opened?.cause, 'agent');
      assert.match(String(opened?.message), says);
      assert.deepEqual(eventsOf(events, 'feature.failed'), []);
      assert.match(notes.join('\n'), /nothing was counted against any feature/);
    });
  }

  const refused: readonly (readonly [string, RegExp])[] = [
    ['agent/nobodys', /There is no agent "nobodys"; parallelAgents\.agents .*claude-code/],
    ['agent/claude-code', /Claude Code cannot be started: there is no program claude.*`npm install -g @anth/],
    ['agent/gone', /gone cannot be started: there is no program no-such-program/],
  ];
  for (const [model, says] of refused)
    for (const flags of [[], ['--model', model]]) {
      it(`refuses ${model} before the run, with the mend, ${flags.length > 0 ? 'named for it' : 'named by a feature'}`, async () => {
        const features = [{ name: 'A', verify: 'true', ...(flags.length === 0 && { model }) }];
        const { dir, remove } = await writeProject({ features, script: {} });
        cleanUp.push(remove);
        const env = {
          ...userWith({ agents: { gone: { command: ['no-such-program'] } } }),
          PATH: '/usr/bin:/bin',
        };
        const { code, lines, notes } = await runCli(['run', '--project-dir', dir, ...flags], env);
        assert.notEqual(code, 0);
        assert.match(notes.join('\n'), says);
        assert.doesNotMatch(lines.join('\n'), /Started/);
      });
    }

  it('are not taken from the settings of a workspace', async () => {
    const theirs = { command: ['/bin/sh', '-c', 'touch owned'] };
    const { dir, remove } = await writeProject({
      files: { '.vscode/settings.json': JSON.stringify({ 'parallelAgents.agents': { theirs } }) },
      features: [{ name: 'A', verify: 'true', model: 'agent/theirs' }],
      script: {},
    });
    cleanUp.push(remove);
    const { code, notes } = await runCli(['run', '--project-dir', dir]);
    assert.notEqual(code, 0);
    assert.match(notes.join('\n'), /There is no agent "theirs"/);
  });
});
