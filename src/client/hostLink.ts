// A client's link to whatever process owns its workspace: found or made, felt for signs of life, and replaced when it goes.
import { connectHub } from '../hub/client';
import type { HubConnection, RequestType } from '../hub/connection';
import type { OwnerProcess } from '../hub/discovery';
import { feelPulse } from '../hub/pulse';
import { Failure } from '../ports/failure';
import type { Sent } from '../protocol/method';
import { type Elsewhere, heldRecords } from './elsewhere';
import type { FindHost, FoundHost } from './findHost';
import { canPass, type Link, OwnerSilent } from './link';
import { rest, unlessAborted, within } from './patience';
import type { SessionOptions } from './sessionOptions';

/** What the session makes of it. */
export interface LinkUser {
  /** Hooks up a connection that nobody listens to yet, listens, and asks for the state; once for every host. */
  readonly greet: (connection: HubConnection) => Promise<void>;
  /** `link` has changed. */
  readonly changed: () => void;
}

/** A host that goes while we join it is no reason to give up; one that goes again and again is. */
const maxJoins = 20;
/** Between two tries to get a host that cannot be had just now. */
const firstRestMs = 1_000;
const longestRestMs = 15_000;
/** A host that was there for so long has shown that the trouble before it is over. */
const soundMs = 10_000;
/** What takes longer is told, and what is asked meanwhile is refused. */
const patienceMs = 4_000;
/** An editor that quits waits 5 s for its extensions, and so does whoever pressed Ctrl+C. */
const closeMs = 4_000;

export class HostLink {
  role: 'owner' | 'follower' = 'follower';
  #link: Link = { kind: 'looking', isLong: false };
  #connection: Promise<HubConnection> = Promise.reject(new Failure('closed', 'Not joined yet.'));
  /** The host that this process runs for the workspace. */
  #own: Required<FoundHost> | undefined;
  /** Aborts what waits for an answer of an owner that gives none. */
  #silence = new AbortController();
  /** What other connections still say is of no interest. */
  #speaking: HubConnection | undefined;
  #told: readonly string[] = [];
  #joinedAtMs = 0;
  #restMs = 0;
  readonly #closing = new AbortController();

  constructor(
    private readonly options: SessionOptions,
    private readonly find: FindHost,
    private readonly user: LinkUser,
  ) {
    this.#connection.catch(() => undefined);
  }

  get now(): Link {
    return this.#link;
  }

  /** Comes to a host; answers what a person has to know of the opening. */
  async join(): Promise<readonly string[]> {
    const { goOn, elsewhere } = this.options;
    this.#connection = this.#connect(goOn, elsewhere);
    await this.#connection;
    return this.#told;
  }

