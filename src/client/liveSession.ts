// A session that lives on from host to host: it follows the one there is, joins the next, and tells that what its user has
// given and is editing.
import type { Event } from '../core/events/event';
import { projectAll } from '../core/events/project';
import type { Snapshot } from '../core/events/snapshot';
import type { LongText } from '../core/shared/longText';
import type { HubConnection } from '../hub/connection';
import { answerTurns } from '../hub/modelTurns';
import { askingOf } from '../hub/requests';
import { clientMethods, protocolVersion, toClientNotices } from '../protocol/hubMethods';
import type { LoadedBacklog, PlacedProblem } from '../protocol/hubValues';
import { EventFollower } from './eventFollower';
import type { FindHost } from './findHost';
import { HostLink } from './hostLink';
import type { Link } from './link';
import { answering, type ModelOffer } from './modelOffer';
import { eventsBetween, eventsSince, readDiff, readSnapshot, readText, tellEditing } from './readPages';
import type { AgentOutput, Asked, Session, SessionChange } from './session';
import type { SessionOptions } from './sessionOptions';

export class LiveSession implements Session {
  snapshot!: Snapshot; // set before the first join resolves
  backlog: Session['backlog'] = 'none';
  problems: readonly PlacedProblem[] = [];
  notices: readonly PlacedProblem[] = [];
  readonly #changes = new Set<(change: SessionChange) => void>();
  /** Those who wait until the snapshot has come as far as they know that the host has. */
  readonly #behind: (() => void)[] = [];
  /** Rises with every host that is greeted, and at the end. */
  #hellos = 0;
  readonly #outputs = new Set<(output: AgentOutput) => void>();
  readonly #host: HostLink;
  readonly ask: Session['ask'];
  #editing: readonly string[] = [];
  #offer: ModelOffer | undefined;
  /** Commands, variables and key as this client last gave them: a next host knows neither. */
  #given: Pick<Asked, 'allowedCommands' | 'variables' | 'access'> = {};

  constructor(
    private readonly options: SessionOptions,
    find: FindHost,
  ) {
    this.#host = new HostLink(options, find, {
      greet: (connection) => this.#greet(connection),
      changed: () => this.#change({ events: [], reset: false }),
    });
    this.ask = askingOf(clientMethods, this.#host);
  }

  get root(): string {
    return this.options.root;
  }

  get role(): 'owner' | 'follower' {
    return this.#host.role;
  }

  get link(): Link {
    return this.#host.now;
  }

  /** Comes to a host; answers what a person has to know of the opening. Throws as `find` does. */
  join(): Promise<readonly string[]> {
    return this.#host.join();
  }

  onChange(listener: (change: SessionChange) => void): () => void {
    this.#changes.add(listener);
    return () => this.#changes.delete(listener);
  }

  onOutput(listener: (output: AgentOutput) => void): () => void {
    this.#outputs.add(listener);
    return () => this.#outputs.delete(listener);
  }

  async text(text: LongText): Promise<string> {
    return typeof text === 'string' ? text : readText(this.#host, text);
  }

  events(since: number, limit: number): Promise<readonly Event[]> {
    return eventsSince(this.#host, since, limit);
  }

  async loadBacklog(file?: string): Promise<LoadedBacklog> {
    const hello = this.#hellos;
    const loaded = await this.#host.request(clientMethods.loadBacklog, file === undefined ? {} : { file });
    this.backlog = loaded.kind;
    this.problems = loaded.kind === 'bad' ? loaded.problems : [];
    this.notices = loaded.kind === 'loaded' ? loaded.notices : [];
    if (loaded.kind === 'loaded') await this.#arrived(loaded.seq, hello);
    return loaded;
  }

  start(start: Parameters<Session['start']>[0]) {
    this.#keep(start);
    const { settings, access, allowedCommands, variables } = start;
    const given = access === undefined ? {} : { access: [...access] };
    return this.#host.request(clientMethods.startRun, {
      settings,
      allowedCommands: [...allowedCommands],
      variables: [...variables],
      ...given,
    });
  }

  configure(change: Parameters<Session['configure']>[0]) {
    this.#keep(change);
    return this.#host.request(clientMethods.configureRun, toWire(change));
  }

  diff(featureId: number) {
    return readDiff(this.#host, featureId);
  }

  humanEditing(paths: readonly string[]) {
    this.#editing = paths;
    return tellEditing(this.#host, paths);
  }

  async offerModels(offer: ModelOffer): Promise<void> {
    this.#offer = offer;
    await this.#host.request(clientMethods.offerModels, { models: offer.models });
  }

  close(): Promise<void> {
    this.#hellos++;
    this.#lookAgain();
    return this.#host.close();
  }

  #keep({ allowedCommands, variables, access }: Asked): void {
    this.#given = {
      ...this.#given,
      ...(allowedCommands && { allowedCommands }),
      ...(variables && { variables }),
      ...(access && { access }),
    };
  }

  async #greet(connection: HubConnection): Promise<void> {
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
    answerTurns(
      connection,
      answering(() => this.#offer),
    );
    connection.listen();
    const hello = await connection.request(clientMethods.hello, {
      protocol: protocolVersion,
      face: this.options.face,
    });
    // What happened between two hosts is told like anything else, so that a log of events has no gap.
    const since = this.snapshot?.seq;
    const between = since === undefined ? [] : await eventsBetween(connection, since, hello.head.seq);
    this.snapshot = await readSnapshot(connection, hello.head);
    this.#hellos++;
    this.#change({ events: between, reset: true });
    follower.begin();
    if (this.#editing.length > 0) await tellEditing(connection, this.#editing);
    if (this.#offer) await connection.request(clientMethods.offerModels, { models: this.#offer.models });
    if (Object.keys(this.#given).length > 0) {
      const taken = await connection.request(clientMethods.configureRun, toWire(this.#given));
      if (!taken.ok) this.options.log(`The next host: ${taken.error.message}`);
    }
  }

  /** Resolves when the snapshot holds the event of this number, or the host that told the number is not ours any more. */
  async #arrived(seq: number, hello: number): Promise<void> {
    while (this.#hellos === hello && this.link.kind === 'connected' && this.snapshot.seq < seq)
      await new Promise<void>((resolve) => this.#behind.push(resolve));
  }

  #lookAgain(): void {
    for (const look of this.#behind.splice(0)) look();
  }

  #advance(events: readonly Event[]): void {
    this.snapshot = projectAll(this.snapshot, events);
    this.#change({ events, reset: false });
  }

  #change(change: SessionChange): void {
    for (const listener of this.#changes) listener(change);
    this.#lookAgain();
  }
}

function toWire({ allowedCommands, variables, ...rest }: Asked) {
  return {
    ...rest,
    ...(allowedCommands && { allowedCommands: [...allowedCommands] }),
    ...(variables && { variables: [...variables] }),
  };
}
