// Whether a database holds what our migrations make and nothing else. Told before any of it is asked for rows: a view in the
// place of a table may never come to an end, and a trigger would do what somebody else wrote.
import { damaged } from './damaged';
import { readMeta } from './meta';
import { type Migration, migrate, newestVersion, refuseNewer } from './migrations';
import { type SqlJs, SqlJsDatabase } from './sqlJsDatabase';

/** A table, an index, a view or a trigger, as SQLite lists it. */
interface Part {
  readonly type: string;
  readonly name: string;
  readonly table: string;
  /** As it was made, without what is there for people; empty for what SQLite made by itself. */
  readonly sql: string;
}

/** Ours are eight tables with their indices, in some 2 KB. */
const mostParts = 100;
const leafOfTable = 0x0d;
const headBytes = 100;

/**
 * Does the list of all tables lie on the file's first page, as that of ours does? SQLite reads the whole list before it
 * can be asked for anything, and of a list that leads on to other pages nobody knows how long it is.
 */
export function hasShortList(file: Uint8Array): boolean {
  if (file.length < headBytes + 8) return false;
  const bytes = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const count = bytes.getUint16(headBytes + 3);
  const cells = headBytes + 8;
  const most = pageBytesOf(bytes) - bytes.getUint8(20) - 35; // what is longer goes on elsewhere
  if (bytes.getUint8(headBytes) !== leafOfTable || count > mostParts) return false;
  return Array.from({ length: count }, (_, k) => bytes.getUint16(cells + 2 * k)).every(
    (at) => at + 2 < file.length && twoByteNumber(bytes, at) <= most,
  );
}

/** @param bytes of the file, from its beginning */
export function pageBytesOf(bytes: DataView): number {
  return bytes.getUint16(16) === 1 ? 65_536 : bytes.getUint16(16);
}

/** A number in SQLite's own form, of which more than two bytes are more than a page has. */
function twoByteNumber(bytes: DataView, at: number): number {
  const [high, low] = [bytes.getUint8(at), bytes.getUint8(at + 1)];
  if (high < 0x80) return high;
  return low < 0x80 ? ((high & 0x7f) << 7) | low : Number.POSITIVE_INFINITY;
}

/**
 * The version of the tables, of which there are exactly those of that version; 0 for a database of somebody else, without
 * any `meta`. Throws `newer`, and `corrupt` naming the part that differs.
 */
export function ownVersion(database: SqlJsDatabase, sqlJs: SqlJs, steps: readonly Migration[]): number {
  const found = partsOf(database);
  if (!found.some(({ type, name }) => type === 'table' && name === 'meta')) return 0;
  const isOfMeta = ({ table }: Part) => table === 'meta';
  assertSame(found.filter(isOfMeta), expectedParts(sqlJs, steps, newestVersion(steps)).filter(isOfMeta));
  const version = readMeta(database, 'schema');
  refuseNewer(version, steps);
  assertSame(found, expectedParts(sqlJs, steps, version));
  return version;
}

/**
 * The version of the tables where a newer program has written them and we can still read them: all of ours are there as we
 * know them, and what came to them is tables and indices. 0 for any other database.
 */
export function understoodVersion(
  database: SqlJsDatabase,
  sqlJs: SqlJs,
  steps: readonly Migration[],
): number {
  const found = partsOf(database);
  const newest = newestVersion(steps);
  const expected = expectedParts(sqlJs, steps, newest);
  const isOfOurs = ownTables(sqlJs, steps);
  // Nothing that ours would have to do beside what we know: no trigger, and no index by somebody else's expression.
  const isHarmless = (part: Part) =>
    expected.some((own) => isSame(own, part)) ||
    ((part.type === 'table' || part.type === 'index') && !isOfOurs.has(part.table));
  const has = (part: Part) => found.some((other) => isSame(part, other));
  if (!found.every(isHarmless) || !expected.every(has)) return 0;
  const version = readMeta(database, 'schema');
  return version > newest ? version : 0;
}

/** Names of the tables of the newest version. */
export function ownTables(sqlJs: SqlJs, steps: readonly Migration[]): ReadonlySet<string> {
  const parts = expectedParts(sqlJs, steps, newestVersion(steps));
  return new Set(parts.flatMap(({ type, name }) => (type === 'table' ? [name] : [])));
}

function isSame(a: Part, b: Part): boolean {
  return a.type === b.type && a.name === b.name && a.table === b.table && a.sql === b.sql;
}

function assertSame(found: readonly Part[], expected: readonly Part[]): void {
  const more = found.find((part) => !expected.some((own) => isSame(part, own)));
  if (more)
    throw damaged(
      `the ${more.type} ${JSON.stringify(more.name.slice(0, 100))} in agents.db is not as ours are`,
    );
  const missing = expected.find((part) => !found.some((one) => isSame(part, one)));
  if (missing) throw damaged(`the ${missing.type} "${missing.name}" is missing in agents.db`);
  if (found.length !== expected.length) throw damaged('agents.db lists a table twice');
}

/** By version. Made from the migrations themselves, once each, so that the two cannot come apart. */
const known = new WeakMap<readonly Migration[], Map<number, readonly Part[]>>();

function expectedParts(sqlJs: SqlJs, steps: readonly Migration[], version: number): readonly Part[] {
  const ofSteps = known.get(steps) ?? new Map<number, readonly Part[]>();
  known.set(steps, ofSteps);
  const parts = ofSteps.get(version) ?? makeParts(sqlJs, steps, version);
  ofSteps.set(version, parts);
  return parts;
}

function makeParts(sqlJs: SqlJs, steps: readonly Migration[], version: number): readonly Part[] {
  const database = new SqlJsDatabase(sqlJs);
  try {
    migrate(database, steps, 0, version);
    return partsOf(database);
  } finally {
    database.close();
  }
}

function partsOf(database: SqlJsDatabase): readonly Part[] {
  return database
    .query(`SELECT type, name, tbl_name, COALESCE(sql, '') AS sql FROM sqlite_master`)
    .map((row) => ({
      type: row.text('type'),
      name: row.text('name'),
      table: row.text('tbl_name'),
      sql: withoutNotes(row.text('sql')),
    }));
}

/** As SQLite reads it: what we write has no text in quotes, in which these would stand for themselves. */
function withoutNotes(sql: string): string {
  return sql
    .replaceAll(/--[^\n]*/g, ' ')
    .replaceAll(/[ \t\r\n]+/g, ' ')
    .trim();
}
