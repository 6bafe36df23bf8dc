// The durable store: SQLite in memory, every commit in a redo journal before it counts, and now and then a whole file.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Event } from '../../core/events/event';
import { Failure } from '../../ports/failure';
import { SerialQueue } from '../../ports/serialQueue';
import type { Commit, Loaded, Store } from '../../ports/store';
import type { Clock } from '../../ports/system';
import { stepsInSlices } from '../files/inSlices';
import type { RequiredBinding } from './bindings';
import { databaseName, exportAt, isWorthPlacing, journalRoom, putDatabase } from './databaseFile';
import { createStateFiles, type DiskFiles, diskFailure } from './diskFiles';
import { encodeHead, encodeRecord } from './journalRecord';
import { textName } from './keptTexts';
import { type Held, lookThrough, readHeld } from './lookThrough';
import { type Migration, migrations } from './migrations';
import { defaultKeptChars, forget, oldestPage, readAllEvents, textsOf } from './oldEvents';
import { recoverRecords } from './recovery';
import { loadSqlJs, type SqlJsDatabase, type Statement } from './sqlJsDatabase';
import { statementsFor } from './statements';
import { namedTexts } from './storedTexts';
import { type Opened, takeOver } from './takeOver';

export interface SqlJsStoreOptions {
  /** The workspace's `.parallel-agents`, absolute; it exists. */
  readonly dir: string;
  /** Of the owner that opens it; not below that of any owner before. */
  readonly epoch: number;
  /** Where `sql-wasm.wasm` lies. */
  readonly wasmPath: string;
  /** Whose database it must be; left out, anybody's will do. */
  readonly binding?: RequiredBinding;
  /** Dates the name of a damaged file. */
  readonly clock?: Pick<Clock, 'now'>;
  /** The rest is for tests. */
  readonly files?: DiskFiles;
  readonly snapshotAtBytes?: number;
  readonly keptChars?: number;
  readonly migrations?: readonly Migration[];
}

/** A folder is removed file by file: what is missing is put back only where the rest still stands a moment later. */
const settleMs = 300;

/** Twice as much as a journal's events, so that a database that was large shrinks in a few snapshots, and none takes long. */
const mostPagesAtOnce = 16;

/**
 * Opens the database, repairs what a crash left, and stores `epoch` durably. Throws `conflict` when a later owner has
 * opened it, `newer` when a later version of the program has, `corrupt` when something in it is not as we write it, and
 * `elsewhere` when it is not of the `binding`, with nothing written; and what the disk says.
 */
export async function openSqlJsStore(options: SqlJsStoreOptions): Promise<Store> {
  const { dir, epoch, wasmPath, binding, clock = { now: Date.now } } = options;
  const { files = createStateFiles(dir), snapshotAtBytes, keptChars = defaultKeptChars } = options;
  const { migrations: steps = migrations } = options;
  try {
    const place = { files, dir };
    const sqlJs = await loadSqlJs(wasmPath);
    const recovered = await recoverRecords(place, sqlJs, steps);
    const found = await lookThrough(recovered.database, sqlJs, steps);
    const room = (databaseBytes: number) => snapshotAtBytes ?? journalRoom(databaseBytes);
    const taking = { place, epoch, binding, steps, now: clock.now(), snapshotAtBytes: room(0) };
    const store = new SqlJsStore(await takeOver(taking, recovered), found, room, keptChars);
    await store.tidy();
    return store;
  } catch (error) {
    throw diskFailure(error, `open the database in ${options.dir}`);
  }
}

interface Waiting {
  readonly batch: Commit;
  readonly resolve: () => void;
  readonly reject: (failure: Failure) => void;
}

/** A snapshot on its way to the disk. */
interface Placed {
  readonly placed: () => Promise<void>;
  /** Where the part of the journal that it holds ends, in bytes, and what stands for that part afterwards. */
  readonly end: number;
  readonly head: Uint8Array;
}

/** Says what it changes when its turn has come. */
type Step = () => readonly Statement[];

/**
 * Open until the first failure, then failed until closed. In memory a transaction stays open while its records are
 * synced, so whatever touches the database waits its turn, and nobody reads what is not on the disk yet.
 */
