// Which events leave the database for the archive, so that it does not grow with the history, and what then leaves with them.
import type { Event } from '../../core/events/event';
import type { EventArchive, EventPage } from './eventArchive';
import { readEvents } from './snapshotRows';
import type { SqlJsDatabase, Statement } from './sqlJsDatabase';
import { forgetEvents, forgetRuns, oldRuns } from './statementForms';
import { namesIn } from './storedTexts';

/** The newest stay, some 10,000 of usual length: what views show is read from memory. */
export const defaultKeptChars = 4 * 1024 * 1024;

/** A page is read whole for any of its events: so many characters are unpacked in 5 ms. */
const pageChars = 512 * 1024;
/** Looked at for one page, which of the shortest events holds about as many. */
const mostPerPage = 4_096;

/**
 * The oldest events of a database that holds more than `keptChars` of them; undefined when it does not. The same again
 * until they are gone. The very last stays, for it tells the time.
 */
export function oldestPage(database: SqlJsDatabase, keptChars: number): EventPage | undefined {
  const [sum] = database.query('SELECT COALESCE(SUM(length(body)), 0) AS chars FROM events');
  if (!sum || sum.number('chars') <= keptChars) return undefined;
  const oldest = database.query(
    'SELECT seq, length(body) AS chars FROM events WHERE seq < (SELECT MAX(seq) FROM events) ORDER BY seq LIMIT ?',
    [mostPerPage],
  );
  const seqs: number[] = [];
  let chars = 0;
  for (const row of oldest) {
    chars += row.number('chars');
    if (seqs.length > 0 && chars > pageChars) break;
    seqs.push(row.number('seq'));
  }
  const [first, last] = [seqs[0], seqs.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const bodies = database
    .query('SELECT body FROM events WHERE seq <= ? ORDER BY seq', [last])
    .map((row) => row.text('body'));
  return { first, last, bodies };
}

export function textsOf({ bodies }: EventPage): ReadonlySet<string> {
  return new Set(bodies.flatMap(namesIn));
}

/** Takes a page out of the database, and with it the runs that began in it; the newest run stays, which the snapshot shows. */
export function forget(database: SqlJsDatabase, { last, bodies }: EventPage): readonly Statement[] {
  const runs = database.query(`SELECT id FROM runs WHERE ${oldRuns}`, [last]).length;
  return [
    { sql: forgetEvents, params: [last], rows: bodies.length },
    ...(runs > 0 ? [{ sql: forgetRuns, params: [last], rows: runs }] : []),
  ];
}

/** Events above `since`, wherever they lie. */
export async function readAllEvents(
  database: SqlJsDatabase,
  archive: EventArchive,
  since: number,
  limit: number,
): Promise<readonly Event[]> {
  const [oldest] = database.query('SELECT COALESCE(MIN(seq), 1) AS first FROM events');
  const first = oldest?.number('first') ?? 1;
  const old = since + 1 < first ? await archive.read(since, first, limit) : [];
  return [...old, ...readEvents(database, since, limit - old.length)];
}
