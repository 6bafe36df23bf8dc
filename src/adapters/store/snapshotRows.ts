// From rows back to what they were made from: the snapshot, the publications and the events.
import type { Event } from '../../core/events/event';
import type { Agent, Run, Snapshot } from '../../core/events/snapshot';
import type { Feature, FeatureState } from '../../core/features/feature';
import type { LockScope } from '../../core/locks/lockScope';
import type { Hold, LockTable, Wait } from '../../core/locks/lockTable';
import { readRunSettings } from '../../core/settings/runSettings';
import type { FeatureId } from '../../core/shared/ids';
import type { LongText } from '../../core/shared/longText';
import type { Steps } from '../../core/shared/steps';
import { Failure } from '../../ports/failure';
import type { PublicationRecord } from '../../ports/store';
import { isEvent } from './eventShapes';
import { readMeta } from './meta';
import type { Row, SqlJsDatabase } from './sqlJsDatabase';
import { conditionColumns } from './statements';
import {
  isAgent,
  isFeatureSpec,
  isFeatureState,
  isLastFailure,
  isPublication,
  isRun,
  isTexts,
} from './storedShapes';
import { assertTogether } from './together';

/** As many paths of the longest kind as one publication may have. */
const mostPublicationChars = 256 * 1024 * 1024;

/**
 * Human holds are not stored: whoever has the editor open says them again. Throws `corrupt`, naming table and row, for what
 * we do not write, and for rows that do not go together.
 */
export function* readSnapshot(database: SqlJsDatabase): Steps<Snapshot> {
  // Assigned by rising id: what `Object.fromEntries` makes, Node 20 copies 25 times slower, at each event.
  const features: Record<FeatureId, Feature> = {};
  yield* database.eachRow('SELECT * FROM features ORDER BY id', [], (row) => {
    const feature = featureOf(row);
    features[feature.id] = feature;
  });
  const agents = database.query('SELECT * FROM agents ORDER BY slot').map(agentOf);
  const [run] = database.query('SELECT * FROM runs ORDER BY started_seq DESC LIMIT 1');
  const [lastEvent] = database.query('SELECT seq, body FROM events ORDER BY seq DESC LIMIT 1');
  const snapshot: Snapshot = {
    seq: readMeta(database, 'seq'),
    elapsedMs: lastEvent?.json<Event>('body', isEvent).elapsedMs ?? 0,
    features,
    agents: Object.fromEntries(agents.map((agent) => [agent.slot, agent])),
    locks: readLocks(database),
    run: run ? runOf(run) : null,
    owner: readMeta(database, 'owner'),
    accounts: readMeta(database, 'accounts'),
    breaker: readMeta(database, 'breaker'),
    lastFence: readMeta(database, 'lastFence'),
    lastFeatureId: readMeta(database, 'lastFeatureId'),
    experience: readMeta(database, 'experience'),
  };
  assertTogether(snapshot, lastEvent?.number('seq') ?? 0);
  return snapshot;
}

/** Earlier versions stored with a run what a database must have no say in, such as the address a key is sent to. */
function runOf(row: Row): Run {
  const run = row.json<Run>('body', isRun);
  if (run.id !== row.number('id') || run.status !== row.text('status')) row.refuse(otherColumns);
  return { ...run, settings: readRunSettings(run.settings) };
}

const otherColumns = 'is not what its columns say';

function agentOf(row: Row): Agent {
  const agent = row.json<Agent>('body', isAgent);
  if (agent.slot !== row.number('slot') || agent.fence !== row.number('fence')) row.refuse(otherColumns);
  // Earlier versions took one that had ended for one at work again where a check of its attempt was told after that.
  return agent.endedAt === undefined ? agent : { ...agent, status: 'ended' };
}

/** By fence. */
export function readPublications(database: SqlJsDatabase): PublicationRecord[] {
  const rows = database.query('SELECT fence, body FROM publications ORDER BY fence');
  return rows.map((row) => {
    const publication = row.json<PublicationRecord>('body', isPublication, mostPublicationChars);
    return publication.fence === row.number('fence') ? publication : row.refuse(otherColumns);
  });
}

/** One that is not as we write it is left out, and as many as are wanted are found beyond it: events feed no decision. */
export function readEvents(database: SqlJsDatabase, since: number, limit: number): Event[] {
  const events: Event[] = [];
  for (let after = since; events.length < limit; ) {
    const wanted = limit - events.length;
    const rows = database.query('SELECT seq, body FROM events WHERE seq > ? ORDER BY seq LIMIT ?', [
      after,
      wanted,
    ]);
    for (const row of rows) {
      const event = eventOf(row);
      if (event) events.push(event);
    }
    if (rows.length < wanted) break;
    after = rows.at(-1)?.number('seq') ?? after;
  }
  return events;
}

export function eventOf(row: Row): Event | undefined {
  try {
    const event = row.json<Event>('body', isEvent);
    return event.seq === row.number('seq') ? event : undefined;
  } catch (error) {
    if (!Failure.is(error, 'corrupt')) throw error;
    return undefined;
  }
}

function readLocks(database: SqlJsDatabase): LockTable {
  const rows = database.query('SELECT * FROM locks ORDER BY seq');
  const entries = (held: number): (Hold | Wait)[] =>
    rows.filter((row) => row.number('held') === held).map(lockOf);
  return { holds: entries(1), waits: entries(0), human: [] };
}

export function featureOf(row: Row): Feature {
  const lastFailure = row.json<LongText | null>('last_failure', isLastFailure);
  const state = row.json<FeatureState>('state', isFeatureState);
  const { status, phase, fence } = conditionColumns(state);
  if (row.text('status') !== status || row.text('phase') !== phase || row.number('fence') !== fence)
    row.refuse(otherColumns);
  return {
    id: idOf(row),
    spec: row.json('spec', isFeatureSpec),
    state,
    failures: row.number('failures'),
    losses: row.number('losses'),
    learnedFiles: row.json('learned_files', isTexts),
    ...(lastFailure === null ? {} : { lastFailure }),
  };
}

function idOf(row: Row): FeatureId {
  const id = row.number('id');
  return id >= 1 ? id : row.refuse('has no id of ours');
}

/** A resource's name stands where a path would. */
function scopeOf(row: Row): LockScope {
  const [kind, name] = [row.text('kind'), row.text('path')];
  if (kind === 'resource') return { kind, resource: name };
  return kind === 'folder' || kind === 'file'
    ? { kind, path: name }
    : row.refuse('locks nothing that can be');
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
