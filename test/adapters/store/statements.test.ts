// Which rows a commit changes, under which conditions.
import { strict as assert } from 'node:assert';
import { statementsFor } from '../../../src/adapters/store/statements';
import { defaultRunSettings } from '../../../src/core/settings/runSettings';
import type { Commit } from '../../../src/ports/store';
import { History, specOf, storyOfARun } from '../../support/history';

/** One line a statement: what it does to which table, under which condition, and how many rows it must change. */
function outline(commit: Commit): string[] {
  return statementsFor(commit).map(({ sql, params, rows }) => {
    const [, verb = '', table = ''] = /^(INSERT|UPDATE|DELETE)(?: INTO| FROM)? (\w+)/.exec(sql) ?? [];
    const [, condition = ''] = /WHERE (.*)$/.exec(sql) ?? [];
    const values = params.slice(params.length - (condition.match(/\?/g)?.length ?? 0));
    const where = condition.replace(/\?/g, () => String(values.shift()));
    return `${verb.toLowerCase()} ${table}${where && ` where ${where}`}: ${rows}`;
  });
}

const attempt = { slot: 1, featureId: 1, attempt: 1, fence: 1 };

describe('statementsFor', () => {
  const story = storyOfARun();
  const commitOf = (type: string, nth = 0): Commit => {
    const found = story.commits.filter(({ events }) => events.some((event) => event.type === type))[nth];
    assert.ok(found);
    return found;
  };

  it('makes a claim one conditional update beside its log, its agent and its locks', () => {
    assert.deepEqual(outline(commitOf('feature.claimed')), [
      'update meta where key = seq AND value = 5: 1',
      'insert events: 1',
      'insert events: 1',
      'update features where id = 1 AND status = pending AND phase =  AND fence = 0: 1',
      'insert agents: 1',
      'insert locks: 1',
      'update meta where key = lastFence: 1',
    ]);
  });

  it('ends an attempt only under its own fence, and takes all its locks and its publication with it', () => {
    assert.deepEqual(
      outline(commitOf('feature.retried')).filter((line) => !line.startsWith('insert events')),
      [
        'update meta where key = seq AND value = 13: 1',
        'update features where id = 1 AND status = claimed AND phase = verifying AND fence = 1: 1',
        'update agents where slot = 1 AND fence = 1: 1',
        'delete locks where kind = file AND fence = 1 AND path = src/login.ts: 1',
        'delete locks where kind = folder AND fence = 1 AND path = test: 1',
        'delete publications where fence = 1: 1',
      ],
    );
  });

  it('asks nothing of the snapshot when only publications change', () => {
    const commit = story.commits.find(({ events }) => events.length === 0);
    assert.ok(commit);
    assert.deepEqual(outline(commit), ['insert publications: 1']);
  });

  it('grants a lock that was waited for in place of the wait', () => {
    const history = claimed();
    const lock = { path: 'a.ts', kind: 'file', ...attempt } as const;
    history.record([{ type: 'lock.waiting', blockers: [], ...lock }]);
    history.record([{ type: 'lock.waiting', blockers: [], ...lock }]);
    const granted = history.record([{ type: 'lock.granted', how: 'request', ...lock }]);
    assert.deepEqual(outline(granted).slice(-2), [
      'delete locks where held = 0 AND kind = file AND fence = 1 AND path = a.ts: 2',
      'insert locks: 1',
    ]);
  });

  it('touches no lock where what is released is not held', () => {
    const history = claimed();
    const released = history.record([{ type: 'lock.released', path: 'never.ts', ...attempt }]);
    assert.deepEqual(
      outline(released).filter((line) => line.includes(' locks ')),
      [],
    );
  });

  it('tells a resource from a file of the same name', () => {
    const history = claimed();
    history.record([
      { type: 'lock.granted', how: 'claim', kind: 'file', path: 'db', ...attempt },
      { type: 'lock.granted', how: 'claim', kind: 'resource', resource: 'db', ...attempt },
    ]);
    const released = history.record([{ type: 'lock.released', resource: 'db', ...attempt }]);
    assert.equal(
      outline(released).at(-1),
      'delete locks where kind = resource AND fence = 1 AND path = db: 1',
    );
    const [left] = history.snapshot.locks.holds;
    assert.deepEqual(left?.scope, { kind: 'file', path: 'db' });
  });

  it('ends a run also when the next begins in the same commit', () => {
    const history = claimed();
    const commit = history.record([
      { type: 'run.finished', runId: 1, outcome: 'stopped', report },
      { type: 'run.started', runId: 2, settings: defaultRunSettings },
    ]);
    assert.deepEqual(outline(commit).slice(3), [
      'delete agents: 1',
      'update runs where id = 1 AND status = running: 1',
      'insert runs: 1',
    ]);
  });

  it('touches one feature of ten thousand', () => {
    const history = new History();
    const ids = Array.from({ length: 10_000 }, (_, k) => k + 1);
    history.record(
      ids.map((featureId) => ({ type: 'feature.added', featureId, spec: specOf(`F${featureId}`) })),
    );
    const commit = history.record([{ type: 'feature.held', featureId: 7777, missing: [1] }]);
    assert.deepEqual(outline(commit), [
      'update meta where key = seq AND value = 10000: 1',
      'insert events: 1',
      'update features where id = 7777 AND status = pending AND phase =  AND fence = 0: 1',
    ]);
  });

  it('writes what the user wants of a feature only when that was edited', () => {
    const history = claimed();
    const writesSpec = (commit: Commit) =>
      statementsFor(commit).some(({ sql }) => /UPDATE features SET .*\bspec = /.test(sql));
    assert.equal(
      writesSpec(history.record([{ type: 'feature.skipped', featureId: 2, because: { kind: 'user' } }])),
      false,
    );
    assert.equal(
      writesSpec(history.record([{ type: 'feature.edited', featureId: 2, spec: specOf('C') }])),
      true,
    );
  });
});

/** Two features and a run, with an attempt at work on the first. */
function claimed(): History {
  const history = new History();
  history.record([
    { type: 'feature.added', featureId: 1, spec: specOf('A') },
    { type: 'feature.added', featureId: 2, spec: specOf('B') },
    { type: 'run.started', runId: 1, settings: defaultRunSettings },
  ]);
  history.record([{ type: 'feature.claimed', model: 'haiku', ...attempt }]);
  return history;
}

const report = {
  startedAt: 0,
  wallMs: 1,
  maxAgents: 1,
  passing: 0,
  total: 2,
  oneAgentMs: 1,
  bestPossibleMs: 1,
  costUsd: 0,
  inputTokens: 0,
  outputTokens: 0,
  attempts: 1,
  retries: 0,
  waitingMs: { dependency: 0, lock: 0, limit: 0, rate: 0, paused: 0 },
};