  /** Asks the present host, or the next one where that comes soon. */
  async request<P, R>(method: RequestType<P, R>, params: Sent<NoInfer<P>>): Promise<R> {
    if (this.#link.kind === 'waiting' || this.#link.kind === 'lost') throw this.#link.because;
    if (this.#link.kind === 'silent') throw new OwnerSilent(this.#link.owner);
    const connection = await within(patienceMs, this.#connection);
    return unlessAborted(connection.request(method, params), this.#silence.signal);
  }

  /** Ends the present connection, for the state to be asked for anew. */
  renew(because: Failure): void {
    this.#speaking?.dispose(because);
  }

  /** Resolves within 5 s; what is not through by then is left to the next host, as after a crash. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#closing.abort(new Failure('closed', 'The session was closed.'));
    await within(closeMs, this.#leave()).catch((error: unknown) => this.options.log(String(error)));
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  async #leave(): Promise<void> {
    const connection = await this.#connection.catch(() => undefined);
    connection?.dispose();
    await this.#own?.own.close();
  }

  async #connect(goOn: boolean, elsewhere: Elsewhere): Promise<HubConnection> {
    let last: unknown;
    let isRefused = false;
    for (let round = 0; round < maxJoins && !this.#isClosed; round++) {
      try {
        // A connection may end while our own host lives; it must not take itself for another's.
        if (this.#own?.own.isOpen()) return await this.#greet(this.#own);
        // Whatever it still does is done before the next host looks at it.
        await this.#own?.own.close();
        this.#own = undefined;
        const found = await this.find({
          goOn,
          elsewhere,
          isRefused,
          onBroken: (cause) => this.#broken(cause),
          onWait: (what) => this.#wait(what),
        });
        const { own, address } = found;
        this.role = own ? 'owner' : 'follower';
        if (own) {
          this.#own = { own, address };
          this.#told = own.told;
          if (this.#isClosed) await own.close();
        } else if (elsewhere !== 'ask') this.#told = [heldRecords];
        return await this.#greet(found);
      } catch (error) {
        last = error;
        isRefused = Failure.is(error, 'conflict');
        if (isRefused) continue;
        // Gone between our finding it and our greeting it; anything else will not mend itself by asking again.
        if (
          !Failure.is(error, 'unreachable') &&
          !Failure.is(error, 'closed') &&
          !Failure.is(error, 'unauthorized')
        )
          throw asFailure(error);
      }
    }
    throw last ?? this.#closing.signal.reason;
  }

  async #greet({ address, own }: FoundHost): Promise<HubConnection> {
    const connection = await connectHub({ ...address, role: 'client' });
    this.#speaking = connection;
    this.#silence = new AbortController();
    try {
      const greeted = this.user.greet(connection);
      // Our own host hangs when we do.
      if (!own) void feelPulse(connection, (isAlive) => this.#hear(connection, isAlive, address.process));
      await unlessAborted(greeted, this.#silence.signal);
    } catch (error) {
      connection.dispose();
      throw error;
    }
    this.#joinedAtMs = performance.now();
    this.#enter({ kind: 'connected' });
    void connection.closed.then(() => this.#lost());
    return connection;
  }

  #hear(connection: HubConnection, isAlive: boolean, owner: OwnerProcess | undefined): void {
    if (connection !== this.#speaking) return;
    if (isAlive) {
      this.#silence = new AbortController();
      this.#enter({ kind: 'connected' });
    } else {
      this.#silence.abort(new OwnerSilent(owner));
      this.#enter({ kind: 'silent', owner });
    }
  }

  /** Our own host has to wait before it can begin. */
  #wait(because: string): void {
    if (this.#joinedAtMs === 0) this.options.onWait?.(because);
    else if (this.#link.kind === 'looking') this.#enter({ kind: 'looking', isLong: true, because });
  }

  /** Our own host cannot go on: told at once, for it takes its time to end what is at work. */
  #broken(because: Failure): void {
    if (because.reason === 'conflict') return; // somebody else has it, and is joined
    this.#enter(canPass(because) ? { kind: 'waiting', because } : { kind: 'lost', because });
  }

  #lost(): void {
    if (this.#isClosed || this.#link.kind === 'lost') return;
    this.options.log('The host is gone; joining the next one.');
    this.#silence = new AbortController();
    if (performance.now() - this.#joinedAtMs > soundMs) this.#restMs = 0;
    if (this.#link.kind !== 'waiting') this.#enter({ kind: 'looking', isLong: false });
    this.#connection = this.#rejoin();
    this.#connection.catch((error: unknown) => this.options.log(`No host can be had: ${String(error)}`));
  }

  /** Until there is a next host, or there can be none. */
  async #rejoin(): Promise<HubConnection> {
    const timer = setTimeout(() => {
      if (this.#link.kind === 'looking' && !this.#link.isLong) this.#enter({ kind: 'looking', isLong: true });
    }, patienceMs);
    try {
      for (;;) {
        await rest(this.#restMs, this.#closing.signal);
        this.#restMs = Math.min(Math.max(2 * this.#restMs, firstRestMs), longestRestMs);
        try {
          // Whoever follows a run that lost its host goes on with it: that is what a second host is for.
          return await this.#connect(true, 'ask');
        } catch (error) {
          const because = asFailure(error);
          if (this.#isClosed || !canPass(because)) {
            this.#enter({ kind: 'lost', because });
            throw because;
          }
          const isSilent = because instanceof OwnerSilent;
          this.#enter(isSilent ? { kind: 'silent', owner: because.owner } : { kind: 'waiting', because });
        }
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #enter(link: Link): void {
    if (this.#isClosed) return;
    this.#link = link;
    this.user.changed();
  }
}

/** Anything else is a bug, and no host comes of trying it again. */
function asFailure(error: unknown): Failure {
  return Failure.is(error) ? error : new Failure('badResponse', `A bug: ${String(error)}`, { cause: error });
}
