// The user's own installation in the middle of a run, in real processes: no attempt fails for what its copy had before that.
import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import { parseEvents, startCli, userWith } from '../support/cli';
import { gateFor } from '../support/gate';
import { call, finish, writeProject } from '../support/smallProject';

describe('packages that the user installs in mid-run', () => {
  const cleanUp = cleanUpAfterEach();

  it('reach the check of an agent that was at work before, at no cost', async () => {
    const gate = await gateFor(cleanUp);
    const check = "node -e \"require('wanted'); require('kept')\"";
    const { dir, remove } = await writeProject({
      files: {
        '.gitignore': 'node_modules\n',
        'node_modules/kept/index.js': '',
        'node_modules/.cache/tool/x': '1',
        '.vscode/settings.json': '{"parallelAgents.limits.max_retries": 0}',
      },
      features: [{ name: 'a', verify: check }],
      script: { a: [gate.wait, call('write_file', { path: 'a.txt', content: 'a' }), finish] },
    });
    cleanUp.push(remove);
    const run = startCli(
      ['run', '--project-dir', dir, '--json'],
      userWith({ 'commands.allow': [gate.command] }),
    );
    await new Promise<void>((resolve) =>
      run.onLine((line) => {
        const [event] = parseEvents([line]);
        if (event?.type === 'tool.used' || event?.type === 'agent.progress')
          if (JSON.stringify(event).includes(path.basename(gate.file))) resolve();
      }),
    );
    // As npm does: what is there goes aside, the new comes by other names and is renamed.
    const at = (name: string) => path.join(dir, 'node_modules', name);
    rmSync(at('kept'), { recursive: true });
    for (const name of ['kept', 'wanted']) {
      mkdirSync(at(`.${name}-x1`));
      writeFileSync(path.join(at(`.${name}-x1`), 'index.js'), `exports.name = '${name}';`);
      renameSync(at(`.${name}-x1`), at(name));
    }
    gate.open();
    const { code, lines, notes } = { ...(await run.ended), lines: run.lines, notes: run.notes };
    assert.equal(code, 0, [...notes, ...lines].join('\n'));
    const doubts = parseEvents(lines).flatMap((e) =>
      e.type === 'verify.finished' ? [[e.passed, e.doubt]] : [],
    );
    assert.deepEqual(doubts.slice(0, 2), [
      [false, 'packages'],
      [true, undefined],
    ]);
  });
});
