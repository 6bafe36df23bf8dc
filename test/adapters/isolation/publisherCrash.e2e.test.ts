// Real processes that publish and are killed without warning: afterwards the workspace holds all of it, or nothing.
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { createBlobStore } from '../../../src/adapters/files/blobStore';
import { hashOf } from '../../../src/adapters/files/contentHash';
import { RuleMemory } from '../../../src/adapters/files/ruleMemory';
import { prepareStateFolder } from '../../../src/adapters/files/stateFolder';
import { createPublisher } from '../../../src/adapters/isolation/publisher';
import { fastFolder } from '../../support/fastFolder';
import { repoRoot } from '../../support/repoRoot';
import { stateOf } from './publishing';

/** By path; null: no file, else its text and whether it can be run. */
type Version = Readonly<Record<string, readonly [text: string, isProgram?: boolean] | null>>;

/** What is published, from one version to the other; `README` stays. */
interface Made {
  readonly dir: string;
  readonly before: string;
  readonly after: string;
}

interface Trial {
  readonly made: Made;
  readonly dir: string;
  /** The process dies before this changing call; below zero: at whatever moment after that one a signal reaches it. */
  readonly killAt: number;
  /** What the user saves between the crash and the next host. */
  readonly userEdit?: string;
  /** Of the tree, when the process was gone. */
  left?: string;
}

const atOnce = 2;
/** In all, and in one test: each has its own time on a busy machine. */
const [randomKills, killsTogether] = [200, 50];
const ofEachKind = 3;
/** Every so many calls the user saves one of the files before the next host comes. */
const editEach = 4;
const edited = 'src/changed-0.ts';

const few: readonly [Version, Version] = [
  {
    [edited]: ['old'],
    'src/other.ts': ['old'],
    'src/gone.ts': ['gone'],
    'empty/deep/gone.ts': ['gone'],
    'run.sh': ['#!/bin/sh\n'],
    lib: ['lib'],
    'lib/index.ts': null,
    'new/deep/new.ts': null,
    '.gitignore': ['dist\n'],
  },
  {
    [edited]: ['new'],
    'src/other.ts': ['new'],
    'src/gone.ts': null,
    'empty/deep/gone.ts': null,
    'run.sh': ['#!/bin/sh\n', true],
    lib: null,
    'lib/index.ts': ['lib'],
    'new/deep/new.ts': ['new', true],
    '.gitignore': ['dist\nout\n'],
  },
];

const many = ((): readonly [Version, Version] => {
  const each = <T>(make: (k: number) => readonly [string, T]) =>
    Object.fromEntries(Array.from({ length: ofEachKind }, (_, k) => make(k)));
  return [
    {
      ...few[0],
      ...each((k) => [`src/changed-${k}.ts`, [`old ${k}`.repeat(1000)]]),
      ...each((k) => [`old/${k}/gone.ts`, [`gone ${k}`]]),
      ...each((k) => [`bin/mode-${k}`, [`#!/bin/sh\n# ${k}`]]),
      ...each((k) => [`new/${k % 3}/new-${k}.ts`, null]),
    },
    {
      ...few[1],
      ...each((k) => [`src/changed-${k}.ts`, [`new ${k}`.repeat(2000)]]),
      ...each((k) => [`old/${k}/gone.ts`, null]),
      ...each((k) => [`bin/mode-${k}`, [`#!/bin/sh\n# ${k}`, true]]),
      ...each((k) => [`new/${k % 3}/new-${k}.ts`, [`new ${k}`]]),
    },
  ];
})();

