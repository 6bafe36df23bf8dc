// `history`: real changes of a real repository, one feature each, replayed by agents over the built command line; beside the
// same checks one after another in one folder. Whatever is not as it was in history is told, and makes the bench fail.
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildProduct } from './buildProduct';
import { prepareHistory, type RealHistory } from './history/realHistory';
import { type Replay, replay } from './history/replayRun';
import type { BenchOptions } from './options';
import { summarize, type Tell } from './results';

/** A run that takes longer would take for ever. */
const limitMs = 20 * 60_000;

export async function historyBench(options: BenchOptions, tell: Tell): Promise<void> {
  const { repo, from, changes = 12, check = 'npm test', install, setup, shared, order = 'files' } = options;
  if (repo === undefined) throw new Error('Name a clone of a repository with --repo.');
  await buildProduct();
  const base = await realpath(await mkdtemp(path.join(tmpdir(), 'history-bench-')));
  const data = path.basename(path.resolve(repo).replace(/[/\\](\.git|repo)$/, ''));
  const setUp = setup === undefined ? {} : { setUp: setup };
  const given = {
    ...(from === undefined ? {} : { from }),
    ...(install === undefined ? {} : { install }),
    ...setUp,
  };
  const history = await prepareHistory({ repo, changes, check, rule: order, base, ...given }).catch(
    async (error: unknown) => {
      await rm(base, { recursive: true, force: true });
      throw error;
    },
  );
  note(describe(history));
  let wrong = 0;
  for (const isDeclared of [true, false]) {
    for (const agents of options.agents ?? [1, 3, 5]) {
      const policy = isDeclared ? 'files named' : 'no files';
      const run = { agents, isDeclared, check, limitMs, ...setUp, ...(shared ? { shared } : {}) };
      const dir = path.join(base, `${agents}-${isDeclared ? 'named' : 'free'}`);
      const done = await replay(history, { ...run, dir });
      tell({ bench: 'history', data, agents, policy, ...measured(history, done) });
      for (const sentence of [
        ...done.yeses.map((why) => `yes to ${why}`),
        ...done.wrong.map((it) => `WRONG ${it}`),
      ])
        note(`  ${sentence}`);
      wrong += done.wrong.length;
      if (done.wrong.length === 0) await rm(dir, { recursive: true, force: true });
    }
  }
  if (wrong > 0) throw new Error(`${wrong} things are wrong; the folders are in ${base}.`);
  await rm(base, { recursive: true, force: true });
}

function measured({ bare }: RealHistory, { wallMs, cpuMs, events, yeses, rounds, wrong }: Replay) {
  const count = (type: string) => events.filter((event) => event.type === type).length;
  const checks = events.filter(({ type }) => type === 'verify.finished');
  return {
    ...summarize([wallMs / bare.wallMs]),
    wallMs: Math.round(wallMs),
    bareMs: Math.round(bare.wallMs),
    cpuMs: Math.round(cpuMs),
    bareCpuMs: Math.round(bare.cpuMs),
    attempts: count('feature.claimed'),
    retries: count('feature.retried'),
    yielded: count('feature.yielded'),
    returned: count('feature.returned'),
    overlaps: count('file.conflicted'),
    waits: count('lock.waiting'),
    merges: mergedFiles(events),
    checks: checks.length,
    red: checks.filter(({ passed }) => !passed).length,
    yeses: yeses.length,
    rounds,
    wrong: wrong.length,
  };
}

/** Files that entered the folder over another state than the one that their agent had changed. */
function mergedFiles(events: Replay['events']): number {
  const began = new Map<string, unknown>();
  let merges = 0;
  for (const event of events) {
    const key = `${event.fence} ${event.path}`;
    if (event.type === 'file.changed' && !began.has(key)) began.set(key, event.before);
    if (event.type === 'file.published' && began.has(key) && began.get(key) !== event.before) merges += 1;
  }
  return merges;
}

function describe({ features, byHand, bare }: RealHistory): string {
  const rows = features.map(({ name, dependsOn, files, steps }) => {
    const needs = dependsOn.map((other) => other.split(' ')[0]).join(' ');
    const kinds = [...new Set(steps.map(({ kind }) => kind))].join(' ');
    return `  ${name}  [${files.length} files: ${kinds}]${needs ? `  needs ${needs}` : ''}`;
  });
  const hand = byHand.length > 0 ? [`  by hand before: ${byHand.join(' ')}`] : [];
  const alone = `  checks alone: ${(bare.wallMs / 1000).toFixed(1)} s, CPU ${(bare.cpuMs / 1000).toFixed(1)} s`;
  return [`${features.length} features`, ...rows, ...hand, alone].join('\n');
}

/** Beside the results, which other programs may read. */
function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
