// Commands in a place see it at the workspace's own path: run as in a run, by the real guard and bubblewrap.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCommandRunner } from '../../../src/adapters/process/commandRunner';
import { findViewMaker } from '../../../src/adapters/process/diskView';
import { Failure } from '../../../src/ports/failure';
import type { CommandRun } from '../../../src/ports/workers';
import { repoRoot } from '../../support/repoRoot';
import { type Tree, tempFolder, tempWorkspace } from '../files/tempWorkspace';
import { noSurvivor } from '../process/survivors';
import { placesOnly } from './tempPlaces';

const slot = 1;
const runner = createCommandRunner({
  guardPath: path.join(repoRoot, 'dist', 'guard.js'),
  execPath: process.execPath,
  graceMs: 500,
});

describe('the view of a place', () => {
  before(async function () {
    const [from, at] = [path.join(repoRoot, 'dist'), path.join(repoRoot, 'src')];
    if ((await findViewMaker(from, at, process.env)) === undefined) this.skip();
  });

  it('has what names the workspace lead into the place, and leaves the workspace alone', async () => {
    const { root, run, place, theirs } = await inPlace({ 'a.txt': 'a\n', 'out/old.txt': 'old\n' });
    const { exitCode, outputTail } = await run(
      `pwd; echo mine > ${root}/a.txt; rm -r ${root}/out; echo x > "$PWD/new.txt"; ls -A; exit 7`,
    );
    assert.equal(outputTail, `${root}\na.txt\nnew.txt\n`);
    assert.equal(exitCode, 7);
    assert.deepEqual(place(), { 'a.txt': 'mine\n', 'new.txt': 'x\n' });
    assert.deepEqual(theirs(), { 'a.txt': 'a\n', 'out/old.txt': 'old\n' });
  });

  it('has variables of the user name what they name, and ends for Git above the workspace', async () => {
    const around = path.dirname((await tempWorkspace()).root);
    const { root, run } = await inPlace({ 'a.txt': 'a\n' }, (own) => ({ PYTHONPATH: `${own}/src` }));
    const { outputTail } = await run('echo $PYTHONPATH; echo $GIT_CEILING_DIRECTORIES');
    assert.equal(outputTail, `${root}/src\n${around}\n`);
  });

  it('has Git answer as in the workspace, and keeps what it does', async () => {
    const { root, run } = await inPlace({ 'a.txt': 'a\n', 'b.txt': 'b\n' }, undefined, (own) => {
      git(own, 'init', '-q', '-b', 'main');
      git(own, 'add', '.');
      git(own, 'commit', '-qm', 'first');
      git(own, 'rm', '-q', '--cached', 'b.txt');
    });
    const before = git(root, 'status', '--porcelain') + git(root, 'log', '--oneline');
    const { outputTail } = await run(
      'git status --porcelain; git log --oneline; git rev-parse --show-toplevel',
    );
    assert.equal(outputTail, `${before}${root}\n`);
    const made = await run(
      'echo more >> a.txt; git add a.txt; git -c user.name=x -c user.email=x@y commit -qm second; git log --format=%s',
    );
    assert.equal(made.outputTail, 'second\nfirst\n');
    assert.equal(git(root, 'status', '--porcelain') + git(root, 'log', '--oneline'), before);
  });

  it('has Git answer without a word of complaint in a submodule', async () => {
    const library = (await tempWorkspace({ 'lib.txt': 'lib\n' })).root;
    git(library, 'init', '-q');
    git(library, 'add', 'lib.txt');
    git(library, 'commit', '-qm', 'first');
    const { run } = await inPlace({ 'a.txt': 'a\n' }, undefined, (own) => {
      git(own, 'init', '-q');
      git(own, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'vendor/lib');
      git(own, 'add', 'a.txt');
      git(own, 'commit', '-qm', 'all');
    });
    const told = await run(
      'git status --short; git -C vendor/lib log --format=%s; git submodule status | wc -l',
    );
    assert.equal(told.outputTail, 'first\n1\n');
  });

  it('lets what links out of the workspace lead to be read, and not written, whatever way leads there', async () => {
    const outside = (await tempWorkspace({ 'data/x.txt': 'x\n', 'one.txt': 'one\n' })).root;
    const { run, seen } = await inPlace({ 'a.txt': 'a\n' }, undefined, (own) => {
      symlinkSync(path.join(outside, 'data'), path.join(own, 'data'));
      symlinkSync(path.relative(own, path.join(outside, 'one.txt')), path.join(own, 'one.txt'));
      symlinkSync(path.join(outside, 'gone'), path.join(own, 'gone'));
      symlinkSync(tmpdir(), path.join(own, 'temp'));
      symlinkSync('/dev/null', path.join(own, 'null'));
      symlinkSync(process.execPath, path.join(own, 'program'));
    });
    const told = await run(
      `cat data/x.txt one.txt; echo evil > data/x.txt; echo evil > one.txt; rm ${outside}/data/x.txt; touch data/new; echo > null; : > "$(mktemp -p temp)" && echo temp`,
    );
    assert.match(told.outputTail, /^x\none\n/);
    assert.equal(told.outputTail.match(/Read-only file system/g)?.length, 4);
    assert.match(told.outputTail, /\ntemp\n$/);
    assert.deepEqual(
      ['data/x.txt', 'one.txt'].map((file) => readFileSync(path.join(outside, file), 'utf8')),
      ['x\n', 'one\n'],
    );
    assert.deepEqual(readdirSync(path.join(outside, 'data')), ['x.txt']);
    assert.deepEqual((await seen()).linksOut, ['data', 'one.txt', 'temp']);
  });

  it('closes the sockets of those who would be led to the workspace by its path', async () => {
    const socket = path.join(tempFolder(), 'docker.sock');
    const server = createServer((one) => one.end('here')).listen(socket);
    try {
      const { run } = await inPlace({ 'a.txt': 'a\n' }, () => ({ DOCKER_HOST: `unix://${socket}` }));
      const connect = `require('node:net').connect(${JSON.stringify(socket)})`;
      const told = ".on('data', (d) => console.log(String(d))).on('error', (e) => console.log(e.code))";
      const { outputTail } = await run(`node -e "${connect.replaceAll('"', '\\"')}${told}"`);
      assert.equal(outputTail, 'ECONNREFUSED\n');
    } finally {
      server.close();
    }
  });

  it('leaves nothing of a command that takes too long', async () => {
    const { run, tag } = await inPlace({ 'a.txt': 'a\n' });
    const { timedOut } = await run('sleep 600 & sleep 600', { timeoutMs: 300 });
    assert.ok(timedOut);
    await noSurvivor(tag);
  });

  describe('with processes of its own', () => {
    before(async function () {
      const maker = await findViewMaker(path.join(repoRoot, 'dist'), path.join(repoRoot, 'src'), process.env);
      if (!maker?.ownProcesses) this.skip();
    });

    /** One that nothing tells it by that a command gave it, and that says when it is asked to end. */
    const hidden = (name: string, words = '') =>
      `env -i setsid /bin/sh -c 'trap "echo asked > ${name}; exit" TERM; echo > up-${name}; while :; do sleep 0.01; done' ` +
      `${words} >/dev/null 2>&1 & while [ ! -e up-${name} ]; do sleep 0.01; done`;

    it('leaves none of them, whatever they strip off, and asks them to end', async () => {
      const { run, place } = await inPlace({ 'a.txt': 'a\n' });
      const mark = randomBytes(8).toString('hex');
      const { exitCode, outputTail } = await run(`${hidden(mark)}; echo done; exit 5`);
      assert.deepEqual([exitCode, outputTail], [5, 'done\n']);
      assert.deepEqual(running(mark), []);
      assert.equal(place()[mark], 'asked\n');
    });

    it('tells how much the command wrote in it', async () => {
      const { run } = await inPlace({ 'a.txt': 'a\n' });
      const { wroteBytes = 0 } = await run('head -c 3000000 /dev/zero > zeros');
      assert.ok(wroteBytes >= 3_000_000 && wroteBytes < 3_100_000, `${wroteBytes} bytes`);
    });

    it('leaves none of them that does not end when it is asked', async () => {
      const { run } = await inPlace({ 'a.txt': 'a\n' });
      const mark = randomBytes(8).toString('hex');
      await run(
        `env -i setsid /bin/sh -c 'trap "" TERM; while :; do sleep 1; done' ${mark} > /dev/null 2>&1 &`,
      );
      assert.deepEqual(running(mark), []);
    });

    it('leaves none of them when its guard is killed', async () => {
      const { run, tag } = await inPlace({ 'a.txt': 'a\n' });
      const mark = randomBytes(8).toString('hex');
      const { exitCode } = await run(`${hidden(mark)}; echo up; sleep 600`, {
        onOutput: () => {
          for (const pid of guards(tag)) process.kill(pid, 'SIGKILL');
        },
      });
      assert.equal(exitCode, null);
      assert.deepEqual(running(mark), []);
    });

    it('shows it no others, and has it end none', async () => {
      const { run } = await inPlace({ 'a.txt': 'a\n' });
      const told = await run(`kill -0 ${process.pid} 2>&1; cat /proc/*/comm | sort -u | tr '\\n' ' '`);
      assert.match(told.outputTail, /[Nn]o such process/);
      assert.ok(!told.outputTail.includes('node'), told.outputTail);
    });

    it('ends with all its group, as scripts have it, and that is an end of its own', async () => {
      const { run } = await inPlace({ 'a.txt': 'a\n' });
      const { exitCode, outputTail } = await run('trap "kill 0" EXIT; sleep 600 & echo done');
      assert.deepEqual([exitCode, outputTail], [143, 'done\n']);
    });

    it('counts what CPU time it took', async () => {
      const { run } = await inPlace({ 'a.txt': 'a\n' });
      const busy =
        'let until = process.cpuUsage().user + 200_000; while (process.cpuUsage().user < until) for (let k = 0; k < 1e6; k++);';
      const node = `'${process.execPath}' -e '${busy}'`;
      const { cpuMs = 0 } = await run(`${node} & ${node}; wait`);
      assert.ok(cpuMs >= 390 && cpuMs < 5_000, `${cpuMs} ms of two times 200`);
    });

    it('says no more of how it ended than it prints', async () => {
      const { run } = await inPlace({ 'a.txt': 'a\n' });
      const { exitCode, outputTail } = await run('echo out; echo err >&2; kill -KILL $$');
      assert.deepEqual([exitCode, outputTail], [137, 'out\nerr\n']);
      const unknown = await run('true', { shell: '/no/such/shell' });
      assert.match(unknown.outputTail, /\/no\/such\/shell/);
    });
  });

  it('is ended with a command that ends all its group, where it has no processes of its own either', async () => {
    const { run, view } = await inPlace({ 'a.txt': 'a\n' });
    const shared = { program: view.program, mounts: view.mounts };
    for (const command of ['echo done; kill 0', 'trap "kill 0" EXIT; sleep 600 & echo done']) {
      const { exitCode, outputTail } = await run(command, { view: shared });
      assert.deepEqual([exitCode, outputTail], [null, 'done\n'], command);
    }
    assert.equal((await run('exit 3', { view: shared })).exitCode, 3);
  });

  it('says it when the view cannot be made, and takes it for no end of the command', async () => {
    const { run, root, view } = await inPlace({ 'a.txt': 'a\n' });
    const mounts = [{ from: '/no/such/folder', at: root }];
    await assert.rejects(run('true', { view: { ...view, mounts } }), (error) => {
      assert.ok(Failure.is(error, 'spawn'));
      assert.match(error.message, /could not be shown to the command.*\/no\/such\/folder/s);
      return true;
    });
    const { exitCode } = await run('exit 1');
    assert.equal(exitCode, 1, 'a command that ends so is one that ran');
  });
});

