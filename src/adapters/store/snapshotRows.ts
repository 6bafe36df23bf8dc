// From rows back to what they were made from: the snapshot, the publications and the events.
import type { Event } from '../../core/events/event';
import { readRunSettings } from '../../core/events/runSettings';
import type { Agent, Run, Snapshot } from '../../core/events/snapshot';
import type { Feature } from '../../core/features/feature';
import type { LockScope } from '../../core/locks/lockScope';
import type { Hold, LockTable, Wait } from '../../core/locks/lockTable';
import type { FeatureId } from '../../core/shared/ids';
import type { PublicationRecord } from '../../ports/store';
import { readMeta } from './meta';
import type { Row, SqlJsDatabase } from './sqlJsDatabase';

/** Human holds are not stored: whoever has the editor open says them again. */
export function readSnapshot(database: SqlJsDatabase): Snapshot {
  // Assigned by rising id: what `Object.fromEntries` makes, Node 20 copies 25 times slower, at each event.
  const features: Record<FeatureId, Feature> = {};
  database.each('SELECT * FROM features ORDER BY id', [], (row) => {
    const feature = featureOf(row);
    features[feature.id] = feature;
  });
  const agents = database
    .query('SELECT body FROM agents ORDER BY slot')
    .map((row) => row.json<Agent>('body'));
  const [run] = database.query('SELECT body FROM runs ORDER BY started_seq DESC LIMIT 1');
  const [lastEvent] = database.query('SELECT body FROM events ORDER BY seq DESC LIMIT 1');
  return {
    seq: readMeta(database, 'seq'),
    elapsedMs: lastEvent?.json<Event>('body').elapsedMs ?? 0,
    features,
    agents: Object.fromEntries(agents.map((agent) => [agent.slot, agent])),
    locks: readLocks(database),
    run: run ? runOf(run.json<Run>('body')) : null,
    owner: readMeta(database, 'owner'),
    throttledUntilAt: readMeta(database, 'throttledUntilAt'),
    breaker: readMeta(database, 'breaker'),
    lastFence: readMeta(database, 'lastFence'),
    lastFeatureId: readMeta(database, 'lastFeatureId'),
    experience: readMeta(database, 'experience'),
  };
}

/** Earlier versions stored with a run what a database must have no say in, such as the address a key is sent to. */
function runOf(run: Run): Run {
  return { ...run, settings: readRunSettings(run.settings) };
}

/** By fence. */
export function readPublications(database: SqlJsDatabase): PublicationRecord[] {
  const rows = database.query('SELECT body FROM publications ORDER BY fence');
  return rows.map((row) => row.json<PublicationRecord>('body'));
}

export function readEvents(database: SqlJsDatabase, since: number, limit: number): Event[] {
  const rows = database.query('SELECT seq, body FROM events WHERE seq > ? ORDER BY seq LIMIT ?', [
    since,
    limit,
  ]);
  return rows.map((row) => row.json<Event>('body'));
}

function readLocks(database: SqlJsDatabase): LockTable {
  const rows = database.query('SELECT * FROM locks ORDER BY seq');
  const entries = (held: number): (Hold | Wait)[] =>
    rows.filter((row) => row.number('held') === held).map(lockOf);
  return { holds: entries(1), waits: entries(0), human: [] };
}

export function featureOf(row: Row): Feature {
  const lastFailure = row.json<string | null>('last_failure');
  return {
    id: row.number('id'),
    spec: row.json('spec'),
    state: row.json('state'),
    failures: row.number('failures'),
    losses: row.number('losses'),
    learnedFiles: row.json('learned_files'),
    ...(lastFailure === null ? {} : { lastFailure }),
  };
}

/** A resource's name stands where a path would. */
function scopeOf(row: Row): LockScope {
  const [kind, name] = [row.text('kind'), row.text('path')];
  if (kind === 'resource') return { kind, resource: name };
  return { kind: kind === 'folder' ? 'folder' : 'file', path: name };
}

function lockOf(row: Row): Hold | Wait {
  return {
    scope: scopeOf(row),
    slot: row.number('slot'),
    featureId: row.number('feature_id'),
    fence: row.number('fence'),
    since: row.number('since_at'),
  };
}