class SqlJsStore implements Store {
  private failure: Failure | undefined;
  private closed: Promise<void> | undefined;
  private lsn: number;
  /** Ends when the last of those who wait for their turn has had it; never rejects. */
  private readonly turns = new SerialQueue();
  /** Commits that will go out together in the next turn. */
  private readonly waiting: Waiting[] = [];
  private snapshot: Promise<void> | undefined;
  /** The part of it that writes the database file; never rejects. */
  private placing: Promise<unknown> = Promise.resolve();
  private snapshotDueAtBytes: number;
  /** As last written whole. */
  private databaseBytes = 0;

  constructor(
    private readonly opened: Opened,
    /** What was read before it was taken over; let go once it was asked for, or is no more what is stored. */
    private found: Held | undefined,
    /** How long the journal may become beside a database of so many bytes. */
    private readonly room: (databaseBytes: number) => number,
    /** Of events; older ones leave the database with the next snapshot. */
    private readonly keptChars: number,
  ) {
    this.lsn = opened.lsn;
    this.snapshotDueAtBytes = room(0);
  }

  async load(): Promise<Loaded> {
    const { database, cutBytes, repaired, madeElsewhere } = this.opened;
    return this.read(async () => ({
      ...(await this.takeFound(database)),
      cutBytes,
      ...(repaired === undefined ? {} : { repaired }),
      ...(madeElsewhere ? { madeElsewhere } : {}),
    }));
  }

  private async takeFound(database: SqlJsDatabase): Promise<Held> {
    const found = this.lsn === this.opened.lsn ? this.found : undefined;
    this.found = undefined;
    return found ?? stepsInSlices(readHeld(database));
  }

  async events(since: number, limit: number): Promise<readonly Event[]> {
    const { database, archive } = this.opened;
    return this.read(() => readAllEvents(database, archive, since, limit));
  }

  textName(text: string): string {
    return textName(text);
  }

  /** In turn, so that a text named by a commit that is on its way is there. */
  async text(hash: string): Promise<string> {
    return this.read(() => this.opened.texts.get(hash));
  }

  async commit(batch: Commit): Promise<void> {
    this.assertUsable();
    await new Promise<void>((resolve, reject) => {
      this.waiting.push({ batch, resolve, reject });
      if (this.waiting.length === 1) void this.inTurn(() => this.flush());
    });
  }

  /** What a sweep leaves behind is taken by the next. */
  async tidy(): Promise<void> {
    const { database, texts } = this.opened;
    await this.read(async () => {
      const named = await stepsInSlices(namedTexts(database));
      await texts.sweep(named).catch(() => undefined);
    });
  }

  async confirm(): Promise<void> {
    this.assertUsable();
    const { place, database, journal } = this.opened;
    await this.inTurn(async () => {
      this.assertHealthy();
      try {
        const isWhole =
          (await journal.isInPlace()) && (await place.files.exists(join(place.dir, databaseName)));
        if (!isWhole) await this.putBack();
      } catch (error) {
        this.fail(error, 'keep the database in its place');
        database.close();
      }
    });
    this.assertHealthy();
  }

  close(): Promise<void> {
    this.closed ??= this.shutDown();
    return this.closed;
  }

  /** Settles all commits that have come together by now; after the first bad one, none is kept. */
  private async flush(): Promise<void> {
    const group = this.waiting.splice(0);
    const texts = new Map(group.flatMap(({ batch }) => [...(batch.texts ?? [])]));
    const steps = group.map(
      ({ batch }) =>
        () =>
          statementsFor(batch),
    );
    const kept = this.failure ? 0 : await this.write(steps, texts);
    for (const { resolve } of group.slice(0, kept)) resolve();
    if (this.failure) for (const { reject } of group.slice(kept)) reject(this.failure);
    else if (this.opened.journal.bytes >= this.snapshotDueAtBytes) this.snapshot ??= this.writeSnapshot();
  }

  /** Returns how many of the steps, from the first, are on the disk; when not all are, the store has failed. */
  private async write(steps: readonly Step[], texts: ReadonlyMap<string, string>): Promise<number> {
    const { database, journal } = this.opened;
    try {
      await this.opened.texts.put(texts);
      const records = this.applyEach(steps);
      const isKept = records.length === 0 || (await journal.append(records));
      database.commit();
      this.lsn += records.length;
      if (!isKept) await this.putBack();
      return records.length;
    } catch (error) {
      this.fail(error, 'write agents.journal');
      return 0;
    } finally {
      if (this.failure) database.close();
    }
  }

