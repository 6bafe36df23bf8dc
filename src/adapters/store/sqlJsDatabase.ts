// SQLite in memory, by way of sql.js: statements that say how many rows they expect, queries, and the whole as a file.
import { readFile } from 'node:fs/promises';
import initSqlJs from 'sql.js';
import { atOnce, type Steps, stepSize } from '../../core/shared/steps';
import { Failure } from '../../ports/failure';
import { damaged } from './damaged';
import { readJson } from './readJson';
import type { Is } from './shape';

export type SqlJs = initSqlJs.SqlJsStatic;

/** By path. sql.js has one for the whole process: it keeps its first and ignores what a later call asks for. */
const loaded = new Map<string, Promise<SqlJs>>();

/** Reads the file once, however many ask for it; again where that failed. */
export async function loadSqlJs(wasmPath: string): Promise<SqlJs> {
  const loading = loaded.get(wasmPath) ?? readSqlJs(wasmPath);
  loaded.set(wasmPath, loading);
  try {
    return await loading;
  } catch (error) {
    loaded.delete(wasmPath);
    throw error;
  }
}

async function readSqlJs(wasmPath: string): Promise<SqlJs> {
  const wasm = await readFile(wasmPath);
  return initSqlJs({ wasmBinary: new Uint8Array(wasm).buffer });
}

export type SqlValue = string | number;

/** One change to the database. Time and chance are bound as values, so that it does the same when it is run again. */
export interface Statement {
  readonly sql: string;
  readonly params: readonly SqlValue[];
  /** How many rows it must change; any other number means that the rows are not what the caller took them to be. */
  readonly rows: number;
}

/** A row of an answer; all throw `corrupt`, naming table and row, for what is not as we write it. */
export interface Row {
  text(column: string): string;
  /** No whole number that could not be told from the next one. */
  number(column: string): number;
  /** A column of JSON. @param is tells whether it holds a `T` @param mostChars more than we ever write */
  json<T>(column: string, is: Is, mostChars?: number): T;
  /** Refuses the row for a reason of the caller's. @param what is wrong, as the end of a sentence */
  refuse(what: string): never;
}

/**
 * One database in memory. Everything is synchronous; nothing touches the disk. Whoever made it calls `close`, or its
 * memory is never given back.
 */
export class SqlJsDatabase {
  /** Prepared once each; the statements of all commits together are about twenty texts. */
  private readonly prepared = new Map<string, initSqlJs.Statement>();

  private readonly sqlite: initSqlJs.Database;

  /** @param content an SQLite file; left out, the database is empty. Damage shows only when it is read. */
  constructor(sqlJs: SqlJs, content?: Uint8Array) {
    this.sqlite = new sqlJs.Database(content);
    this.distrust();
  }

  /** What `export` would answer, in bytes. */
  get bytes(): number {
    const pragma = (name: string) => this.query(`PRAGMA ${name}`)[0]?.number(name) ?? 0;
    return pragma('page_count') * pragma('page_size');
  }

  /** Opens a transaction, in which `apply` may be called many times and which only `commit` ends well. */
  begin(): void {
    this.sqlite.run('BEGIN');
  }

  commit(): void {
    this.sqlite.run('COMMIT');
  }

  /** Runs all of the statements or, throwing `conflict`, none of them. Only within a transaction. */
  apply(statements: readonly Statement[]): void {
    this.sqlite.run('SAVEPOINT apply');
    try {
      for (const statement of statements) this.change(statement);
    } catch (error) {
      this.sqlite.run('ROLLBACK TO apply');
      throw error;
    } finally {
      this.sqlite.run('RELEASE apply');
    }
  }

  /** Runs a whole script of statements without values, as migrations are. */
  script(sql: string): void {
    this.sqlite.exec(sql);
  }

  query(sql: string, params: readonly SqlValue[] = []): Row[] {
    const rows: Row[] = [];
    this.each(sql, params, (row) => rows.push(row));
    return rows;
  }

