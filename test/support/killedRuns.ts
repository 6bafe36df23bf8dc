// Whole runs that are killed without warning and begun again, and what somebody who looks on from outside sees of the folder
// meanwhile: at every moment what was there or what has passed, and after each new start each feature's files all or none.
import { execFile } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type ExternalEvent, startCli, userWith } from './cli';
import { processesHolding, tagOf } from './processes';
import { call, finish } from './smallProject';

const sh = promisify(execFile);

/** A file's mode and text, a folder's mode, or where a link leads; by path. */
type Tree = Readonly<Record<string, string>>;

/** What a feature makes of its files; null: no file. */
type Work = Readonly<Record<string, { readonly before: string | null; readonly after: string | null }>>;

export interface KilledRuns {
  readonly kills: number;
  /** From the start after a kill to the word that all of what was left is seen to, in milliseconds. */
  readonly recoveries: readonly number[];
  /** Looks at the whole folder. */
  readonly looks: number;
  /** What nobody may ever see, in words. */
  readonly wrongs: readonly string[];
}

const passing = [1, 2, 3, 4, 5, 6];
const needs: Readonly<Record<number, readonly number[]>> = { 3: [1], 6: [4, 5] };
const failing = 7;
const mostKillsOfOne = 12;
const betweenLooksMs = 15;

/**
 * @param next from 0 up to but not 1: decides when what is killed
 * @param kills how many in all, over as many projects as that takes
 */
export async function killRuns(next: () => number, kills: number): Promise<KilledRuns> {
  let left = kills;
  let looks = 0;
  const recoveries: number[] = [];
  const wrongs: string[] = [];
  while (left > 0 && wrongs.length === 0) {
    const base = mkdtempSync(path.join(realpathSync(tmpdir()), 'pa-killed-'));
    try {
      const project = await makeProject(path.join(base, 'project'));
      const witness = watchFrom(project);
      for (let here = 0; ; here++) {
        const death = left > 0 && here < mostKillsOfOne ? deathBy(next) : undefined;
        const life = await live(project, witness, death);
        if (life.recoveredMs !== undefined) recoveries.push(life.recoveredMs);
        if (!life.isKilled) break;
        left--;
      }
      looks += witness.close();
      wrongs.push(...witness.wrongs, ...(await atTheEnd(project)));
    } finally {
      rmSync(base, { recursive: true, force: true });
    }
  }
  return { kills: kills - left, recoveries, looks, wrongs };
}

/** When a run is killed: so long after so many events of a kind. */
interface Death {
  readonly of: readonly string[];
  readonly afterEvents: number;
  readonly afterMs: number;
  /** Its workers and their commands die with it. */
  readonly isAll: boolean;
}

/** Every other one at about the time at which what was checked enters the folder: that is over soon. */
function deathBy(next: () => number): Death {
  const isAll = next() < 0.5;
  return next() < 0.5
    ? { of: ['verify.finished'], afterEvents: 1 + Math.floor(next() * 3), afterMs: next() * 60, isAll }
    : { of: [], afterEvents: 1 + Math.floor(next() ** 2 * 150), afterMs: next() * 30, isAll };
}

interface Life {
  readonly isKilled: boolean;
  readonly recoveredMs?: number;
}

/** One start of the command, to its end or its death. */
async function live({ dir, env }: Project, witness: Witness, death: Death | undefined): Promise<Life> {
  const startedAt = performance.now();
  let recoveredMs: number | undefined;
  const passed = new Set<number>();
  const run = startCli(['run', '--project-dir', dir, '--max-agents', '3', '--json'], env);
  let seen = 0;
  let isTime = (): void => undefined;
  const time = new Promise<void>((resolve) => {
    isTime = resolve;
  });
  run.onLine((line) => {
    const event: ExternalEvent = JSON.parse(line);
    if (death && (death.of.length === 0 || death.of.includes(event.type)) && ++seen === death.afterEvents)
      setTimeout(isTime, death.afterMs);
    if (event.type === 'feature.passed' && event.featureId) passed.add(event.featureId);
    if (event.type !== 'recovery.done') return;
    recoveredMs = performance.now() - startedAt;
    witness.lookForHalves();
  });
  const recovered = () => (recoveredMs === undefined ? {} : { recoveredMs });
  const end = await Promise.race([run.ended, time]);
  if (end !== undefined) {
    // One feature fails, as it should.
    if (end.code !== 1) witness.wrongs.push(`it ended with ${end.code}: ${run.notes.join('\n')}`);
    return { isKilled: false, ...recovered() };
  }
  if (death?.isAll)
    for (const { pid } of await processesHolding(tagOf(dir))) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has just ended by itself.
      }
    }
  run.child.kill('SIGKILL');
  await run.ended;
  for (const id of passed) witness.mustBeThere(id);
  return { isKilled: true, ...recovered() };
}

