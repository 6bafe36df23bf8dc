// Random works in the train, with checks that leave things behind, a slow disk, saves of the user and a run that changes its
// size: whatever comes of it is held against what each check asks for.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { defaultLimits } from '../../src/core/settings/runSettings';
import { hashOf, MemoryIsolation } from '../doubles/memoryIsolation';
import { SimulatedClock } from '../doubles/simulatedClock';
import { type Behaviour, SimulatedHost, type SimulatedHostOptions } from '../doubles/simulatedHost';

const work = fc.record({
  isBad: fc.boolean(),
  durationMs: fc.constantFrom(0, 500, 3_000, 10_000, 40_000, 200_000),
  afterMs: fc.nat({ max: 30_000 }),
  addsToList: fc.boolean(),
  /** What its check does besides looking. */
  check: fc.constantFrom('formats', 'reports', 'meddles', 'only looks'),
});
type Work = { name: string } & (typeof work extends fc.Arbitrary<infer T> ? T : never);

const program = fc.record({
  works: fc.array(work, { minLength: 3, maxLength: 7 }),
  savesMs: fc.array(fc.nat({ max: 200_000 }), { maxLength: 3 }),
  resizes: fc.array(fc.record({ atMs: fc.nat({ max: 200_000 }), agents: fc.integer({ min: 1, max: 5 }) }), {
    maxLength: 3,
  }),
  slowestMs: fc.constantFrom(1, 20, 400, 5_000),
  maxAgents: fc.integer({ min: 2, max: 5 }),
  checksAtOnce: fc.integer({ min: 1, max: 5 }),
  seed: fc.nat(),
});
type Program = typeof program extends fc.Arbitrary<infer T> ? T : never;

const slowCalls = [
  'prepare',
  'bringUpToDate',
  'anticipate',
  'restore',
  'stage',
  'changes',
  'putBack',
  'news',
];

/** A workspace on a disk that takes up to so long for each call of a slot, in their order. */
function slowWorkspace(clock: SimulatedClock, slowestMs: number, seed: number): MemoryIsolation {
  const workspace = new MemoryIsolation({ ignored: ['dist'], sharedGlobs: ['list.md'] });
  let state = seed + 1;
  const nextMs = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 1;
    return state % slowestMs;
  };
  const last = new Map<unknown, Promise<unknown>>();
  return new Proxy(workspace, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (!slowCalls.includes(String(name))) return member.bind(target);
      return (slot: unknown, ...given: unknown[]) => {
        const ms = nextMs();
        const before = last.get(slot) ?? Promise.resolve();
        const done = before
          .catch(() => undefined)
          .then(() => new Promise<void>((resolve) => void clock.after(ms, resolve)))
          .then(() => member.call(target, slot, ...given));
        last.set(slot, done);
        return done;
      };
    },
  });
}

const linesOf = (files: ReadonlyMap<string, string>) => (files.get('list.md') ?? '').trim().split('\n');

/** What the check of a work asks for. */
function isThere({ name, addsToList }: Work, files: ReadonlyMap<string, string>): boolean {
  const isWhole =
    ['good', 'good!'].includes(files.get(`${name}.a`) ?? '') && files.get(`${name}.b`) === 'good';
  return isWhole && (!addsToList || linesOf(files).includes(name));
}

/** Red where the work is not there, or another is there in part, or built of what is not there any more. */
function look(own: Work, works: readonly Work[], place: Map<string, string>): boolean {
  const isTorn = works.some(({ name }) => place.has(`${name}.a`) !== place.has(`${name}.b`));
  for (const [path, text] of [...place])
    if (!path.startsWith('dist/') && !place.has(`dist/${path}`)) place.set(`dist/${path}`, text);
  const isStale = works.some(({ name }) => place.has(`dist/${name}.a`) && !place.has(`${name}.a`));
  const isGreen = isThere(own, place) && !isTorn && !isStale;
  if (own.check === 'reports') place.set(`report-${own.name}.xml`, [...place.keys()].join(' '));
  if (own.check === 'formats' && place.get(`${own.name}.a`) === 'good') place.set(`${own.name}.a`, 'good!');
  const other = works.find(({ name }) => name !== own.name && place.has(`${name}.a`));
  if (own.check === 'meddles' && other) place.set(`${other.name}.a`, 'meddled');
  return isGreen;
}