  /** Hands over one row after the other, so that no more than one need be in memory. */
  each(sql: string, params: readonly SqlValue[], take: (row: Row) => void): void {
    atOnce(this.eachRow(sql, params, take));
  }

  /** The same in steps. Nothing else may be done with the database between them. */
  *eachRow(sql: string, params: readonly SqlValue[], take: (row: Row) => void): Steps<void> {
    const statement = this.prepare(sql);
    try {
      statement.bind([...params]);
      const table = tableIn(sql);
      // Asked for once: sql.js would ask for all names again at each row, which takes longer than the row.
      const columns = statement.getColumnNames();
      for (let count = 1; statement.step(); count++) {
        take(rowOf(columns, statement.get(), table));
        if (count % stepSize === 0) yield;
      }
    } finally {
      statement.reset();
    }
  }

  /** Gives back the room of what was deleted, where that is most of all. Not within a transaction. */
  pack(): void {
    const count = (of: string) => this.query(`PRAGMA ${of}`)[0]?.number(of) ?? 0;
    if (count('freelist_count') * 2 > count('page_count')) this.script('VACUUM');
  }

  /** The database as the bytes of an SQLite file. Not within a transaction. */
  export(): Uint8Array {
    const content = this.sqlite.export();
    this.distrust(); // sql.js opens it anew
    return content;
  }

  /** May be called twice. */
  close(): void {
    this.prepared.clear(); // sql.js frees them with the database
    this.sqlite.close();
  }

  /** What a file brings along gets no power: no function is called for its sake, and a page is looked at before it is believed. */
  private distrust(): void {
    this.sqlite.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;');
  }

  private change({ sql, params, rows }: Statement): void {
    const statement = this.prepare(sql);
    try {
      statement.run([...params]);
    } catch (error) {
      // sql.js gives the message only, no code.
      if (!(error instanceof Error && error.message.includes('constraint failed'))) throw error;
      throw new Failure('conflict', `The stored rows are not what they were taken for: ${error.message}.`, {
        cause: error,
      });
    } finally {
      statement.reset();
    }
    const changed = this.sqlite.getRowsModified();
    if (changed !== rows) {
      throw new Failure(
        'conflict',
        `The stored rows are not what they were taken for: ${changed} changed instead of ${rows} by "${sql}".`,
      );
    }
  }

  private prepare(sql: string): initSqlJs.Statement {
    const known = this.prepared.get(sql);
    if (known) return known;
    const made = this.sqlite.prepare(sql);
    this.prepared.set(sql, made);
    return made;
  }
}

/** What a row is known by, in tables of ours. */
const keys = ['id', 'seq', 'slot', 'fence', 'key'];

function rowOf(columns: readonly string[], cells: readonly initSqlJs.SqlValue[], table: string): Row {
  const values: Record<string, initSqlJs.SqlValue | undefined> = {};
  for (const [at, column] of columns.entries()) values[column] = cells[at];
  const refuse = (what: string): never => {
    const key = keys.find((name) => values[name] !== undefined);
    const row =
      key === undefined ? 'a row' : `the row with ${key} ${JSON.stringify(values[key])?.slice(0, 60)}`;
    throw damaged(`in the table "${table}" of agents.db ${row} ${what}`);
  };
  const text = (column: string) => {
    const value = values[column];
    return typeof value === 'string' ? value : refuse(`holds no text in "${column}"`);
  };
  return {
    refuse,
    text,
    number: (column) => {
      const value = values[column];
      const isOurs = typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
      return isOurs ? value : refuse(`holds no number of ours in "${column}"`);
    },
    json<T>(column: string, is: Is, mostChars?: number): T {
      const value = readJson<T>(text(column), is, mostChars);
      return value === undefined ? refuse(`holds in "${column}" what we do not write`) : value;
    },
  };
}

/** Our queries ask one table each. */
function tableIn(sql: string): string {
  return /\bFROM (\w+)/.exec(sql)?.[1] ?? '';
}
