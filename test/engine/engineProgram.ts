// The real engine under a program of numbers: agents that claim, lock, write, release, die and come too late, with what
// must hold checked after every step against books that the engine does not keep.

import type { Event } from '../../src/core/events/event';
import { scopeOf } from '../../src/core/events/project';
import { liveAttempts } from '../../src/core/events/snapshot';
import { stageOf } from '../../src/core/features/featureMachine';
import { includes, type LockScope, lockName } from '../../src/core/locks/lockScope';
import { defaultLimits } from '../../src/core/settings/runSettings';
import { Failure } from '../../src/ports/failure';
import { brokenLockRules } from '../core/locks/lockRules';
import { hashOf, MemoryIsolation } from '../doubles/memoryIsolation';
import { settle } from '../doubles/simulatedClock';
import { type Hands, SimulatedHost } from '../doubles/simulatedHost';

const paths = ['a', 'A', 'src/b', 'src/c', 'src/C', 'lib/d', 'e'] as const;
const shared = 'CHANGELOG.md';
const header = '# Log\n';
const declared = [[], [], ['a'], ['src/'], ['src/b', 'e'], ['lib/*', 'A'], [shared, 'e']];

/** An attempt at work, and what it has been allowed to do. */
interface Puppet {
  readonly hands: Hands;
  readonly fence: number;
  /** By path, what it last wrote. */
  readonly wrote: Map<string, string | null>;
  readonly lines: string[];
  /** Changed files by a command that others held: what becomes of them is settled when it hands in. */
  hasContested: boolean;
  /** Asked for something it has no answer to yet. */
  isWaiting: boolean;
  willPass: boolean;
}

export class EngineProgram {
  readonly seen = {
    written: 0,
    waited: 0,
    yielded: 0,
    passed: 0,
    failed: 0,
    lost: 0,
    late: 0,
    shared: 0,
    commands: 0,
    contested: 0,
    stopped: 0,
  };
  readonly #puppets = new Map<number, Puppet>();
  /** What attempts that passed made of each file. */
  readonly #committed = new Map<string, string>();
  readonly #committedLines: string[] = [];
  readonly #ended: Puppet[] = [];
  /** By fence, all that it was ever granted. */
  readonly #granted = new Map<number, LockScope[]>();
  readonly #wrongs: string[] = [];
  #told = 0;
  #lastFence = 0;
  #names = 0;
  #isHuman = false;

  private constructor(
    private readonly host: SimulatedHost,
    private readonly workspace: MemoryIsolation,
  ) {}

