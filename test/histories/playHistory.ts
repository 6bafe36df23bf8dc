// A run that has come far, played on the simulated host and written by the real store as a killed host leaves it: what a history
// of a version of the tables is made of.
import { cp, mkdir, rm } from 'node:fs/promises';
import { openSqlJsStore } from '../../src/adapters/store/sqlJsStore';
import type { Commit } from '../../src/ports/store';
import { wasmPath } from '../adapters/store/wasmPath';
import { MemoryIsolation } from '../doubles/memoryIsolation';
import { MemoryDisk, type MemoryStore } from '../doubles/memoryStore';
import { type Behaviour, doASecond, SimulatedHost } from '../doubles/simulatedHost';

const longText = 'A page with a form, and all that belongs to it.\n'.repeat(60);
const test = "test('sum', () => assert.equal(sum(1, 2), 3));\n";

const backlog = [
  { name: 'Log in', category: 'frontend', files: ['src/login.tsx'], description: longText, estimate: 5 },
  { name: 'Broken', category: 'backend', model: 'nobody/knows' },
  { name: 'On broken', depends_on: ['Broken'] },
  { name: 'Weaker', files: ['src/sum.js'], verify: 'node --test sum.test.js' },
  { name: 'Long work', files: ['src/long.ts'], resources: ['port 3000'], priority: 4 },
  { name: 'Behind it', priority: 4 },
  { name: 'On log in', depends_on: ['Log in'], priority: 5 },
  { name: 'Grüße 🚀', depends_on: ['Long work'], priority: 1 },
];

/** Never comes to an end by itself: it is at work when the host is gone. */
const atWork: Behaviour = ({ wait, write }) => write('src/long.ts', 'half').then(() => wait(1e9));

const behaviours: Readonly<Record<string, Behaviour>> = {
  Weaker: ({ write, handIn }) =>
    write('sum.test.js', test.replace('test(', 'test.skip(')).then(() => handIn()),
  'Long work': atWork,
  'Behind it': ({ wait, write }) => wait(2_000).then(() => write('src/long.ts', 'mine')),
};

class WatchedDisk extends MemoryDisk {
  readonly stores: MemoryStore[] = [];

  override async open(epoch?: number): Promise<MemoryStore> {
    const store = await super.open(epoch);
    this.stores.push(store);
    return store;
  }
}

async function playedCommits(): Promise<readonly Commit[]> {
  const disk = new WatchedDisk();
  const workspace = new MemoryIsolation();
  workspace.put('sum.test.js', test);
  const host = await SimulatedHost.open({
    disk,
    workspace,
    backlog,
    settings: { maxAgents: 4 },
    asNamed: true,
    agents: ({ name }) => behaviours[name] ?? doASecond,
    check: ({ env }) =>
      env?.PARALLEL_AGENTS_FEATURE_ID === '2'
        ? { exitCode: 1, outputTail: 'not ok 1 - it is broken\n'.repeat(100) }
        : {},
  });
  await host.start();
  await host.clock.advance(15_000);
  if (host.bugs.length > 0) throw host.bugs[0];
  return disk.stores.flatMap(({ commits }) => commits);
}

/**
 * Leaves in `dir` a database of the newest version, with a journal that goes on from it, texts and pages of old events.
 * Returns how many commits it is.
 */
export async function leaveHistory(dir: string): Promise<number> {
  const atWork = `${dir}.at-work`;
  await mkdir(atWork, { recursive: true });
  const store = await openSqlJsStore({
    dir: atWork,
    epoch: 1,
    wasmPath,
    clock: { now: () => 1_000_000 },
    snapshotAtBytes: 48 * 1024,
    keptChars: 8 * 1024, // so that there is some of each
  });
  const commits = await playedCommits();
  for (const commit of commits) await store.commit(commit);
  await cp(atWork, dir, { recursive: true }); // before it is closed, which takes the journal into the database
  await store.close();
  await rm(atWork, { recursive: true });
  return commits.length;
}
