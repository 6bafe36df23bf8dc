// A check sees no folder that the feature has emptied: neither Git nor the workspace will have it.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import { runCli, userWith } from '../support/cli';
import { call, finish, writeProject } from '../support/smallProject';

describe('a folder that a feature empties', () => {
  const cleanUp = cleanUpAfterEach();
  const remove = 'rm old/deep/a.txt old/b.txt';
  const ways: Readonly<Record<string, readonly unknown[]>> = {
    'by a command': [call('run_command', { command: remove })],
    'by its tools': ['old/deep/a.txt', 'old/b.txt'].flatMap((path) => [
      call('read_file', { path }),
      call('delete_file', { path }),
    ]),
  };
  for (const [how, turns] of Object.entries(ways)) {
    it(`is gone for its check, ${how}`, async () => {
      const { dir, remove: removeAll } = await writeProject({
        files: {
          'old/deep/a.txt': 'a',
          'old/b.txt': 'b',
          'c.txt': 'c',
          '.vscode/settings.json': '{"parallelAgents.limits.max_retries": 0}',
        },
        features: [{ name: 'remove', verify: 'test ! -e old && test -f c.txt' }],
        script: { remove: [...turns, finish] },
      });
      cleanUp.push(removeAll);
      const args = ['run', '--project-dir', dir, '--json'];
      const { code, lines, notes } = await runCli(args, userWith({ 'commands.allow': [remove] }));
      assert.equal(code, 0, [...notes, ...lines].join('\n'));
      assert.equal(existsSync(path.join(dir, 'old')), false);
    });
  }
});
