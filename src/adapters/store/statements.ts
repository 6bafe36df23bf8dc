// What a commit does to the tables: each change as a statement that fails if the rows are not what `before` says.
import type { Event } from '../../core/events/event';
import { project, sinceOf } from '../../core/events/project';
import { emptySnapshot, type Run, type Snapshot } from '../../core/events/snapshot';
import type { Feature, FeatureState } from '../../core/features/feature';
import type { FeatureChange } from '../../core/features/featureChange';
import { isLocked } from '../../core/locks/lockScope';
import type { LockTable } from '../../core/locks/lockTable';
import type { Commit, PublicationChange, PublicationRecord } from '../../ports/store';
import { moveMeta, setMeta, snapshotKeys } from './meta';
import type { Statement } from './sqlJsDatabase';
import { type Columns, insert, put, remove, removeAll, update } from './statementForms';

/**
 * Rows are found from the events, so that the work grows with what happened and not with what is stored. That nothing
 * happened since `before` is checked once for all by its `seq`; a commit without events changes publications only,
 * and asks nothing of `before`.
 */
export function statementsFor({ before, after, events, publications }: Commit): readonly Statement[] {
  const changes = publications.map(changePublication);
  if (events.length === 0) return changes;
  return [
    moveMeta('seq', before.seq, after.seq),
    ...events.map(insertEvent),
    ...changeFeatures(before, after, events),
    ...changeAgents(before, after, events),
    ...changeLocks(before.locks, events),
    ...changeRuns(before.run, after.run, events),
    ...changeMeta(before, after),
    ...changes,
  ];
}

function insertEvent(event: Event): Statement {
  const { seq, at, type } = event;
  return insert('events', { seq, at, type, body: JSON.stringify(event) });
}

function changeFeatures(before: Snapshot, after: Snapshot, events: readonly Event[]): Statement[] {
  const touched = new Set(events.filter(isFeatureChange).map((event) => event.featureId));
  return [...touched].flatMap((id) => changeFeature(before.features[id], after.features[id]));
}

function changeFeature(old: Feature | undefined, now: Feature | undefined): Statement[] {
  if (!old) return now ? [insert('features', { id: now.id, ...featureColumns(now) })] : [];
  const asBefore = { id: old.id, ...conditionColumns(old.state) };
  if (!now) return [remove('features', asBefore)];
  const columns = { ...stateColumns(now), ...(now.spec === old.spec ? {} : specColumns(now)) };
  return [update('features', columns, asBefore)];
}

/** All that a feature's row holds beside its id. */
export function featureColumns(feature: Feature): Columns {
  return { ...specColumns(feature), ...stateColumns(feature) };
}

function specColumns({ spec }: Feature): Columns {
  return { name: spec.name, spec: JSON.stringify(spec) };
}

function stateColumns({ state, failures, losses, learnedFiles, lastFailure }: Feature): Columns {
  return {
    ...conditionColumns(state),
    state: JSON.stringify(state),
    failures,
    losses,
    learned_files: JSON.stringify(learnedFiles),
    last_failure: JSON.stringify(lastFailure ?? null),
  };
}

/** What conditions and order ask for, beside the whole state. */
export function conditionColumns(state: FeatureState): { status: string; phase: string; fence: number } {
  if (state.status !== 'claimed') return { status: state.status, phase: '', fence: 0 };
  return { status: state.status, phase: state.phase, fence: state.claim.fence };
}

/** There are as few agents as slots, so all are looked at; one that did not change is the same object. */
function changeAgents(before: Snapshot, after: Snapshot, events: readonly Event[]): Statement[] {
  if (before.agents === after.agents) return [];
  const afresh = events.some((e) => e.type === 'run.started');
  const cleared = afresh ? [removeAll('agents', Object.keys(before.agents).length)] : [];
  const changes = Object.values(after.agents).flatMap((agent): Statement[] => {
    const { slot, fence } = agent;
    const old = afresh ? undefined : before.agents[slot];
    if (old === agent) return [];
    const columns = { fence, body: JSON.stringify(agent) };
    return [
      old ? update('agents', columns, { slot, fence: old.fence }) : insert('agents', { slot, ...columns }),
    ];
  });
  return [...cleared, ...changes];
}

function changeLocks(before: LockTable, events: readonly Event[]): Statement[] {
  const statements: Statement[] = [];
  let table = before;
  for (const event of events) {
    if (event.type !== 'lock.granted' && event.type !== 'lock.waiting' && event.type !== 'lock.released')
      continue;
    const { fence } = event;
    const ofAttempt = [...table.holds, ...table.waits].filter(
      (row) => row.fence === fence && isLocked(row.scope, event),
    );
    // A resource's name stands where a path would, and may be that of a file which the attempt has locked as well.
    const path = 'resource' in event ? event.resource : event.path;
    if (event.type === 'lock.released') {
      for (const kind of new Set(ofAttempt.map((row) => row.scope.kind))) {
        const rows = ofAttempt.filter((row) => row.scope.kind === kind).length;
        statements.push(remove('locks', { kind, fence, path }, rows));
      }
    } else {
      const { seq, kind, slot, featureId: feature_id } = event;
      const since_at = sinceOf(event);
      const held = event.type === 'lock.granted' ? 1 : 0;
      const waits = ofAttempt.filter((row) => row.scope.kind === kind && table.waits.includes(row)).length;
      if (held && waits > 0) statements.push(remove('locks', { held: 0, kind, fence, path }, waits));
      statements.push(insert('locks', { seq, held, kind, path, fence, slot, feature_id, since_at }));
    }
    table = project({ ...emptySnapshot, locks: table }, event).locks;
  }
  return statements;
}

function changeRuns(before: Run | null, after: Run | null, events: readonly Event[]): Statement[] {
  if (before === after || !after) return [];
  if (before?.id === after.id)
    return [update('runs', runColumns(after), { id: after.id, status: before.status })];
  const begun = insert('runs', { id: after.id, started_seq: after.startedSeq, ...runColumns(after) });
  // The one before may have ended in this same commit, of which `after` knows nothing any more.
  const end = events.find((e) => e.type === 'run.finished');
  if (!before || end?.type !== 'run.finished' || end.runId !== before.id) return [begun];
  const ended = { ...before, status: 'finished', outcome: end.outcome, report: end.report } as const;
  return [update('runs', runColumns(ended), { id: before.id, status: before.status }), begun];
}

function runColumns(run: Run): Columns {
  return { status: run.status, body: JSON.stringify(run) };
}

function changeMeta(before: Snapshot, after: Snapshot): Statement[] {
  const changed = snapshotKeys.filter((key) => key !== 'seq' && before[key] !== after[key]);
  return changed.map((key) => setMeta(key, after[key]));
}

function changePublication(change: PublicationChange): Statement {
  return change.kind === 'drop'
    ? remove('publications', { fence: change.fence })
    : putPublication(change.publication);
}

export function putPublication(publication: PublicationRecord): Statement {
  const { fence } = publication;
  return put('publications', 'fence', { fence, body: JSON.stringify(publication) });
}

function isFeatureChange(event: Event): event is Event & FeatureChange {
  return event.type.startsWith('feature.');
}