interface Project {
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly works: ReadonlyMap<number, Work>;
  readonly before: Tree;
  /** What Git says of it and has in it. */
  readonly git: string;
}

interface Witness {
  readonly wrongs: string[];
  /** To be called when nothing is being published. */
  lookForHalves(): void;
  /** What has been said to have passed is there for good. */
  mustBeThere(id: number): void;
  /** @returns how often it has looked */
  close(): number;
}

function watchFrom({ dir, works, before }: Project): Witness {
  const after = afterAll(before, works);
  const wrongs: string[] = [];
  let looks = 0;
  const look = (): Tree => {
    const now = treeOf(dir);
    looks++;
    for (const name of new Set([...Object.keys(now), ...Object.keys(before), ...Object.keys(after)]))
      if (now[name] !== before[name] && now[name] !== after[name] && wrongs.length < 10)
        wrongs.push(`${name} was ${now[name] ?? 'gone'}`);
    return now;
  };
  const isAs = (now: Tree, wanted: Tree, work: Work) =>
    Object.keys(work).every((name) => now[name] === wanted[name]);
  const watcher = watch(dir, { recursive: true }, look);
  watcher.on('error', () => undefined); // a folder that went while it was looked at
  const timer = setInterval(look, betweenLooksMs);
  return {
    wrongs,
    lookForHalves() {
      const now = look();
      for (const [id, work] of works)
        if (!isAs(now, before, work) && !isAs(now, after, work))
          wrongs.push(`feature ${id} was there by half`);
    },
    mustBeThere(id) {
      const work = works.get(id);
      if (!work || !isAs(look(), after, work)) wrongs.push(`feature ${id} has passed and was not there`);
    },
    close() {
      watcher.close();
      clearInterval(timer);
      return looks;
    },
  };
}

async function atTheEnd({ dir, works, before, git }: Project): Promise<readonly string[]> {
  const now = treeOf(dir);
  const wanted = afterAll(before, works);
  const names = [...new Set([...Object.keys(now), ...Object.keys(wanted)])].filter(
    (name) => now[name] !== wanted[name],
  );
  const wrongs = names.map((name) => `at the end ${name} is ${now[name] ?? 'gone'}`);
  return (await stateOfGit(dir)) === git ? wrongs : [...wrongs, 'Git has something else than before'];
}

/** Committed, changed since, untracked and ignored files of every kind, and seven features, the last of which fails. */
async function makeProject(dir: string): Promise<Project> {
  const works = new Map(passing.map((id) => [id, workOf(id)]));
  const put = (file: string, text: string, mode = 0o644) => {
    mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    writeFileSync(path.join(dir, file), text);
    chmodSync(path.join(dir, file), mode);
  };
  for (const work of [...works.values(), workOf(failing)])
    for (const [file, { before }] of Object.entries(work)) if (before !== null) put(file, before);
  put('.gitignore', 'node_modules/\ndist/\n*.db\n.env\n');
  put('check.js', check);
  put('tool.sh', '#!/bin/sh\n', 0o755);
  put('fixed.txt', 'fixed\n', 0o444);
  put('changed.txt', 'committed\n');
  const backlog = [...passing, failing].map((id) => ({
    name: `F${id}`,
    verify: `node check.js ${id}`,
    depends_on: (needs[id] ?? []).map((need) => `F${need}`),
    ...(id % 2 === 0 && { files: Object.keys(workOf(id)) }),
  }));
  put('features.json', JSON.stringify(backlog));
  put(
    'offline-script.json',
    JSON.stringify(Object.fromEntries([...passing, failing].map((id) => [`F${id}`, turnsOf(id)]))),
  );
  await sh('git', ['init', '-q', dir]);
  await sh('git', ['-C', dir, 'add', '-A']);
  const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.org'];
  await sh('git', ['-C', dir, ...who, 'commit', '-qm', 'first']);
  put('changed.txt', 'by the user\n');
  put('untracked.txt', 'by the user\n', 0o600);
  put('node_modules/p/index.js', 'module.exports = 1;\n');
  put('node_modules/.bin/p', '#!/usr/bin/env node\n', 0o755);
  put('dist/out.js', 'built\n');
  put('dev.db', 'rows\0\n');
  put('.env', 'TOKEN=ordinary-words\n', 0o600);
  mkdirSync(path.join(dir, 'empty'));
  symlinkSync('changed.txt', path.join(dir, 'link.txt'));
  const env = userWith({ 'limits.max_retries': 0 });
  return { dir, env, works, before: treeOf(dir), git: await stateOfGit(dir) };
}

