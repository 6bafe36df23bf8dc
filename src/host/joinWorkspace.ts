// Joins a face to its workspace: as the owner's own client, or as a mirror that becomes the owner when the first one goes.
import { realpath } from 'node:fs/promises';
import type { Event, Face } from '../core/events/event';
import { emptySnapshot, projectAll, type Snapshot } from '../core/events/snapshot';
import type { MachineSettings } from '../core/guardrails/machineSettings';
import type { LongText } from '../core/shared/longText';
import { connectHub } from '../hub/client';
import type { HubConnection, Question, Sent } from '../hub/connection';
import { Failure } from '../ports/failure';
import {
  clientMethods,
  type LoadedBacklog,
  type PlacedProblem,
  protocolVersion,
  toClientNotices,
} from '../protocol/hubMethods';
import type { Asked } from './allowance';
import { createHost, type Host } from './createHost';
import { type Elsewhere, heldRecords } from './elsewhere';
import { EventFollower } from './eventFollower';
import { lookAtRecords } from './lookAtRecords';
import { claimOwnership, type Owner } from './ownership';
import { eventsBetween, eventsSince, readSnapshot, readText, tellEditing } from './readPages';
import type { AgentOutput, Session, SessionChange } from './session';

export interface JoinOptions {
  readonly root: string;
  readonly face: Face;
  readonly distDir: string;
  /** Go on at once with a run that an earlier host left open; without it, only when `start` is called. */
  readonly goOn: boolean;
  /** What to do with a database that was made elsewhere. */
  readonly elsewhere: Elsewhere;
  /** Where the user's own settings lie, if not at the usual place. */
  readonly configDir?: string;
  /** What the user of this process allows, from sources no workspace can write to; asked at every use. */
  readonly machine: () => MachineSettings;
  readonly log: (line: string) => void;
}

/**
 * A link to the workspace's host; or, where the database was made by another user, on another machine or in another
 * folder, only a look at what it holds: nothing of it was changed, nothing started, nothing ended.
 */
export type Joined =
  | {
      readonly kind: 'session';
      readonly session: Session;
      /** What was found or done at the opening that a person has to know. */
      readonly told: readonly string[];
    }
  | { readonly kind: 'elsewhere'; readonly snapshot: Snapshot };

/** Throws `Failure` when neither an owner can be reached nor the workspace be owned. */
export async function joinWorkspace(options: JoinOptions): Promise<Joined> {
  const root = await realpath(options.root);
  const session = new LiveSession({ ...options, root });
  try {
    await session.join(options.goOn, options.elsewhere);
    return { kind: 'session', session, told: session.told };
  } catch (error) {
    if (!Failure.is(error, 'elsewhere')) throw error;
    return { kind: 'elsewhere', snapshot: await lookAt(root, options) };
  }
}

/** What a stranger's database holds, as far as it can be read at all; nothing of it is at work here. */
async function lookAt(root: string, { distDir, configDir }: JoinOptions): Promise<Snapshot> {
  const found = await lookAtRecords(root, distDir, configDir).catch(() => undefined);
  return { ...(found?.snapshot ?? emptySnapshot), agents: {}, locks: emptySnapshot.locks, breaker: null };
}

/** A host that goes while we join it is no reason to give up; one that goes again and again is. */
const maxJoins = 20;

class LiveSession implements Session {
  snapshot!: Snapshot; // set before the first join resolves
  role: 'owner' | 'mirror' = 'mirror';
  backlog: Session['backlog'] = 'none';
  problems: readonly PlacedProblem[] = [];
  notices: readonly PlacedProblem[] = [];
  hasOfflineScript = false;
  told: readonly string[] = [];
  readonly #changes = new Set<(change: SessionChange) => void>();
  readonly #outputs = new Set<(output: AgentOutput) => void>();
  #connection: Promise<HubConnection> = Promise.reject(new Failure('closed', 'Not joined yet.'));
  /** The host that this process runs for the workspace. */
  #own: { readonly host: Host; readonly owner: Owner } | undefined;
  #closed = false;
  #editing: readonly string[] = [];
  /** Commands and key as this face last gave them: a next host knows neither. */
  #given: Pick<Asked, 'allowedCommands' | 'access'> = {};

  constructor(private readonly options: JoinOptions) {
    this.#connection.catch(() => undefined);
  }

  get root(): string {
    return this.options.root;
  }

  /** Finds or becomes the owner; later calls wait for it. */
  async join(goOn: boolean, elsewhere: Elsewhere = 'ask'): Promise<void> {
    this.#connection = this.#connect(goOn, elsewhere);
    this.#connection.catch(() => undefined);
    await this.#connection;
  }

  onChange(listener: (change: SessionChange) => void): () => void {
    this.#changes.add(listener);
    return () => this.#changes.delete(listener);
  }

  onOutput(listener: (output: AgentOutput) => void): () => void {
    this.#outputs.add(listener);
    return () => this.#outputs.delete(listener);
  }

