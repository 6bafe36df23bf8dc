// The forms that our changes to rows have, and whether one that a journal holds is of them: a journal that somebody put there
// could say anything else, which might have no end.
import type { SqlValue, Statement } from './sqlJsDatabase';

export type Columns = Readonly<Record<string, SqlValue>>;

export function insert(table: string, columns: Columns): Statement {
  const names = Object.keys(columns);
  const sql = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
  return { sql, params: Object.values(columns), rows: 1 };
}

/** An insert, or, where there is one of this key, its body anew. */
export function put(table: string, key: string, columns: Columns): Statement {
  const { sql, params } = insert(table, columns);
  return { sql: `${sql} ON CONFLICT (${key}) DO UPDATE SET body = excluded.body`, params, rows: 1 };
}

export function update(table: string, columns: Columns, where: Columns): Statement {
  const sql = `UPDATE ${table} SET ${equals(columns, ', ')} WHERE ${equals(where, ' AND ')}`;
  return { sql, params: [...Object.values(columns), ...Object.values(where)], rows: 1 };
}

export function remove(table: string, where: Columns, rows = 1): Statement {
  return { sql: `DELETE FROM ${table} WHERE ${equals(where, ' AND ')}`, params: Object.values(where), rows };
}

export function removeAll(table: string, rows: number): Statement {
  return { sql: `DELETE FROM ${table}`, params: [], rows };
}

function equals(columns: Columns, between: string): string {
  return Object.keys(columns)
    .map((name) => `${name} = ?`)
    .join(between);
}

/** Takes the oldest events away, and the runs that began in them but for the newest. */
export const forgetEvents = 'DELETE FROM events WHERE seq <= ?';
export const oldRuns = 'started_seq <= ? AND started_seq < (SELECT MAX(started_seq) FROM runs)';
export const forgetRuns = `DELETE FROM runs WHERE ${oldRuns}`;

const table = '[a-z]+';
const column = '[a-z_]+';
const equal = `${column} = \\?`;
const where = ` WHERE ${equal}(?: AND ${equal})*`;
const forms = [
  `INSERT INTO ${table} \\(${column}(?:, ${column})*\\) VALUES \\(\\?(?:, \\?)*\\)(?: ON CONFLICT \\(${column}(?:, ${column})*\\) DO UPDATE SET body = excluded\\.body)?`,
  `UPDATE ${table} SET ${equal}(?:, ${equal})*${where}`,
  `DELETE FROM ${table}(?:${where})?`,
].map((form) => new RegExp(`^${form}$`));

/** What a statement of our forms changes. */
export function tableOf(sql: string): string | undefined {
  return /^(?:INSERT INTO|UPDATE|DELETE FROM) ([a-z]+)/.exec(sql)?.[1];
}

/** Of this or an earlier version. Such a change of our own tables comes to an end, and does to them what its values say. */
export function isOwnForm(sql: string): boolean {
  return sql === forgetEvents || sql === forgetRuns || forms.some((form) => form.test(sql));
}
