// The real Codex in a whole run, against a Responses API on this machine.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import { parseEvents, readTree, runCli } from '../support/cli';
import { eventsOf } from '../support/externalProject';
import { noneHolding, tagOf } from '../support/processes';
import { needs, realProject } from '../support/realAgents';
import { call, finish } from '../support/smallProject';

describe('Codex', function () {
  this.timeout(300_000);
  const cleanUp = cleanUpAfterEach();
  before(function () {
    needs(['codex'], this);
  });

  it('builds a feature beside our own agent, under locks and the rules for files and commands', async () => {
    const { dir, env, args, api } = await realProject(
      cleanUp,
      {
        files: { 'src/a.js': 'export const one = 1;\nexport const two = 2;\n' },
        features: [
          { name: 'A', verify: 'grep -q 22 src/a.js', model: 'agent/codex' },
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
    );
    const { code, lines, notes } = await runCli(args, env);
    const events = parseEvents(lines);
    const told = JSON.stringify(
      events.filter((e) => e.featureId === 1 || e.type === 'breaker.opened'),
      null,
      1,
    );
    assert.equal(code, 0, `${notes.join('\n')}\n${told}\n${api.requests.map((r) => r.path).join('\n')}`);
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
    const tree = await readTree(dir);
    assert.match(tree['src/a.js'] ?? '', /two = 22/);
    assert.equal(tree['src/new.js'], 'export const n = 1;\n');
    assert.equal('pwned' in tree || '.vscode/tasks.json' in tree, false);
    await noneHolding(tagOf(dir), 10_000);
  });
});
