// Which long texts the rows of a database name, and how the rows of an older one come to name them.
import { mapTexts } from '../../core/events/longTexts';
import { mapFeature } from '../../core/features/featureTexts';
import { type LongText, shorten } from '../../core/shared/longText';
import type { Steps } from '../../core/shared/steps';
import { textName } from './keptTexts';
import { eventOf, featureOf } from './snapshotRows';
import type { SqlJsDatabase } from './sqlJsDatabase';
import { update } from './statementForms';
import { featureColumns } from './statements';

/** Names of all texts that a feature, an event or a publication in the database names. */
export function* namedTexts(database: SqlJsDatabase): Steps<ReadonlySet<string>> {
  const names = new Set<string>();
  const look = (json: string) => {
    for (const name of namesIn(json)) names.add(name);
  };
  yield* database.eachRow('SELECT spec, state, last_failure FROM features', [], (row) => {
    for (const column of ['spec', 'state', 'last_failure']) look(row.text(column));
  });
  yield* database.eachRow(`SELECT body FROM events WHERE body LIKE '%"hash":"%'`, [], (row) =>
    look(row.text('body')),
  );
  yield* database.eachRow('SELECT body FROM publications', [], (row) => look(row.text('body')));
  return names;
}

/** Names of the texts that a row's JSON names. In a text of the user's the quotes would be escaped. */
export function namesIn(json: string): readonly string[] {
  return [...json.matchAll(/"hash":"([0-9a-f]{64})"/g)].flatMap(([, name]) => name ?? []);
}

/** Puts names in the place of the long texts in the rows, and answers the texts by name: to be kept before the rows are. */
export function takeTextsOut(database: SqlJsDatabase): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const short = (text: LongText) =>
    shorten(text, (whole) => {
      const name = textName(whole);
      texts.set(name, whole);
      return name;
    });
  database.begin();
  for (const id of idsOf(database, `SELECT id AS n FROM features`)) {
    const [row] = database.query('SELECT * FROM features WHERE id = ?', [id]);
    if (row) database.apply([update('features', featureColumns(mapFeature(featureOf(row), short)), { id })]);
  }
  // Shorter rows hold nothing that is long.
  for (const seq of idsOf(database, 'SELECT seq AS n FROM events WHERE length(body) > 1024')) {
    const [row] = database.query('SELECT seq, body FROM events WHERE seq = ?', [seq]);
    const event = row && eventOf(row);
    if (event) database.apply([update('events', { body: JSON.stringify(mapTexts(event, short)) }, { seq })]);
  }
  database.commit();
  if (texts.size > 0) database.script('VACUUM'); // else the file keeps the room they had
  return texts;
}

function idsOf(database: SqlJsDatabase, sql: string): readonly number[] {
  return database.query(sql).map((row) => row.number('n'));
}
