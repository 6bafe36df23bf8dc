// Many processes, one workspace, and owners that are killed: at no moment do two believe that it is theirs.
import { strict as assert } from 'node:assert';
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { locate } from '../../src/hub/runtimeFolder';
import { repoRoot } from '../support/repoRoot';
import type { Report } from './ownershipChild';

const rounds = 30;
const contenders = 4;

interface Contender {
  readonly child: ChildProcess;
  /** What it said last. */
  state: Report | undefined;
}

describe('processes that claim one workspace', () => {
  let base: string;
  let root: string;
  let script: string;
  const reports = new EventEmitter();
  let alive: Contender[] = [];
  const broken: string[] = [];
  let highest = 0;

  before(async () => {
    // Not the system's temporary folder, whose path may be too long for a socket.
    base = await mkdtemp('/tmp/pa-');
    root = path.join(base, 'workspace');
    await mkdir(root);
    script = path.join(base, 'contender.cjs');
    await build({
      entryPoints: [path.join(repoRoot, 'test', 'host', 'ownershipChild.ts')],
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
    });
  });
  after(async () => {
    await Promise.all(alive.map(kill));
    await rm(base, { recursive: true });
  });

  async function start(ahead: number): Promise<Contender> {
    const child = spawn(process.execPath, [script, root, base, `${ahead}`], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const contender: Contender = { child, state: undefined };
    alive.push(contender);
    child.stderr?.on('data', (text) => broken.push(`${child.pid}: ${text}`.slice(0, 2_000)));
    createInterface({ input: child.stdout ?? assert.fail() }).on('line', (line) =>
      hear(contender, JSON.parse(line)),
    );
    while (!contender.state) await once(reports, 'report');
    return contender;
  }

  /** An owner stays one until it is killed, so a second one among the living is two at once. */
  function hear(contender: Contender, report: Report): void {
    if (report.kind === 'owner') {
      const other = alive.find((each) => each !== contender && each.state?.kind === 'owner');
      if (other) broken.push(`epoch ${report.epoch} began beside ${JSON.stringify(other.state)}`);
      if (report.epoch <= highest) broken.push(`epoch ${report.epoch} came after ${highest}`);
      highest = report.epoch;
    }
    contender.state = report;
    reports.emit('report');
  }

  async function kill(contender: Contender): Promise<void> {
    alive = alive.filter((each) => each !== contender);
    const exited = once(contender.child, 'exit');
    contender.child.kill('SIGKILL');
    await exited;
  }

  /** Waits until all that live agree on the owner, and answers it. */
  async function agreement(): Promise<Contender> {
    for (;;) {
      assert.deepEqual(broken, []);
      const owner = alive.find(({ state }) => state?.kind === 'owner');
      const { state, child } = owner ?? {};
      const agreed = alive.every((each) => {
        if (each === owner) return true;
        return (
          state?.kind === 'owner' &&
          each.state?.kind === 'follower' &&
          each.state.epoch === state.epoch &&
          each.state.ownerPid === child?.pid
        );
      });
      if (owner && agreed) return owner;
      await once(reports, 'report');
    }
  }

  it('have exactly one owner when all start at once', async () => {
    // They do not know the same of past epochs, as when some have read a store and some not.
    await Promise.all(Array.from({ length: contenders }, (_, nth) => start(nth)));
    for (const { child } of alive) child.stdin?.write('go\n');
    await agreement();
  });

  it(`have exactly one owner again each time theirs is killed, ${rounds} times`, async function () {
    this.timeout(60_000);
    for (let round = 0; round < rounds; round++) {
      const owner = await agreement();
      const fresh = await start(round % 4);
      const killed = kill(owner);
      fresh.child.stdin?.write('go\n');
      await killed;
    }
    await agreement();
    assert.ok(highest > rounds, `only ${highest} epochs`);
    const left = await readdir(await locate(root, { bases: [base] }));
    assert.ok(left.length < 12, `left behind: ${left.join(' ')}`);
  });
});