function workOf(id: number): Work {
  return {
    [`src/f${id}/a.txt`]: { before: `old ${id}\n`, after: `new ${id}\n` },
    [`src/f${id}/b.txt`]: { before: `old ${id}\n`, after: `new ${id}\n` },
    [`src/f${id}/gone.txt`]: { before: `old ${id}\n`, after: null },
    [`src/f${id}/deep/made.txt`]: { before: null, after: `new ${id}\n` },
  };
}

/** Each file is something else first that is no one's to see. */
function turnsOf(id: number): readonly object[] {
  const turns = Object.entries(workOf(id)).flatMap(([file, { before, after }]) => [
    ...(before === null ? [] : [call('read_file', { path: file }, 30)]),
    call('write_file', { path: file, content: `draft ${id}\n` }, 30),
    after === null
      ? call('delete_file', { path: file }, 30)
      : call('edit_file', { path: file, edits: [{ old: 'draft', new: 'new' }] }, 30),
  ]);
  return [...turns, finish];
}

/** Passes for what its feature is to make, and leaves marks on whatever it can reach. */
const check = `const fs = require('node:fs');
const id = process.argv[2];
const text = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : null);
for (const file of ['dist/out.js', 'dev.db', 'node_modules/p/index.js', 'changed.txt', 'src/f${failing}/a.txt'])
  fs.writeFileSync(file, 'by check ' + id);
fs.chmodSync('tool.sh', 0o600);
fs.writeFileSync('dist/made by ' + id, '');
const made = ['a.txt', 'b.txt', 'deep/made.txt'].every((file) => text('src/f' + id + '/' + file) === 'new ' + id + '\\n');
process.exit(made && text('src/f' + id + '/gone.txt') === null && id !== '${failing}' ? 0 : 1);
`;

function afterAll(before: Tree, works: ReadonlyMap<number, Work>): Tree {
  const after: Record<string, string> = { ...before };
  for (const [file, { after: text }] of [...works.values()].flatMap((work) => Object.entries(work))) {
    if (text === null) delete after[file];
    else after[file] = told(0o644, text);
    const folder = path.dirname(file);
    if (text !== null) after[folder] ??= told(0o755, 'folder');
  }
  return after;
}

/** But for our own folder and Git's, which \`stateOfGit\` tells of. */
function treeOf(dir: string): Tree {
  const tree: Record<string, string> = {};
  const walk = (below: string) => {
    for (const name of readdirSync(path.join(dir, below))) {
      const at = path.posix.join(below, name);
      if (at === '.parallel-agents' || at === '.git') continue;
      try {
        const found = lstatSync(path.join(dir, at));
        const mode = found.mode & 0o7777;
        if (found.isSymbolicLink()) tree[at] = `-> ${readlinkSync(path.join(dir, at))}`;
        else if (!found.isDirectory()) tree[at] = told(mode, readFileSync(path.join(dir, at), 'utf8'));
        else {
          tree[at] = told(mode, 'folder');
          walk(at);
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // went while it was looked at
      }
    }
  };
  walk('');
  return tree;
}

function told(mode: number, what: string): string {
  return `${mode.toString(8)} ${what}`;
}

/** What no work of agents changes: commits, branches, stash, index, settings, and what Git says of the user's other files. */
async function stateOfGit(dir: string): Promise<string> {
  const git = async (...args: readonly string[]) => (await sh('git', ['-C', dir, ...args])).stdout;
  const status = await git(
    '--no-optional-locks',
    'status',
    '--porcelain',
    '--ignored',
    '--',
    '.',
    ':!src',
    ':!.parallel-agents',
  );
  const told = [
    await git('show-ref', '--head'),
    await git('stash', 'list'),
    await git('ls-files', '-s'),
    status,
  ];
  return [...told, readFileSync(path.join(dir, '.git', 'config'), 'utf8')].join('\n');
}