async function addToList({ desk, fence, read, wait }: Parameters<Behaviour>[0], name: string): Promise<void> {
  for (
    let tries = 0;
    tries < 100 && !linesOf(new Map([['list.md', read('list.md') ?? '']])).includes(name);
  ) {
    await desk.files.lockFile(fence, 'list.md');
    const was = read('list.md') ?? '';
    const content = `${was}${name}\n`;
    const { ok } = await desk.files.writeFile(fence, { path: 'list.md', baseHash: hashOf(was), content });
    if (!ok) await wait(50);
    tries += 1;
  }
}

/** @returns what is wrong */
async function play({ works: made, savesMs, resizes, slowestMs, seed, ...run }: Program): Promise<string[]> {
  const works = made.map((one, k): Work => ({ ...one, name: `f${k + 1}` }));
  const byName = new Map(works.map((one) => [one.name, one]));
  const clock = new SimulatedClock();
  const workspace = slowWorkspace(clock, slowestMs, seed);
  workspace.put('list.md', 'one\n');
  const problems: string[] = [];
  let checks = 0;
  const agents: SimulatedHostOptions['agents'] =
    ({ name }) =>
    async (hands) => {
      const { wait, desk, fence, read, write, handIn } = hands;
      const own = byName.get(name) ?? assert.fail();
      await wait(own.afterMs);
      for (let times = 0; times < 6; times++) {
        desk.renew(fence);
        if (!['good', 'good!'].includes(read(`${name}.a`) ?? ''))
          await write(`${name}.a`, own.isBad ? 'bad' : 'good');
        if (read(`${name}.b`) !== 'good') await write(`${name}.b`, 'good');
        if (own.addsToList) await addToList(hands, name);
        if ((await handIn()).kind !== 'returned') return;
      }
    };
  const host = await SimulatedHost.open({
    cores: { count: 8, wanted: () => undefined },
    workspace,
    clock,
    agents,
    backlog: works.map(({ name }) => ({ name })),
    settings: { ...run, limits: { ...defaultLimits, maxRetries: 0 }, sharedLocks: ['list.md'] },
    check: ({ env }, _, slot) => {
      const own = byName.get(env?.PARALLEL_AGENTS_FEATURE_NAME ?? '') ?? assert.fail();
      checks += 1;
      const isGreen = look(own, works, workspace.placeOf(slot));
      return { durationMs: own.durationMs, exitCode: isGreen ? 0 : 1 };
    },
  });
  const passed = new Set<Work>();
  host.engine.log.onStored((events) => {
    for (const e of events) {
      if (e.type === 'feature.regressed') problems.push(`feature ${e.featureId} passes no more`);
      if (e.type !== 'feature.passed') continue;
      passed.add(works[e.featureId - 1] ?? assert.fail());
      for (const one of passed)
        if (!isThere(one, workspace.files))
          problems.push(`${one.name} is not there when feature ${e.featureId} passes`);
    }
  });
  const saved = savesMs.map((_, k) => `user${k}`);
  for (const [k, ms] of savesMs.entries())
    clock.after(ms, () => workspace.put('list.md', `${workspace.files.get('list.md')}${saved[k]}\n`));
  for (const { atMs, agents: count } of resizes)
    clock.after(atMs, () => void host.engine.runs.configure(count));
  await host.start();
  for (let k = 0; k < 1_000 && host.engine.snapshot.run?.status !== 'finished'; k++)
    await clock.advance(10_000);
  await clock.advance(1_000_000); // saves that come after it
  if (host.engine.snapshot.run?.status !== 'finished') problems.push('the run does not end');
  problems.push(...host.bugs.map(String));
  const good = works.filter(({ isBad }) => !isBad);
  for (const [k, { name, isBad }] of works.entries())
    if ((host.statusOf(k + 1) === 'passing') === isBad) problems.push(`${name} is ${host.statusOf(k + 1)}`);
  const wanted = ['list.md', ...good.flatMap(({ name }) => [`${name}.a`, `${name}.b`])].sort();
  assert.deepEqual([...workspace.files.keys()].sort(), wanted, problems.join('\n'));
  const lines = ['one', ...saved, ...good.flatMap(({ name, addsToList }) => (addsToList ? [name] : []))];
  assert.deepEqual(linesOf(workspace.files).sort(), lines.sort(), problems.join('\n'));
  const most = works.length * (4 + savesMs.length + resizes.length) + 4;
  if (good.length === works.length && checks > most)
    problems.push(`${checks} checks for ${works.length} works`);
  return problems;
}

describe('works in the train', () => {
  it('pass or fail by their own checks alone, and enter whole, whatever goes on around them', async () => {
    await fc.assert(
      fc.asyncProperty(program, async (one) => assert.deepEqual(await play(one), [])),
      { numRuns: 12, seed: 11, endOnFailure: true },
    );
  });
});