  async output(slot: number): Promise<string> {
    return (await this.#ask(clientMethods.output, { slot })).text;
  }

  async text(text: LongText): Promise<string> {
    if (typeof text === 'string') return text;
    return readText(await this.#connection, text);
  }

  async events(since: number, limit: number): Promise<readonly Event[]> {
    return eventsSince(await this.#connection, since, limit);
  }

  async loadBacklog(file?: string): Promise<LoadedBacklog> {
    const loaded = await this.#ask(clientMethods.loadBacklog, file === undefined ? {} : { file });
    this.backlog = loaded.kind;
    this.problems = loaded.kind === 'bad' ? loaded.problems : [];
    this.notices = loaded.kind === 'loaded' ? loaded.notices : [];
    return loaded;
  }

  start(start: Parameters<Session['start']>[0]) {
    this.#keep(start);
    const { settings, access, allowedCommands } = start;
    const given = access === undefined ? {} : { access };
    return this.#ask(clientMethods.startRun, { settings, allowedCommands: [...allowedCommands], ...given });
  }

  configure(change: Parameters<Session['configure']>[0]) {
    this.#keep(change);
    return this.#ask(clientMethods.configureRun, toWire(change));
  }

  pause() {
    return this.#ask(clientMethods.pauseRun, {});
  }

  resume() {
    return this.#ask(clientMethods.resumeRun, {});
  }

  stop() {
    return this.#ask(clientMethods.stopRun, {});
  }

  retry(featureId: number) {
    return this.#ask(clientMethods.retry, { featureId });
  }

  confirm(featureId: number) {
    return this.#ask(clientMethods.confirm, { featureId });
  }

  reject(featureId: number) {
    return this.#ask(clientMethods.reject, { featureId });
  }

  humanEditing(paths: readonly string[]) {
    this.#editing = paths;
    return this.#connection.then((connection) => tellEditing(connection, paths));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const connection = await this.#connection.catch(() => undefined);
    connection?.dispose();
    await this.#own?.host.close();
  }

  #keep({ allowedCommands, access }: Asked): void {
    this.#given = { ...this.#given, ...(allowedCommands && { allowedCommands }), ...(access && { access }) };
  }

  /** Asks the present host; one that goes before it took the question is followed by the next. */
  async #ask<P, R>(method: Question<P, R>, params: Sent<NoInfer<P>>): Promise<R> {
    const connection = await this.#connection;
    return connection.request(method, params);
  }

  async #connect(goOn: boolean, elsewhere: Elsewhere): Promise<HubConnection> {
    const { options } = this;
    let last: unknown;
    let minEpoch = 0;
    for (let round = 0; round < maxJoins && !this.#closed; round++) {
      let epoch = 0;
      try {
        // A connection may end while our own host lives; it must not take itself for another's.
        if (this.#own?.host.isOpen()) return await this.#greet(this.#own.owner);
        this.#own = undefined;
        const claimed = await claimOwnership(options.root, { minEpoch });
        epoch = claimed.epoch;
        this.role = claimed.kind;
        if (claimed.kind === 'owner') {
          const host = await createHost({ ...options, owner: claimed, goOn, elsewhere });
          this.#own = { host, owner: claimed };
          this.told = host.told;
        } else if (elsewhere !== 'ask') this.told = [heldRecords];
        return await this.#greet(claimed);
      } catch (error) {
        last = error;
        // The database has seen more owners than the socket's folder remembers, as after a restart of the machine.
        if (Failure.is(error, 'conflict')) {
          minEpoch = 2 * epoch;
          continue;
        }
        // Gone between our finding it and our greeting it; anything else will not mend itself by asking again.
        if (
          !Failure.is(error, 'unreachable') &&
          !Failure.is(error, 'closed') &&
          !Failure.is(error, 'unauthorized')
        )
          throw error;
      }
    }
    throw last ?? new Failure('closed', 'The session was closed.');
  }

  async #greet({ socketPath, token }: Pick<Owner, 'socketPath' | 'token'>): Promise<HubConnection> {
    const connection = await connectHub({ socketPath, role: 'client', token });
    const follower = new EventFollower({
      ask: (since, limit) => connection.request(clientMethods.events, { since, limit }),
      seq: () => this.snapshot.seq,
      take: (events) => this.#advance(events),
      onFailure: (why) => connection.dispose(why),
    });
    connection.onNotice(toClientNotices.events, ({ events }) => follower.hear(events));
    connection.onNotice(toClientNotices.output, (output) => {
      for (const listener of this.#outputs) listener(output);
    });
    connection.listen();
    const hello = await connection.request(clientMethods.hello, {
      protocol: protocolVersion,
      face: this.options.face,
    });
    // What happened between two hosts is told like anything else, so that a log of events has no gap.
    const since = this.snapshot?.seq;
    const between = since === undefined ? [] : await eventsBetween(connection, since, hello.head.seq);
    this.snapshot = await readSnapshot(connection, hello.head);
    this.hasOfflineScript = hello.hasOfflineScript;
    this.#change({ events: between, reset: true });
    follower.begin();
    if (this.#editing.length > 0) await tellEditing(connection, this.#editing);
    if (Object.keys(this.#given).length > 0) {
      const taken = await connection.request(clientMethods.configureRun, toWire(this.#given));
      if (!taken.ok) this.options.log(`The next host: ${taken.error.message}`);
    }
    void connection.closed.then(() => this.#lost());
    return connection;
  }

  #lost(): void {
    if (this.#closed) return;
    this.options.log('The host is gone; joining the next one.');
    // Whoever follows a run that lost its host goes on with it: that is what a second host is for.
    this.join(true).catch((error: unknown) => this.options.log(`No host can be had: ${String(error)}`));
  }

  #advance(events: readonly Event[]): void {
    this.snapshot = projectAll(this.snapshot, events);
    this.#change({ events, reset: false });
  }

  #change(change: SessionChange): void {
    for (const listener of this.#changes) listener(change);
  }
}

function toWire({ allowedCommands, ...rest }: Asked) {
  return { ...rest, ...(allowedCommands && { allowedCommands: [...allowedCommands] }) };
}
