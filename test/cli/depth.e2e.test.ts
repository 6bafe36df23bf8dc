// Paths longer than the system takes, in the folder and made by an agent's command: nothing stops for them, and all of it can
// be removed again.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import { parseEvents, runCli, userWith } from '../support/cli';
import { deepName, makeDeepTree, removeDeepTree } from '../support/deepTree';
import { call, finish, writeProject } from '../support/smallProject';

/** So many that they are copied by the system's own program. */
const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, k) => [`lib/${k % 30}/${k}.txt`, `${k}`]));
const half = Array.from({ length: 150 }, () => deepName).join('/');
const deepen = `mkdir -p ${half} && cd -P ${half} && mkdir -p ${half} && cd -P ${half} && echo y > f`;

describe('a folder with paths that are too long', function () {
  this.timeout(120_000);
  const cleanUp = cleanUpAfterEach();
  before(function () {
    if (process.platform === 'win32') this.skip();
  });

  it('is worked on but for those, by this run and the next, and its copies can be removed', async () => {
    const { dir, remove } = await writeProject({
      files: { ...many, 'deepen.sh': deepen },
      features: [
        { name: 'Deep', verify: 'test -f kept.txt' },
        { name: 'Other', verify: 'true', priority: 2 },
      ],
      script: {
        Deep: [
          call('run_command', { command: 'sh deepen.sh' }),
          call('write_file', { path: 'kept.txt', content: 'kept' }),
          finish,
        ],
        Other: [finish],
      },
    });
    cleanUp.push(remove);
    const cache = await mkdtemp(path.join(tmpdir(), 'pa-cache-'));
    cleanUp.push(() => rm(cache, { recursive: true, force: true }));
    await mkdir(path.join(dir, 'theirs'));
    makeDeepTree(path.join(dir, 'theirs'));
    const env = { ...userWith({ 'commands.allow': ['sh deepen.sh'] }), XDG_CACHE_HOME: cache };
    try {
      const first = await runCli(['run', '--project-dir', dir, '--json', '--max-agents', '1'], env);
      assert.equal(first.code, 0, first.notes.join('\n'));
      const events = parseEvents(first.lines);
      assert.ok(!events.some(({ type }) => /^breaker\.|^feature\.(failed|retried|yielded)/.test(type)));
      const [lacking] = events.filter(({ type }) => type === 'copy.incomplete');
      assert.match(JSON.stringify(lacking), /theirs\/abcdefghijklmnopqrst\/.*a path of 3\d{3} characters/);
      assert.equal(await readFile(path.join(dir, 'kept.txt'), 'utf8'), 'kept');
      assert.ok(!existsSync(path.join(dir, deepName)));
      const second = await runCli(['run', '--project-dir', dir], env);
      assert.equal(second.code, 0, second.notes.join('\n'));
      assert.equal((await runCli(['doctor', '--fix', '--project-dir', dir], env)).code, 0);
      assert.deepEqual(readdirSync(path.join(cache, 'parallel-agents')), []);
    } finally {
      removeDeepTree(path.join(dir, 'theirs'));
    }
  });
});