  static async open(agents = 4): Promise<EngineProgram> {
    const workspace = new MemoryIsolation();
    for (const path of ['src/b', 'e']) workspace.put(path, 'at first');
    workspace.put(shared, header);
    const backlog = Array.from({ length: 40 }, (_, k) => ({
      name: `F${k}`,
      files: declared[k % declared.length],
      ...(k % 5 === 4 ? { depends_on: [`F${k - 1}`] } : {}),
    }));
    const host: SimulatedHost = await SimulatedHost.open({
      backlog,
      workspace,
      settings: { maxAgents: agents, limits: { ...defaultLimits, maxRetries: 1 } },
      agents: () => (hands) => program.#begin(hands),
      check: ({ env }) => ({ exitCode: program.#passes(env?.PARALLEL_AGENTS_FEATURE_NAME) ? 0 : 1 }),
    });
    const program: EngineProgram = new EngineProgram(host, workspace);
    for (const path of ['src/b', 'e']) program.#committed.set(path, 'at first');
    await host.start();
    return program;
  }

  /** What was found to be broken by one step; empty when all holds. */
  async step(choice: number): Promise<readonly string[]> {
    const working = [...this.#puppets.values()];
    const puppet = working[choice % Math.max(1, working.length)];
    const what = Math.floor(choice / 8) % 32;
    const path = paths[Math.floor(choice / 256) % paths.length] as string;
    if (what === 0) await this.#byUser(choice);
    else if (what === 1) await this.#late(path);
    else if (!puppet) await this.#goOn(choice);
    else this.#act(puppet, what, path);
    await settle();
    if (what === 2) await this.host.clock.advance(1000);
    return this.#check();
  }

  /** Ends everything that is at work; then only what passed may be left. */
  async finish(): Promise<readonly string[]> {
    await this.host.engine.humanEditing([]);
    await this.host.engine.runs.stop();
    await settle();
    const wrongs = [...(await this.#check())];
    const { holds, waits } = this.host.engine.snapshot.locks;
    if (holds.length + waits.length > 0) wrongs.push('locks are left without anyone at work');
    // Workers that have their verdict are given a while to go by themselves.
    await Promise.all([this.host.engine.close(), this.host.clock.advance(10_000)]);
    return wrongs;
  }

  #begin(hands: Hands): Promise<never> {
    const puppet = {
      hands,
      fence: hands.fence,
      wrote: new Map(),
      lines: [],
      hasContested: false,
      isWaiting: false,
      willPass: false,
    };
    this.#puppets.set(hands.fence, puppet);
    return new Promise(() => {});
  }

  #passes(name: string | undefined): boolean {
    return [...this.#puppets.values()].some((p) => p.hands.assignment.name === name && p.willPass);
  }

  #act(puppet: Puppet, what: number, path: string): void {
    const { hands, fence } = puppet;
    const { desk } = hands;
    const run = (work: () => Promise<unknown>) => {
      puppet.isWaiting = true;
      work()
        .catch((error: unknown) => {
          if (!Failure.is(error, 'closed')) this.#wrongs.push(`a question failed: ${String(error)}`);
        })
        .finally(() => {
          puppet.isWaiting = false;
        });
    };
    if (puppet.isWaiting && what > 8) return;
    if (what === 3) hands.die();
    else if (what < 8) run(() => desk.files.lockFile(fence, path, what > 4));
    else if (what < 10) run(() => desk.files.releaseFile(fence, path.toUpperCase()));
    else if (what < 12) run(() => this.#addLine(puppet));
    else if (what === 12) run(() => this.#runCommand(puppet, path));
    else if (what === 13) run(() => desk.giveUp(fence, 'cannot'));
    else if (what < 17) {
      puppet.willPass = what < 16;
      run(() => this.#submit(puppet));
    } else run(() => this.#write(puppet, path, what === 17 ? null : `${fence}.${++this.#names}`));
  }

  async #write(puppet: Puppet, path: string, text: string | null): Promise<void> {
    const { desk, read } = puppet.hands;
    if (!(await desk.files.lockFile(puppet.fence, path)).ok) return;
    if (text === null && read(path) === undefined) return; // nothing to delete, as far as its copy goes
    if (!(await puppet.hands.write(path, text)).ok) return;
    this.#wroteAs(puppet, path, text);
    this.seen.written++;
  }

  #wroteAs(puppet: Puppet, path: string, text: string | null): void {
    if (!this.#isLive(puppet.fence)) this.#wrongs.push(`${puppet.fence} wrote ${path} after its end`);
    puppet.wrote.set(path, text);
  }

  async #addLine(puppet: Puppet): Promise<void> {
    const { desk, read } = puppet.hands;
    const line = `- ${puppet.fence}.${++this.#names}\n`;
    const text = read(shared) ?? '';
    const content = header + line + text.slice(header.length);
    const write = { path: shared, baseHash: hashOf(text), content };
    if (!(await desk.files.writeFile(puppet.fence, write)).ok) return;
    puppet.lines.push(line);
    this.seen.shared++;
  }

  /** A command changes a file in the place, whoever holds it. */
  async #runCommand(puppet: Puppet, path: string): Promise<void> {
    const { desk, assignment } = puppet.hands;
    if (!(await desk.commands.begin(puppet.fence, 'check')).ok) return;
    const text = `${puppet.fence}.${++this.#names}`;
    this.workspace.placeOf(assignment.slot).set(path, text);
    const { kept, contested } = await desk.commands.end(puppet.fence, { durationMs: 1, printed: '' });
    this.seen.commands++;
    if (kept.includes(path)) this.#wroteAs(puppet, path, text);
    if (contested.length === 0) return;
    puppet.hasContested = true;
    this.seen.contested++;
  }

  async #submit(puppet: Puppet): Promise<void> {
    const verdict = await puppet.hands.handIn();
    if (verdict.kind === 'returned') puppet.hasContested = true; // its copy has another's text now
  }

  /** Someone whose attempt is over writes as if it were not. */
  async #late(path: string): Promise<void> {
    const puppet = this.#ended[this.#names % Math.max(1, this.#ended.length)];
    if (!puppet) return;
    this.seen.late++;
    const now = this.workspace.files.get(path);
    const baseHash = now === undefined ? null : hashOf(now);
    const write = { path, baseHash, content: `late ${++this.#names}` };
    await Promise.race([
      puppet.hands.desk.files.writeFile(puppet.fence, write).then(
        ({ ok }) => ok && this.#wrongs.push(`fence ${puppet.fence} wrote ${path} after its end`),
        (error: unknown) =>
          Failure.is(error, 'closed') || this.#wrongs.push(`a late write failed: ${String(error)}`),
      ),
      settle(),
    ]);
  }

  async #byUser(choice: number): Promise<void> {
    const { engine } = this.host;
    const what = Math.floor(choice / 256) % 4;
    if (what === 0) {
      await engine.runs.stop();
      this.seen.stopped++;
    } else if (what === 1) await engine.runs.pause();
    else {
      this.#isHuman = !this.#isHuman;
      await engine.humanEditing(this.#isHuman ? ['src/B'] : []);
    }
    await settle();
    await this.#goOn(choice);
  }

  /** Whatever has come to rest is set going again. */
  async #goOn(choice: number): Promise<void> {
    const { engine } = this.host;
    const resting = Object.values(engine.snapshot.features).filter(({ state }) =>
      ['failed', 'passing', 'unconfirmed'].includes(stageOf(state)),
    );
    const again = resting[choice % Math.max(1, resting.length)];
    if (again?.state.status !== 'claimed') await (again && engine.judgement.retry(again.id));
    else if (choice % 2 === 0) await engine.judgement.confirm(again.id);
    else await engine.judgement.reject(again.id);
    const { run } = engine.snapshot;
    if (run?.status === 'finished') await this.host.start();
    else if (run?.status === 'paused') await engine.runs.resume();
  }

  async #check(): Promise<readonly string[]> {
    const wrongs = this.#wrongs.splice(0);
    const { snapshot } = this.host.engine;
    this.#follow(wrongs);
    if (this.host.broken !== undefined) wrongs.push(`the store broke: ${String(this.host.broken)}`);
    wrongs.push(...this.host.bugs.splice(0).map((bug) => `a bug: ${String(bug)}`));
    wrongs.push(...brokenLockRules({ ...snapshot.locks, human: this.#isHuman ? ['src/B'] : [] }));
    const live = new Set(liveAttempts(snapshot).map(({ fence }) => fence));
    for (const { fence, scope } of [...snapshot.locks.holds, ...snapshot.locks.waits]) {
      if (!live.has(fence)) wrongs.push(`${fence} is over and still has or wants ${lockName(scope)}`);
      if (lockName(scope) === shared) wrongs.push(`${fence} holds ${shared}`);
    }
    if (new Set(liveAttempts(snapshot).map(({ slot }) => slot)).size < live.size)
      wrongs.push('two in one slot');
    return [...wrongs, ...this.#compareFiles()];
  }

  /** Goes through what has happened since the last step. */
  #follow(wrongs: string[]): void {
    for (; this.#told < this.host.events.length; this.#told++) {
      const event = this.host.events[this.#told];
      if (event?.type === 'feature.claimed') {
        if (event.fence <= this.#lastFence) wrongs.push(`fence ${event.fence} after ${this.#lastFence}`);
        this.#lastFence = event.fence;
      }
      if (event?.type === 'lock.waiting') this.seen.waited++;
      if (event?.type === 'lock.granted') this.#grant(event.fence, scopeOf(event));
      if (event?.type === 'file.conflicted') this.#overlapped(event.fence, event.path);
      if (event?.type === 'file.published') this.#published(event, wrongs);
      if (event?.type === 'feature.passed') this.#passed(event.fence, wrongs);
      if (event?.type === 'agent.ended') this.#end(event.fence, event.cause);
    }
  }

  /** Its copy has another's text now, unless it has written its own again. */
  #overlapped(fence: number, path: string): void {
    const puppet = this.#puppets.get(fence);
    const place = this.workspace.placeOf(puppet?.hands.assignment.slot ?? 0);
    if (puppet && (place.get(path) ?? null) !== puppet.wrote.get(path)) puppet.wrote.delete(path);
  }

  #grant(fence: number, scope: LockScope): void {
    this.#granted.set(fence, [...(this.#granted.get(fence) ?? []), scope]);
  }

  #published({ fence, path, after }: Extract<Event, { type: 'file.published' }>, wrongs: string[]): void {
    if (
      path !== shared &&
      !this.#granted.get(fence)?.some((scope) => includes(scope, { kind: 'file', path }))
    )
      wrongs.push(`${fence} published ${path}, which it never held`);
    const puppet = this.#puppets.get(fence);
    if (!puppet?.hasContested) return;
    // What it settled with others is theirs and its own: no book can tell, only that it is in the workspace now.
    const put = this.workspace.writes.find(
      ({ path: at, text }) => at === path && (text === null ? null : hashOf(text)) === after,
    );
    if (!put) wrongs.push(`${path} was never made what ${fence} published`);
    else if (path !== shared) puppet.wrote.set(path, put.text);
  }

  #passed(fence: number | undefined, wrongs: string[]): void {
    const puppet = this.#puppets.get(fence ?? 0);
    this.seen.passed++;
    if (puppet && !puppet.willPass) wrongs.push(`${fence} passed against its check`);
    for (const [path, text] of puppet?.wrote ?? []) {
      if (text === null) this.#committed.delete(path);
      else this.#committed.set(path, text);
    }
    this.#committedLines.push(...(puppet?.lines ?? []));
  }

  #end(fence: number, cause: string): void {
    if (cause === 'done') this.seen.failed++;
    if (cause === 'lost') this.seen.lost++;
    if (cause === 'yielded') this.seen.yielded++;
    const puppet = this.#puppets.get(fence);
    this.#puppets.delete(fence);
    if (puppet) this.#ended.push(puppet);
    if (this.#ended.length > 20) this.#ended.shift();
  }

  /** The workspace has what passed, and nothing else at any moment. */
  #compareFiles(): readonly string[] {
    const expected = this.#committed;
    const lines = this.#committedLines;
    const inOrder = (text: readonly string[]) => [...text].sort().join('');
    const now = new Map(this.workspace.files);
    const log = now.get(shared) ?? '';
    now.delete(shared);
    const wrongs: string[] = [];
    if (!log.startsWith(header) || inOrder(log.slice(header.length).match(/.*\n/g) ?? []) !== inOrder(lines))
      wrongs.push(`${shared} is ${JSON.stringify(log)}, not ${JSON.stringify(lines)}`);
    for (const path of new Set([...expected.keys(), ...now.keys()])) {
      if (expected.get(path) !== now.get(path))
        wrongs.push(`${path} is ${now.get(path)}, not ${expected.get(path)}`);
    }
    return wrongs;
  }

  #isLive(fence: number): boolean {
    return liveAttempts(this.host.engine.snapshot).some((attempt) => attempt.fence === fence);
  }
}