describe('a publication under kill -9', () => {
  let temp: string;
  let program: string;

  before(async () => {
    temp = realpathSync(mkdtempSync(path.join(fastFolder(), 'publish-crash-')));
    program = path.join(temp, 'publishOnce.cjs');
    await build({
      entryPoints: [path.join(repoRoot, 'test/adapters/isolation/publishOnce.ts')],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: program,
      logLevel: 'warning',
    });
  });

  after(() => rmSync(temp, { recursive: true }));

  it('is whole or not begun after the next host, killed at every call that changes something', async function () {
    this.timeout(240_000);
    const made = await make('few', few);
    const whole = trial(made, 0);
    const { steps } = await run(undefined, whole);
    assert.equal(treeOf(whole.dir), made.after);
    assert.ok(steps > 60, `${steps} calls`);
    const kills = Array.from({ length: steps }, (_, k) => k + 1);
    const trials = kills.map((kill) => trial(made, kill));
    const withEdits = kills
      .filter((_, k) => k % editEach === 0)
      .map((kill) => ({ ...trial(made, kill), userEdit: 'mine' }));
    const said = await runAll([...trials, ...withEdits]);
    assert.equal(said.get('not begun'), 2, 'once without an edit and once with one');
    assert.ok((said.get('changedOnDisk') ?? 0) > 10);
    const mixed = trials.filter(({ left }) => left !== made.before && left !== made.after);
    assert.ok(mixed.length > 10, `only ${mixed.length} kills left a part of it`);
  });

  for (let from = 0; from < randomKills; from += killsTogether) {
    const to = from + killsTogether;
    it(`is whole after the next host, killed at moments ${from + 1} to ${to}`, async function () {
      this.timeout(240_000);
      const made = await make(`many-${from}`, many);
      const whole = trial(made, 0);
      const { steps } = await run(undefined, whole);
      assert.equal(treeOf(whole.dir), made.after);
      const trials = Array.from({ length: killsTogether }, (_, k) =>
        trial(made, -1 - Math.floor(((((from + k) * 37) % 101) * (steps - 1)) / 100)),
      );
      await runAll(trials);
      const mixed = trials.filter(({ left }) => left !== made.before && left !== made.after);
      assert.ok(mixed.length > 2, `only ${mixed.length} kills left a part of it`);
    });
  }

  /** A workspace with the first version, and the way to the second staged. */
  async function make(name: string, [from, to]: readonly [Version, Version]): Promise<Made> {
    const dir = path.join(temp, name);
    const root = path.join(dir, 'workspace');
    const place = path.join(dir, 'place');
    lay(root, { ...from, README: ['stays'] });
    lay(place, to);
    const stateDir = await prepareStateFolder(root);
    const kept = createBlobStore(stateDir);
    const publisher = createPublisher({ root, stateDir, kept, memory: new RuleMemory(stateDir) });
    const changes = Object.keys(to).map((file) => {
      const beforeAt = path.join(root, file);
      return { path: file, before: stateOf(beforeAt), beforeAt, afterAt: path.join(place, file) };
    });
    const staged = await publisher.stage(changes);
    writeFileSync(path.join(dir, 'staged.json'), JSON.stringify(staged));
    lay(place, { README: ['stays'] });
    return { dir, before: treeOf(dir), after: treeOf(dir, 'place') };
  }

  let made = 0;
  function trial(of: Made, killAt: number): Trial {
    return { made: of, killAt, dir: path.join(temp, `trial-${++made}`) };
  }

  /** A few at a time, each lane's next process completing what its last one left. @returns how often what was said */
  async function runAll(trials: readonly Trial[]): Promise<ReadonlyMap<string, number>> {
    const said = new Map<string, number>();
    const left = trials.values();
    const lane = async () => {
      let last: Trial | undefined;
      for (const next of [...left, undefined]) {
        const { recovered } = await run(last, next);
        if (last) {
          said.set(recovered, (said.get(recovered) ?? 0) + 1);
          assertWhole(last, recovered);
          rmSync(last.dir, { recursive: true });
        }
        last = next;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
    return said;
  }

  function assertWhole({ made: { before, after }, dir, killAt, userEdit }: Trial, recovered: string): void {
    const how = `killed at ${killAt}${userEdit ? ' and an edit' : ''}: ${recovered}`;
    const now = treeOf(dir);
    if (userEdit === undefined) {
      assert.equal(now, recovered === 'not begun' ? before : after, how);
      return;
    }
    const others = (tree: string) =>
      tree
        .split('\n')
        .filter((line) => !line.startsWith(`${edited} `))
        .join('\n');
    assert.equal(others(now), others(recovered === 'ok' ? after : before), how);
    assert.equal(readFileSync(path.join(dir, 'workspace', edited), 'utf8'), userEdit, how);
  }

  /** One process: completes `begun`, then publishes in `next` until it is killed. */
  async function run(begun: Trial | undefined, next: Trial | undefined) {
    if (begun?.userEdit) writeFileSync(path.join(begun.dir, 'workspace', edited), begun.userEdit);
    if (next) cpSync(next.made.dir, next.dir, { recursive: true });
    const args = [program, begun?.dir ?? '', next?.dir ?? '', String(next?.killAt ?? 0)];
    // Without a path no Git is found, and asking it is most of what such a process does.
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: '', NODE_COMPILE_CACHE: path.join(temp, 'compiled') },
    });
    const exited = once(child, 'exit');
    let [recovered, steps] = ['', 0];
    for await (const line of createInterface({ input: child.stdout })) {
      const [word, rest = ''] = line.split(': ');
      if (word === 'recovered') recovered = rest;
      if (word === 'there') child.kill('SIGKILL');
      if (word === 'done') steps = Number(rest);
    }
    const [code, signal] = await exited;
    assert.ok(code === 0 || signal === 'SIGKILL', `ended by ${code ?? signal}`);
    if (next && next.killAt > 0) assert.equal(signal, 'SIGKILL', `no call ${next.killAt}`);
    if (next) next.left = treeOf(next.dir);
    return { recovered, steps };
  }
});

function lay(root: string, version: Version): void {
  for (const [file, content] of Object.entries(version)) {
    if (content === null) continue;
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), content[0]);
    chmodSync(path.join(root, file), content[1] ? 0o755 : 0o644);
  }
}

/** A line for every file and folder but `.parallel-agents`: its path, its mode, and the hash of its content. */
function treeOf(dir: string, name = 'workspace'): string {
  const root = path.join(dir, name);
  const lines = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => !file.startsWith('.parallel-agents'))
    .map((file) => {
      const stat = lstatSync(path.join(root, file));
      const content = stat.isDirectory() ? 'folder' : hashOf(readFileSync(path.join(root, file)));
      return `${file} ${(stat.mode & 0o777).toString(8)} ${content}`;
    });
  return lines.sort().join('\n');
}
