// A backlog made from real history: consecutive changes of a repository, with what replays each of them.
import path from 'node:path';
import { judgeChange } from '../../../src/core/features/judgeChange';
import { isSecret } from '../../../src/core/guardrails/secretFiles';
import type { WorkspacePath } from '../../../src/core/locks/lockPath';
import {
  blobReader,
  git,
  joined,
  pathsOf,
  type RealChange,
  readChanges,
  readTreeOf,
  type Version,
} from './gitRepository';
import { findNeeds, type OrderRule } from './order';
import { Probe } from './probe';
import { writePuts } from './puts';
import { applySteps, type Entry, type Step, stepsOf, type Tree, turnsOf } from './steps';
import { copyTree, makeUserFolder, putEntries } from './userFolder';

export interface HistoryOptions {
  /** A local Git repository, with or without a work tree; it is only read. */
  readonly repo: string;
  /** The first change; without it the last ones are meant. */
  readonly from?: string;
  readonly changes: number;
  readonly check: string;
  /** What installs the packages; by default what npm would be told to do. */
  readonly install?: string;
  /** What brings the packages in line with a changed lockfile, as the user's setting has it in the agents' copies. */
  readonly setUp?: string;
  readonly rule: OrderRule;
  /** A folder for all that is made on the way; outside of any repository. */
  readonly base: string;
}

export interface RealFeature {
  readonly name: string;
  readonly description: string;
  /** Names of others. */
  readonly dependsOn: readonly string[];
  /** As the change touched them. */
  readonly files: readonly string[];
  readonly steps: readonly Step[];
  readonly turns: readonly unknown[];
}

export interface RealHistory {
  /** The user's folder as it is before a run; each run works on a copy of it. */
  readonly template: string;
  readonly features: readonly RealFeature[];
  /** What every path that a feature touches is in the end; null: gone. */
  readonly last: ReadonlyMap<string, Entry | null>;
  /** Commands beside the check that agents need. */
  readonly commands: readonly string[];
  /** Files that no agent may write, and links, so that the user has put them in place before, as they are in the end. */
  readonly byHand: readonly string[];
  /** The checks alone, one after another in one folder: what no order can leave out. */
  readonly bare: { readonly wallMs: number; readonly cpuMs: number };
}

/**
 * A change whose own tree is red is joined with those after it until one is green. Writes only below `base`.
 *
 * @throws with words for people where the range cannot be used
 */
export async function prepareHistory(options: HistoryOptions): Promise<RealHistory> {
  const { repo, base } = options;
  const all = await readChanges(repo, options.changes, options.from);
  const start = await git(repo, 'rev-parse', `${all[0]?.commit}^`);
  const read = blobReader(repo);
  const touched = new Set(all.flatMap(pathsOf));
  const template = path.join(base, 'template');
  await makeUserFolder({ ...options, commit: start.trim(), dir: template, touched });

  const isLink = (version: Version | null) => version?.mode === '120000';
  const links = all.flatMap(({ files }) =>
    files.filter((file) => isLink(file.before) || isLink(file.after)).flatMap(pathsOfFile),
  );
  const denied = new Set([...links, ...[...touched].filter(isDenied)]);
  const lastTree = await readTreeOf(repo, all.at(-1)?.commit ?? 'HEAD');
  const at = async (file: string, version: Version | undefined): Promise<Entry | null> => {
    if (version?.mode === '160000') throw new Error(`${file} is a submodule; name a range without one.`);
    return version ? { mode: version.mode, bytes: await read(version.sha) } : null;
  };
  const entriesOf = async (tree: ReadonlyMap<string, Version>, paths: Iterable<string>) => {
    const entries = new Map<string, Entry | null>();
    for (const file of paths) entries.set(file, await at(file, tree.get(file)));
    return entries;
  };
  await putEntries(template, await entriesOf(lastTree, denied));

  const changing = [...touched].filter((file) => !denied.has(file));
  const startTree = present(await entriesOf(await readTreeOf(repo, start.trim()), changing));
  await copyTree(template, path.join(base, 'probe'));
  const probe = new Probe(path.join(base, 'probe'), options, changing, startTree);
  const real: { change: RealChange; steps: readonly Step[] }[] = [];
  const tree: Tree = new Map(startTree);
  const bare = { wallMs: 0, cpuMs: 0 };
  let red: RealChange | undefined;
  let said: readonly string[] = [];
  for (const next of all) {
    const whole = red ? await joined(repo, red, next) : next;
    const change = {
      ...whole,
      files: whole.files.filter((file) => !pathsOfFile(file).some((one) => denied.has(one))),
    };
    if (change.files.length === 0) continue;
    const steps = await stepsOf(change, read);
    const then: Tree = new Map(tree);
    applySteps(then, steps);
    const checked = await probe.run(then);
    if (checked.code !== 0) {
      red = whole;
      said = checked.lines;
      continue;
    }
    red = undefined;
    bare.wallMs += checked.wallMs;
    bare.cpuMs += checked.cpuMs;
    for (const key of [...tree.keys()]) if (!then.has(key)) tree.delete(key);
    for (const [file, entry] of then) tree.set(file, entry);
    real.push({ change, steps });
  }
  if (red)
    throw new Error(
      `The check is red in the end: name another range, or --check.\n${said.slice(-30).join('\n')}`,
    );

  const isGreen = async (state: Tree) => (await probe.run(state)).code === 0;
  const needs = await findNeeds(real, { rule: options.rule, start: startTree, isGreen });
  const names = real.map(({ change }, k) =>
    `${k + 1} ${change.subjects[0] ?? ''}`.replace(/\s+/g, ' ').slice(0, 70).trim(),
  );
  const command = await writePuts(
    base,
    real.map(({ steps }) => steps),
  );
  const features = real.map(({ change, steps }, k) => ({
    name: names[k] ?? '',
    description: change.subjects.join('\n'),
    dependsOn: (needs[k] ?? []).map((other) => names[other] ?? ''),
    files: [...new Set(pathsOf(change))].sort(),
    steps,
    turns: turnsOf(steps, command(k)),
  }));
  const last = await entriesOf(lastTree, changing);
  const commands = real.flatMap(({ steps }, k) =>
    steps.some(({ kind }) => kind === 'put') ? [command(k)] : [],
  );
  return { template, features, last, commands, byHand: [...denied].sort(), bare };
}

/** Also for a feature that names it. */
function isDenied(file: string): boolean {
  return judgeChange(file as WorkspacePath, [file], isSecret).kind === 'denied';
}

function pathsOfFile({ path: file, from }: RealChange['files'][number]): readonly string[] {
  return from === undefined ? [file] : [from, file];
}

function present(entries: ReadonlyMap<string, Entry | null>): Tree {
  const tree: Tree = new Map();
  for (const [file, entry] of entries) if (entry) tree.set(file, entry);
  return tree;
}
