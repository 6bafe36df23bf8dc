// `copy`: the first copies of three slots beside three `cp -a` of the same tree, then what a copy costs that is
// there already, and how soon an agent thinks while its first copy is made.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { createUserRules } from '../../src/adapters/files/userRules';
import { createPlaces } from '../../src/adapters/isolation/places';
import { buildProduct } from './buildProduct';
import { mulberry32 } from './chance';
import { percentile, spread, timed } from './milliseconds';
import type { BenchOptions } from './options';
import type { Tell } from './results';
import { momentOf, nameOfStep, runSteps } from './stepsRun';

const sizes = [5_000, 50_000];
const slots = [1, 2, 3];
const filesInFolder = 8;
/** Of the files; the rest is the project's own. */
const packagesShare = 0.8;
const run = promisify(execFile);

export async function copyBench({ iterations = 4 }: BenchOptions, tell: Tell): Promise<void> {
  await buildProduct();
  for (const files of sizes) await benchTree(files, iterations, tell);
}

/**
 * The two ways take turns at being the first, and each begins with no copy on the disk and nothing left to be written: how
 * long a disk takes depends on what was there before.
 */
async function benchTree(files: number, iterations: number, tell: Tell): Promise<void> {
  const base = mkdtempSync(path.join(tmpdir(), 'copy-bench-'));
  try {
    const root = path.join(base, 'project');
    makeTree(root, files);
    const stateFolder = path.join(root, '.parallel-agents');
    mkdirSync(stateFolder);
    const user = createUserRules(root, stateFolder);
    const dir = path.join(base, 'places');
    const copies = path.join(base, 'copies');
    const open = () =>
      createPlaces({
        root,
        top: root,
        dir,
        user,
        sharedGlobs: () => [],
        staged: async () => Buffer.alloc(0),
      });
    const copyBare = () => {
      mkdirSync(copies);
      return timed(() => Promise.all(slots.map((n) => run('cp', ['-a', root, path.join(copies, `${n}`)]))));
    };
    let places = open();
    const copyOurs = async () => {
      places = open();
      const ms = await timed(() => Promise.all(slots.map((slot) => places.prepare(slot))));
      for (const slot of slots) await places.commandPlace(slot); // it rests, and keeps nothing busy any more
      return ms;
    };
    const bare: number[] = [];
    const ours: number[] = [];
    for (let k = 0; k < iterations; k++)
      for (const isOurs of [k % 2 === 1, k % 2 === 0]) {
        for (const folder of [copies, dir]) rmSync(folder, { recursive: true, force: true });
        await run('sync');
        if (isOurs) ours.push(await copyOurs());
        else bare.push(await copyBare());
      }
    rmSync(copies, { recursive: true, force: true });
    await copyOurs();
    const common = { bench: 'copy', data: `${files} files` };
    const ratios = ours.map((ms, k) => ms / (bare[k] ?? Number.NaN));
    const ratio = Math.round(percentile(ratios, 0.5) * 100) / 100;
    const [treeMiB, placeMiB] = [await sizeOf(root), await sizeOf(places.folderOf(1))];
    tell({ ...common, agents: 3, policy: 'first copies', ...spread(ours), ratio, treeMiB, placeMiB });
    tell({ ...common, agents: 3, policy: 'cp -a', ...spread(bare) });

    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const ways: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['prepared again', () => places.prepare(1)],
      ['by another host', () => open().prepare(1)],
      ['up to date', () => places.bringUpToDate(1)],
      ['changes', () => places.changes(1)],
    ];
    for (const [policy, work] of ways) {
      const warm: number[] = [];
      delay.reset();
      for (let k = 0; k < iterations + 1; k++) warm.push(await timed(work));
      const blockedMs = Math.round(delay.max / 1e6);
      const memoryMiB = Math.round(process.memoryUsage().rss / 1024 / 1024);
      tell({ ...common, agents: 1, policy, ...spread(warm.slice(1)), blockedMs, memoryMiB });
    }
    delay.disable();
    const asked = await firstRequests(root);
    tell({ ...common, agents: slots.length, policy: 'claim to first request', ...spread(asked) });
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

/** In a whole run, with nothing kept of earlier ones: how long after its claim each agent asks its model, in milliseconds. */
async function firstRequests(root: string): Promise<readonly number[]> {
  const features = slots.map((k) => ({ name: nameOfStep(k), verify: 'true' }));
  writeFileSync(path.join(root, 'features.json'), JSON.stringify(features));
  const { events, askedAt } = await runSteps(root, slots.length, async () => {});
  return slots.map((k) => (askedAt.get(k) ?? Number.NaN) - momentOf(events, 'feature.claimed', k));
}

/** Files of 0.1 to 12 KB, as most are. */
function makeTree(root: string, files: number): void {
  const chance = mulberry32(1);
  const line = 'export const value = "some text of a usual length";\n';
  for (let k = 0; k < files; k++) {
    const folder = Math.floor(k / filesInFolder);
    const top = k < files * packagesShare ? 'node_modules' : 'src';
    const at = path.join(root, top, `part${Math.floor(folder / 10)}`, `folder${folder}`);
    if (k % filesInFolder === 0) mkdirSync(at, { recursive: true });
    writeFileSync(
      path.join(at, `file${k}.js`),
      `// ${k}\n${line.repeat(2 + Math.floor(chance() ** 3 * 240))}`,
    );
  }
}

async function sizeOf(folder: string): Promise<number> {
  const { stdout } = await run('du', ['-sm', folder]);
  return Number(stdout.split('\t')[0]);
}
