// One commit as the journal keeps it: its bytes, and how a journal's bytes are read back up to the first damage.
import { createHash } from 'node:crypto';
import type { SqlValue, Statement } from './sqlJsDatabase';

export interface JournalRecord {
  /** Log sequence number: 1 for the first commit of a database, rising by one. */
  readonly lsn: number;
  /** Of the owner that wrote it. */
  readonly epoch: number;
  /** Version of the tables that the statements are for. */
  readonly schema: number;
  readonly statements: readonly Statement[];
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
 * The records up to the first that is short, damaged, out of number, or written under an older epoch than the one
 * before it (by an owner that had been displaced). What follows that one was never acknowledged by a living owner.
 */
export function scanJournal(content: Uint8Array): JournalScan {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const records: JournalRecord[] = [];
  const ends: number[] = [];
  let end = 0;
  for (;;) {
    const body = bodyAt(bytes, end);
    const record = body && unpack(JSON.parse(body.toString()));
    const last = records.at(-1);
    if (!record || (last && (record.lsn !== last.lsn + 1 || record.epoch < last.epoch))) break;
    end += headBytes + body.length;
    records.push(record);
    ends.push(end);
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

function unpack({ lsn, epoch, schema, sql, steps }: PackedRecord): JournalRecord {
  const statements = steps.map(([place, rows, params]) => ({ sql: sql[place] ?? '', rows, params }));
  return { lsn, epoch, schema, statements };
}
