// One folder in two containers that share nothing else, neither processes nor /tmp: one builds, the other says who does.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import { parseEvents, runCli, startCli } from '../support/cli';
import { repoRoot } from '../support/repoRoot';
import { finish, writeProject } from '../support/smallProject';

/** A new one for what it runs, with the folder at /mnt, and a /tmp of its own. */
const container =
  'mount --bind "$0" /mnt && mount -t tmpfs tmpfs /tmp && cd /mnt/project && exec "$NODE" /mnt/dist/cli.js "$@"';

function canContain(): boolean {
  try {
    execFileSync('unshare', ['-rmpf', '--mount-proc', 'test', '-d', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('a folder in two containers', function () {
  this.timeout(120_000);
  const cleanUp = cleanUpAfterEach();

  it('is worked on by one, and the other is told whose it is, until that one is gone', async function () {
    if (!canContain()) return this.skip();
    const box = realpathSync(mkdtempSync(path.join(tmpdir(), 'pa-two-')));
    cleanUp.push(async () => rmSync(box, { recursive: true, force: true }));
    const made = await writeProject({
      features: [{ name: 'A', verify: 'until [ -e /mnt/go ]; do sleep 0.1; done' }],
      script: { A: [finish] },
    });
    cleanUp.push(made.remove);
    cpSync(made.dir, path.join(box, 'project'), { recursive: true });
    cpSync(path.join(repoRoot, 'dist'), path.join(box, 'dist'), { recursive: true });
    cpSync(path.join(repoRoot, 'package.json'), path.join(box, 'package.json'));
    cpSync(process.execPath, path.join(box, 'node')); // Node’s own folder may lie in /tmp, too
    const run = (name: string) =>
      new Promise<{ code: number; out: string; err: string }>((resolve) => {
        mkdirSync(path.join(box, name), { recursive: true });
        const env = {
          PATH: process.env.PATH,
          NODE: '/mnt/node',
          HOME: `/mnt/${name}`,
          XDG_CONFIG_HOME: '/mnt/config',
          XDG_CACHE_HOME: `/mnt/${name}`,
        };
        const args = ['-rmpf', '--mount-proc', 'sh', '-c', container, box];
        const ask = ['run', '--project-dir', '.', '--json'];
        execFile('unshare', [...args, ...ask], { env, cwd: '/' }, (error, out, err) =>
          resolve({ code: error ? Number(error.code) : 0, out, err }),
        );
      });
    const first = run('one');
    /** What the first says where it ends before it is to. */
    const early = first.then(({ code, out, err }) =>
      assert.fail(`The first ended with ${code}.\n${out}${err}`),
    );
    early.catch(() => undefined);
    const taken = async () => {
      while (!existsSync(path.join(box, 'project/.parallel-agents/owner.json'))) await pause(100);
    };
    await Promise.race([taken(), early]);
    const second = await Promise.race([run('two'), early]);
    assert.notEqual(second.code, 0);
    assert.match(second.err, /on another machine or in another container: process \d+ on ".+" has it/);
    writeFileSync(path.join(box, 'go'), '');
    const { code, out, err } = await first;
    assert.equal(code, 0, err);
    const claims = parseEvents(out.trim().split('\n')).filter((e) => e.type === 'feature.claimed');
    assert.equal(claims.length, 1, 'nothing was taken from it');
    assert.equal((await run('two')).code, 0, 'it is free again');
  });

  for (const [what, sign, says] of [
    [
      'another machine gave a sign just now',
      JSON.stringify({ place: 'x', host: 'laptop', pid: 12, token: 't', beat: 1 }),
      /⏳ This folder was at work on another machine .*: process 12 on "laptop" had it\. .* watched whether/,
    ],
    ['nobody can understand its sign', '{{{', undefined],
  ] as const) {
    it(`is had soon where ${what}, and within 5 s it is told why it takes time`, async () => {
      const { dir, remove } = await writeProject({
        features: [{ name: 'A', verify: 'true' }],
        script: { A: [finish] },
      });
      cleanUp.push(remove);
      assert.equal((await runCli(['run', '--project-dir', dir])).code, 0);
      for (const command of ['status', 'run', 'stop']) {
        writeFileSync(path.join(dir, '.parallel-agents/owner.json'), sign);
        const startedAt = Date.now();
        const { notes, ended } = startCli([command, '--project-dir', dir]);
        while (says && !notes.some((note) => says.test(note))) {
          await Promise.race([ended, pause(50)]);
          assert.ok(Date.now() - startedAt < 10_000, notes.join('\n')); // 5 s are promised; others share the machine
        }
        const { code } = await ended;
        assert.equal(code, command === 'stop' ? 2 : 0, notes.join('\n')); // no run is open
        // That is said of every command that takes so long, as all do on a machine that others use.
        if (Date.now() - startedAt < 5_000)
          assert.ok(!notes.some((note) => /takes long/.test(note)), notes.join('\n'));
        if (!says) assert.ok(!notes.some((note) => /another machine/.test(note)), notes.join('\n'));
      }
    });
  }
});
