// SQLite in memory, by way of sql.js: statements that say how many rows they expect, queries, and the whole as a file.
import { readFile } from 'node:fs/promises';
import initSqlJs from 'sql.js';
import { Failure } from '../../ports/failure';

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

/** A row of an answer; the readers throw `corrupt` for a value that is not of the kind asked for. */
export interface Row {
  text(column: string): string;
  number(column: string): number;
  /** A column that we filled with JSON ourselves; whoever asks knows what was put there. */
  json<T>(column: string): T;
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
    const statement = this.prepare(sql);
    try {
      statement.bind([...params]);
      while (statement.step()) take(rowOf(statement.getAsObject()));
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
    return this.sqlite.export();
  }

  /** May be called twice. */
  close(): void {
    this.prepared.clear(); // sql.js frees them with the database
    this.sqlite.close();
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

function rowOf(values: initSqlJs.ParamsObject): Row {
  const text = (column: string) => {
    const value = values[column];
    return typeof value === 'string' ? value : wrongKind(column, value, 'text');
  };
  const number = (column: string) => {
    const value = values[column];
    return typeof value === 'number' ? value : wrongKind(column, value, 'a number');
  };
  return {
    text,
    number,
    json: (column) => JSON.parse(text(column)),
  };
}

function wrongKind(column: string, value: unknown, wanted: string): never {
  throw new Failure('corrupt', `The database holds ${typeof value} in column "${column}", not ${wanted}.`);
}
