// One commit as the journal keeps it: its bytes, and how a journal's bytes are read back up to the first damage.
import { createHash } from 'node:crypto';
import { damaged } from './damaged';
import type { SqlValue, Statement } from './sqlJsDatabase';
import { isOwnForm } from './statementForms';

export interface JournalRecord {
  /** Log sequence number: 1 for the first commit of a database, rising by one. */
  readonly lsn: number;
  /** Of the owner that wrote it; 0 in a journal's head. */
  readonly epoch: number;
  /** Version of the tables that the statements are for. */
  readonly schema: number;
  readonly statements: readonly Statement[];
  /** A newer version wrote it in a way that this one does not know; `statements` are then none of its. */
  readonly isUnknown?: true;
}

export interface JournalScan {
  readonly records: readonly JournalRecord[];
  /** Where each record ends, in bytes from the start. */
  readonly ends: readonly number[];
  /** Bytes after the last good record. */
  readonly cutBytes: number;
}

const lengthBytes = 4;
const checksumBytes = 8;
const headBytes = lengthBytes + checksumBytes;

/** Length of the body, checksum of the body, body. */
export function encodeRecord(record: JournalRecord): Uint8Array {
  const body = Buffer.from(JSON.stringify(pack(record)));
  const bytes = Buffer.alloc(headBytes + body.length);
  bytes.writeUInt32LE(body.length, 0);
  checksum(body).copy(bytes, lengthBytes);
  body.copy(bytes, headBytes);
  return bytes;
}

/**
 * What a journal begins with once a snapshot holds the commits up to `lsn`: no commit, and of no owner. An older database
 * that is put back beside it is told by that, though nothing else is left in the journal.
 */
export function encodeHead(lsn: number, schema: number): Uint8Array {
  return encodeRecord({ lsn, epoch: 0, schema, statements: [] });
}

export function isHead({ epoch, statements }: JournalRecord): boolean {
  return epoch === 0 && statements.length === 0;
}

/**
 * The records up to the first that is short, damaged, out of number, or written under an older epoch than the one
 * before it (by an owner that had been displaced). What follows that one was never acknowledged by a living owner.
 * Throws `corrupt` for a whole record that none of us can have written. The first that says to be of a newer version, and that
 * this one does not know, is the last.
 * @param newest version of the tables that this program knows
 */
export function scanJournal(content: Uint8Array, newest = Number.POSITIVE_INFINITY): JournalScan {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const records: JournalRecord[] = [];
  const ends: number[] = [];
  let end = 0;
  for (;;) {
    const body = bodyAt(bytes, end);
    const record = body && unpack(body, records.length + 1, newest);
    const last = records.at(-1);
    const goesOn = !last || (record?.lsn === last.lsn + 1 && record.epoch >= last.epoch);
    if (!record || !(goesOn || record.isUnknown)) break;
    end += headBytes + body.length;
    records.push(record);
    ends.push(end);
    if (record.isUnknown) break;
  }
  return { records, ends, cutBytes: bytes.length - end };
}

function bodyAt(bytes: Buffer, start: number): Buffer | undefined {
  if (start + headBytes > bytes.length) return undefined;
  const from = start + headBytes;
  const length = bytes.readUInt32LE(start);
  if (length === 0 || from + length > bytes.length) return undefined;
  const body = bytes.subarray(from, from + length);
  return checksum(body).equals(bytes.subarray(start + lengthBytes, from)) ? body : undefined;
}

/** The first 64 bits of SHA-256: a torn record passes for a whole one once in 10^19. */
function checksum(body: Buffer): Buffer {
  return createHash('sha256').update(body).digest().subarray(0, checksumBytes);
}

/** A commit may hold one statement ten thousand times (a backlog's first load), so each text is kept once. */
interface PackedRecord {
  readonly lsn: number;
  readonly epoch: number;
  readonly schema: number;
  readonly sql: readonly string[];
  /** Index into `sql`, expected rows, values. */
  readonly steps: readonly (readonly [number, number, readonly SqlValue[]])[];
}

function pack({ lsn, epoch, schema, statements }: JournalRecord): PackedRecord {
  const places = new Map<string, number>();
  const steps = statements.map(({ sql, rows, params }) => {
    const place = places.get(sql) ?? places.size;
    places.set(sql, place);
    return [place, rows, params] as const;
  });
  return { lsn, epoch, schema, sql: [...places.keys()], steps };
}

/** @param place of the record in the journal, from 1 */
function unpack(body: Buffer, place: number, newest: number): JournalRecord {
  const packed = parse(body);
  if (!isPacked(packed)) {
    const { schema } = fieldsOf(packed);
    if (isFrom(newest + 1, schema)) return { lsn: 0, epoch: 0, schema, statements: [], isUnknown: true };
    throw damaged(`record ${place} of agents.journal is whole and holds what we do not write`);
  }
  const { lsn, epoch, schema, sql, steps } = packed;
  const statements = steps.map(([at, rows, params]) => ({ sql: sql[at] ?? '', rows, params }));
  return { lsn, epoch, schema, statements };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined; // no JSON, or more than a text can hold
  }
}

function isPacked(value: unknown): value is PackedRecord {
  const { lsn, epoch, schema, sql, steps } = fieldsOf(value);
  if (!isFrom(1, lsn) || !isFrom(0, epoch) || !isFrom(1, schema)) return false;
  if (!Array.isArray(sql) || !sql.every((one) => typeof one === 'string' && isOwnForm(one))) return false;
  return Array.isArray(steps) && steps.every((step) => isStep(step, sql.length));
}

function fieldsOf(value: unknown): Partial<Record<keyof PackedRecord, unknown>> {
  return { ...Object(value) };
}

function isStep(step: unknown, texts: number): boolean {
  if (!Array.isArray(step)) return false;
  const [at, rows, params]: readonly unknown[] = step;
  return isFrom(0, at) && at < texts && isFrom(0, rows) && Array.isArray(params) && params.every(isSqlValue);
}

function isFrom(least: number, value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
}

function isSqlValue(value: unknown): value is SqlValue {
  return typeof value === 'string' || typeof value === 'number';
}
