// A user of whom the system knows only a number, and who has no home: containers are often started so.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { cleanUpAfterEach } from '../support/cleanUp';
import { cliPath } from '../support/cli';
import { call, finish, writeProject } from '../support/smallProject';

const bubblewrap = 'bwrap';
const uid = '54321';
/** Shows the machine as it is, to a user by another number. */
const byNumber = ['--dev-bind', '/', '/', '--unshare-user', '--uid', uid, '--gid', uid];

describe('a user without a name', function () {
  this.timeout(120_000);
  const cleanUp = cleanUpAfterEach();

  const run = (args: readonly string[], folders: NodeJS.ProcessEnv = {}) =>
    spawnSync(bubblewrap, [...byNumber, '--die-with-parent', process.execPath, ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, ...folders },
    });

  before(function () {
    const asked = run(['-e', 'os.userInfo()']);
    if (asked.error || !/uv_os_get_passwd/.test(asked.stderr)) this.skip();
  });

  it('has features built, and is told where everything stands', async () => {
    const { dir, remove } = await writeProject({
      features: [{ name: 'First', verify: 'test -s new.txt' }],
      script: { First: [call('write_file', { path: 'new.txt', content: 'new' }), finish] },
    });
    const own = { XDG_CACHE_HOME: `${dir}.cache`, XDG_CONFIG_HOME: `${dir}.config` };
    for (const folder of [...Object.values(own), `/tmp/parallel-agents-${uid}`])
      cleanUp.push(() => rm(folder, { recursive: true, force: true }));
    cleanUp.push(remove);
    const built = run([cliPath, 'run', '--project-dir', dir], own);
    assert.equal(built.status, 0, built.stdout + built.stderr);
    // A look writes nothing, so that no folder has to be named.
    for (const [command, folders] of [
      ['status', own],
      ['doctor', own],
      ['graph', {}],
    ] as const) {
      const { status, stdout, stderr } = run([cliPath, command, '--project-dir', dir], folders);
      assert.equal(status, 0, `${command}: ${stdout}${stderr}`);
    }
  });
});