/** Processes with this in their words. */
function running(words: string): readonly string[] {
  return commandLines()
    .filter(([, line]) => line.includes(words))
    .map(([, line]) => line);
}

/** Of commands that carry the tag. */
function guards(tag: string): readonly number[] {
  return commandLines()
    .filter(([pid, line]) => line.includes('guard.js') && environmentOf(pid).includes(tag))
    .map(([pid]) => pid);
}

function commandLines(): readonly (readonly [pid: number, line: string])[] {
  const pids = readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid);
  return pids.map((pid) => [pid, textOf(`/proc/${pid}/cmdline`)] as const);
}

function environmentOf(pid: number): string {
  return textOf(`/proc/${pid}/environ`);
}

/** Empty where the process has just gone. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

async function inPlace(
  files: Tree,
  variables: (root: string) => Record<string, string> = () => ({}),
  set: (root: string) => void = () => {},
) {
  const { root, user, tree: treeIn } = await tempWorkspace(files);
  set(root);
  const places = placesOnly(
    { root, user },
    {
      variables: () => variables(root),
      viewMaker: (from, at) => findViewMaker(from, at, process.env),
    },
  );
  await places.prepare(slot);
  const { cwd, env, view } = await places.commandPlace(slot);
  const tag = randomBytes(16).toString('hex');
  const run = (command: string, more: Partial<CommandRun> = {}) =>
    runner.run({ command, cwd, env, ...(view && { view }), timeoutMs: 60_000, tag, ...more });
  return {
    root,
    run,
    tag,
    seen: () => places.seen(slot),
    view: view ?? assert.fail(),
    place: () => treeIn(places.folderOf(slot)),
    theirs: () => treeIn(),
  };
}

function git(folder: string, ...args: readonly string[]): string {
  const identity = ['-c', 'user.name=x', '-c', 'user.email=x@example.com'];
  return execFileSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8' });
}