  /** The records of those that fitted, up to the first that did not. */
  private applyEach(steps: readonly Step[]): readonly Uint8Array[] {
    const { database, epoch, schema } = this.opened;
    const records: Uint8Array[] = [];
    database.begin();
    try {
      for (const step of steps) {
        const statements = step();
        database.apply(statements);
        records.push(encodeRecord({ lsn: this.lsn + records.length + 1, epoch, schema, statements }));
      }
    } catch (error) {
      this.fail(error, 'store a change');
    }
    return records;
  }

  /** Beside the commits, which wait only while memory is copied and at the end. Never rejects. */
  private async writeSnapshot(): Promise<void> {
    const { journal } = this.opened;
    let headBytes = 0;
    try {
      const { placed, end, head } = await this.placeWithoutOld();
      await placed();
      await this.inTurn(() => this.shortenJournal(end, head));
      headBytes = head.length;
    } catch {
      // Nothing is lost: the journal holds it all, grows on, and the next try comes when it has grown as much again.
    }
    this.snapshotDueAtBytes = journal.bytes - headBytes + this.room(this.databaseBytes);
    this.snapshot = undefined;
  }

  /** Each old page is in the archive before it leaves the database; killed in between, it is read from the database. */
  private async placeWithoutOld(): Promise<Placed> {
    const { database, archive, texts, journal } = this.opened;
    for (let pages = 0; ; pages++) {
      const next = await this.inTurn(() => {
        this.assertHealthy();
        const page = pages < mostPagesAtOnce ? oldestPage(database, this.keptChars) : undefined;
        if (page) return page;
        const placed = this.placeIfOurs(exportAt(database, this.lsn));
        this.placing = placed.catch(() => undefined);
        return { placed: () => placed, end: journal.bytes, head: this.head() };
      });
      if ('placed' in next) return next;
      await this.assertInPlace();
      await archive.put(next);
      await texts.putAway(textsOf(next));
      await this.inTurn(() => {
        this.assertHealthy();
        return this.write([() => forget(database, next)], new Map());
      });
    }
  }

  private async placeIfOurs(content: Uint8Array): Promise<void> {
    await this.assertInPlace();
    await putDatabase(this.opened.place, content);
    this.databaseBytes = content.length;
  }

  /** A displaced owner must not put its own over its successor's. */
  private async assertInPlace(): Promise<void> {
    if (!(await this.opened.journal.isInPlace())) throw new Failure('removed', 'The journal is gone.');
  }

  /** Writes whole what was taken away: all of it is in memory. Within a turn and without a transaction. */
  private async putBack(): Promise<void> {
    const { place, database, journal } = this.opened;
    await this.placing; // an older one must not come after this
    await pause(settleMs);
    await journal.assertFolder();
    try {
      await putDatabase(place, exportAt(database, this.lsn));
      await journal.startAnew(this.head());
    } catch (error) {
      await journal.assertFolder(); // that is the cause then, and the one to tell
      throw error;
    }
  }

  private head(): Uint8Array {
    return encodeHead(this.lsn, this.opened.schema);
  }

  private async shortenJournal(end: number, head: Uint8Array): Promise<void> {
    this.assertHealthy();
    try {
      await this.opened.journal.dropBefore(end, head);
    } catch (error) {
      this.fail(error, 'start agents.journal anew');
      this.opened.database.close();
    }
  }

  private async shutDown(): Promise<void> {
    await this.turns.idle; // commits that were asked for before
    await this.snapshot;
    const { database, journal } = this.opened;
    if (!this.failure && this.isSnapshotDue()) await this.writeSnapshot();
    database.close();
    await journal.close().catch(() => undefined); // all that counts in it is synced
  }

  /** At the end, where nobody goes on writing. */
  private isSnapshotDue(): boolean {
    const { database, journal } = this.opened;
    return (
      isWorthPlacing(journal.bytes, database.bytes) || oldestPage(database, this.keptChars) !== undefined
    );
  }

  private async read<T>(answer: () => T | Promise<T>): Promise<T> {
    this.assertUsable();
    return this.inTurn(() => {
      this.assertHealthy();
      return answer();
    });
  }

  private inTurn<T>(work: () => T | Promise<T>): Promise<T> {
    return this.turns.run(work);
  }

  private fail(error: unknown, doing: string): void {
    this.failure = diskFailure(error, `${doing} in ${this.opened.place.dir}`);
  }

  private assertUsable(): void {
    if (this.closed) throw new Failure('closed', 'The database of this workspace has been closed.');
    this.assertHealthy();
  }

  private assertHealthy(): void {
    if (this.failure) throw this.failure;
  }
}
