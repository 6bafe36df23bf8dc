// The one reducer: what each event does to the picture, and that it never touches the picture it was given.
import { strict as assert } from 'node:assert';
import { openBreakers } from '../../../src/core/events/accounts';
import type { AgentEnd, NewEvent } from '../../../src/core/events/event';
import { project, projectAll } from '../../../src/core/events/project';
import { emptySnapshot, liveAttempts, type Snapshot } from '../../../src/core/events/snapshot';
import { defaultRunSettings } from '../../../src/core/settings/runSettings';
import { eventsAt, featureIn, specOf, workspaceOf } from '../sampleFeatures';

const own = { slot: 2, featureId: 1, attempt: 1, fence: 8 };
const process = { pid: 1, started: 's' };
const usage = { inputTokens: 10, outputTokens: 5, cacheReadTokens: 100, cacheWriteTokens: 1_000 };
const claimed: NewEvent = { type: 'feature.claimed', model: 'haiku', ...own };

/** A run with feature 1 claimed in slot 2. */
const atWork = tell(workspaceOf([featureIn('pending', 1), featureIn('waiting', 2)]), claimed);

function tell(snapshot: Snapshot, ...newEvents: readonly NewEvent[]): Snapshot {
  return projectAll(
    snapshot,
    eventsAt(
      newEvents.map((h, k) => [100 + k, h] as const),
      snapshot.seq,
    ),
  );
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) frozen(part);
    Object.freeze(value);
  }
  return value;
}

describe('project', () => {
  it('claims: the feature at work, a fresh agent in the slot, the fence kept', () => {
    assert.equal(atWork.lastFence, 8);
    assert.deepEqual(liveAttempts(atWork), [own]);
    assert.deepEqual(atWork.agents[2], {
      ...own,
      model: 'haiku',
      status: 'starting',
      step: 'starting',
      startedAt: 100,
      inputTokens: 0,
      outputTokens: 0,
      costUsd: 0,
      actions: 0,
    });
  });

  const agentNews: [happening: NewEvent, patch: object][] = [
    [{ type: 'agent.started', process, ...own }, { process }],
    [
      { type: 'agent.progress', status: 'running', step: 'reading', progress: 20, ...own },
      { status: 'running', step: 'reading', progress: 20 },
    ],
    [
      { type: 'agent.ended', cause: 'done', note: 'passing', ...own },
      { status: 'ended', step: 'passing', endedAt: 100, end: 'done', process: undefined },
    ],
    [{ type: 'tool.used', tool: 't', ok: true, durationMs: 1, summary: '', ...own }, { actions: 1 }],
    [
      { type: 'model.called', model: 'haiku', usage, costUsd: 0.5, durationMs: 1, ...own },
      { inputTokens: 1_110, outputTokens: 5, costUsd: 0.5 },
    ],
    [
      { type: 'verify.started', command: 'npm test', ...own },
      { status: 'verifying', step: 'npm test' },
    ],
    [
      { type: 'verify.started', command: 'npm run lint', guards: 3, ...own },
      { status: 'verifying', step: 'check of feature 3: npm run lint' },
    ],
    [
      { type: 'verify.started', command: 'npm test', trial: true, ...own },
      { status: 'verifying', step: 'check with its files as they were: npm test' },
    ],
  ];
  for (const [newEvent, patch] of agentNews) {
    it(`${newEvent.type} changes the agent's card`, () => {
      assert.notDeepEqual({ ...atWork.agents[2], ...patch }, atWork.agents[2], 'the patch changes nothing');
      assert.deepEqual(tell(atWork, newEvent).agents, { 2: { ...atWork.agents[2], ...patch } });
    });

    it(`${newEvent.type} of an earlier attempt changes nothing of the agent now in the slot`, () => {
      assert.deepEqual(tell(atWork, { ...newEvent, fence: 7 } as NewEvent).agents, atWork.agents);
      assert.deepEqual(tell(atWork, { ...newEvent, slot: 5 } as NewEvent).agents, atWork.agents);
    });
  }

  it('counts what nobody has said the price of, by agent and run', () => {
    const called = {
      type: 'model.called',
      model: 'mine/m',
      usage,
      costUsd: 0,
      durationMs: 1,
      ...own,
    } as const;
    const { agents, run } = tell(atWork, { ...called, isUnpriced: true }, called, {
      ...called,
      isUnpriced: true,
    });
    assert.deepEqual([agents[2]?.unpricedTokens, run?.unpricedTokens], [2_230, 2_230]);
  });

  it('limit.reached leaves the card as it is: what the agent does next tells', () => {
    const news: NewEvent = { type: 'limit.reached', limit: 'max_actions', bound: 1, ...own };
    assert.deepEqual(tell(atWork, news).agents, atWork.agents);
  });

  it('keeps the progress an agent told when it tells a step without one', () => {
    const steps = [20, undefined].map(
      (progress): NewEvent => ({
        type: 'agent.progress',
        status: 'running',
        step: '',
        ...(progress ? { progress } : {}),
        ...own,
      }),
    );
    assert.equal(tell(atWork, ...steps).agents[2]?.progress, 20);
  });

  it('leaves an agent that has ended so, whatever was begun for it and is told late', () => {
    const ended = tell(atWork, { type: 'agent.ended', cause: 'limit', note: 'reached a limit', ...own });
    for (const late of [
      { type: 'verify.started', command: 'npm test', ...own },
      { type: 'agent.progress', status: 'waiting', step: 'waiting for a core', ...own },
      { type: 'lock.waiting', path: 'a.ts', kind: 'file', blockers: [], ...own },
    ] as const)
      assert.deepEqual(tell(ended, late).agents, ended.agents);
  });

  it('adds what calls cost to agent and run', () => {
    const call: NewEvent = {
      type: 'model.called',
      model: 'haiku',
      usage,
      costUsd: 0.5,
      durationMs: 1,
      ...own,
    };
    const { run } = tell(atWork, call, call);
    assert.deepEqual([run?.inputTokens, run?.outputTokens, run?.costUsd], [2_220, 10, 1]);
  });

  it('follows locks from the wait to the grant to the release', () => {
    const lock = { path: 'a', kind: 'file', ...own } as const;
    const waits = tell(atWork, { type: 'lock.waiting', blockers: [], ...lock });
    assert.deepEqual(waits.locks.waits, [
      { scope: { kind: 'file', path: 'a' }, slot: 2, featureId: 1, fence: 8, since: 100 },
    ]);
    const holds = tell(waits, { type: 'lock.granted', how: 'request', ...lock });
    assert.deepEqual([holds.locks.waits.length, holds.locks.holds.length], [0, 1]);
    assert.deepEqual(tell(holds, { type: 'lock.released', ...own, path: 'a' }).locks, emptySnapshot.locks);
  });

  const waitOf = (attempt = own): NewEvent => ({
    type: 'lock.waiting',
    path: 'src/app.ts',
    kind: 'file',
    blockers: [{ kind: 'agent', slot: 1, featureId: 4, fence: 7, path: 'src/app.ts' }],
    ...attempt,
  });
  const grantOf = (how: 'claim' | 'request', attempt = own): NewEvent => ({
    type: 'lock.granted',
    path: 'src/app.ts',
    kind: 'file',
    how,
    ...attempt,
  });
  const wait = waitOf();
  const earlier = { ...own, fence: 7 };
  const stands = { status: 'waiting', step: 'waiting for src/app.ts, held by agent 1 (feature 4)' };
  const goesOn: NewEvent = { type: 'agent.progress', status: 'running', step: 'editing', ...own };
  const waits: [what: string, happenings: readonly NewEvent[], card: object][] = [
    ['stands and waits for whoever has its file', [wait], stands],
    [
      'goes on when it gets the file',
      [wait, grantOf('request')],
      { status: 'running', step: 'got src/app.ts' },
    ],
    ['goes on when it says so', [wait, goesOn], { status: 'running', step: 'editing' }],
    [
      'is not said to wait for an earlier attempt',
      [waitOf(earlier)],
      { status: 'starting', step: 'starting' },
    ],
    ['stands though an earlier attempt got a file', [wait, grantOf('request', earlier)], stands],
    [
      'tells nothing of a file that was free',
      [goesOn, grantOf('request')],
      { status: 'running', step: 'editing' },
    ],
    [
      'tells nothing of what it got with its claim',
      [grantOf('claim')],
      { status: 'starting', step: 'starting' },
    ],
  ];
  for (const [what, newEvents, card] of waits) {
    it(`an agent ${what}`, () => {
      const { status, step } = tell(atWork, ...newEvents).agents[2] ?? assert.fail('no agent');
      assert.deepEqual({ status, step }, card);
    });
  }

  it('follows a run from start to finish', () => {
    let snapshot = atWork;
    const states = eventsAt([
      [1, { type: 'run.started', runId: 2, settings: defaultRunSettings }],
      [2, { type: 'run.configured', runId: 2, maxAgents: 5 }],
      [3, { type: 'run.paused', runId: 2, stopping: false }],
      [4, { type: 'run.resumed', runId: 2 }],
      [5, { type: 'run.paused', runId: 2, stopping: true }],
    ]).map((event) => {
      snapshot = project(snapshot, event);
      return snapshot;
    });
    assert.deepEqual(
      states.map((s) => s.run?.status),
      ['running', 'running', 'paused', 'running', 'stopping'],
    );
    assert.deepEqual(states[0]?.agents, {});
    assert.deepEqual(
      states.map((s) => s.run?.settings.maxAgents),
      [3, 5, 5, 5, 5],
    );
  });

  it('knows owner and throttle', () => {
    const now = tell(
      emptySnapshot,
      { type: 'owner.changed', epoch: 3, process, face: 'cli' },
      { type: 'throttle.changed', account: 'grok', untilAt: 9, atOnce: 2, reason: '' },
    );
    assert.deepEqual(now.owner, { epoch: 3, process, face: 'cli' });
    assert.deepEqual(now.accounts, { grok: { slow: { untilAt: 9, atOnce: 2 } } });
    const over = {
      type: 'throttle.changed',
      account: 'grok',
      untilAt: null,
      atOnce: null,
      reason: '',
    } as const;
    assert.deepEqual(tell(now, over).accounts, {});
    assert.deepEqual(tell(now, { type: 'owner.changed', epoch: 4, process, face: 'cli' }).accounts, {});
  });

  it('keeps the trouble of one account apart from that of others and of all', () => {
    const told = { message: 'm', mend: 'd', probeAt: 9 } as const;
    const now = tell(
      emptySnapshot,
      { type: 'breaker.opened', account: 'grok', cause: 'credit', ...told },
      { type: 'breaker.opened', account: 'gemini', cause: 'key', ...told },
      { type: 'breaker.opened', cause: 'disk', ...told },
      { type: 'breaker.rescheduled', account: 'grok', cause: 'credit', probeAt: 12, tries: 1 },
      { type: 'breaker.closed', account: 'gemini', cause: 'key' },
    );
    assert.deepEqual(
      openBreakers(now).map(({ account, cause, probeAt }) => [account, cause, probeAt]),
      [
        [undefined, 'disk', 9],
        ['grok', 'credit', 12],
      ],
    );
  });

  it('counts agents lost one after the other in a slot, until one ends otherwise', () => {
    const at = (fence: number) => ({ slot: 2, featureId: 1, attempt: 1, fence });
    const lossesAfter = (...ends: readonly AgentEnd[]) => {
      let now = emptySnapshot;
      for (const [k, cause] of ends.entries()) {
        const own = at(k + 10);
        now = tell(
          { ...now, features: { 1: featureIn('pending') } },
          { type: 'feature.claimed', model: 'haiku', ...own },
          { type: 'agent.ended', cause, note: '', ...own },
        );
      }
      return now.agents[2]?.losses;
    };
    assert.equal(lossesAfter('lost', 'lost'), 2);
    assert.equal(lossesAfter('lost', 'done', 'lost'), 1);
    assert.equal(lossesAfter('lost', 'yielded'), undefined);
  });

  it('knows the breaker, and forgets it with the run', () => {
    const started = { type: 'run.started', runId: 1, settings: defaultRunSettings } as const;
    const trouble = { cause: 'disk', message: 'Full.', mend: 'Free some.' } as const;
    const open = tell(emptySnapshot, started, { type: 'breaker.opened', ...trouble, probeAt: 9 });
    assert.deepEqual(open.breaker, {
      ...trouble,
      since: open.breaker?.since,
      probeAt: 9,
      tries: 0,
      fence: 0,
    });
    const again = { type: 'breaker.rescheduled', cause: 'disk', probeAt: 99, tries: 1 } as const;
    assert.deepEqual(tell(open, again).breaker, { ...open.breaker, probeAt: 99, tries: 1 });
    assert.equal(tell(open, { type: 'breaker.closed', cause: 'disk' }).breaker, null);
    assert.equal(tell(open, { ...started, runId: 2 }).breaker, null);
  });

  it('lists features in order of id and never gives an id again', () => {
    const spec = specOf('A');
    const added = tell(
      emptySnapshot,
      { type: 'feature.added', featureId: 10, spec },
      { type: 'feature.added', featureId: 9, spec },
    );
    assert.deepEqual(Object.keys(added.features), ['9', '10']);
    const removed = tell(added, { type: 'feature.removed', featureId: 10 });
    assert.deepEqual([Object.keys(removed.features), removed.lastFeatureId], [['9'], 10]);
  });

  it('takes the number of the last event', () => {
    assert.equal(
      projectAll(emptySnapshot, eventsAt([[1, { type: 'throttle.changed', untilAt: null, reason: '' }]], 41))
        .seq,
      42,
    );
    assert.equal(projectAll(atWork, []), atWork);
  });

  it('is the same for many events at once as for one after the other, and leaves the old picture as it was', () => {
    const story = eventsAt(
      [
        [1, { type: 'feature.added', featureId: 3, spec: specOf('C') }],
        [2, { type: 'lock.granted', path: 'a', kind: 'file', how: 'claim', ...own }],
        [3, { type: 'feature.submitted', summary: '', ...own }],
        [4, { type: 'feature.passed', evidence: { kind: 'user' }, ...own }],
        [5, { type: 'lock.released', path: 'a', ...own }],
        [6, { type: 'feature.freed', featureId: 2 }],
        [7, { type: 'feature.removed', featureId: 3 }],
        [8, { type: 'run.paused', runId: 1, stopping: false }],
      ],
      atWork.seq,
    );
    const before = frozen(structuredClone(atWork));
    const atOnce = projectAll(before, story);
    assert.deepEqual(story.reduce(project, before), atOnce);
    assert.deepEqual(before, atWork);
    assert.equal(atOnce.features[2]?.state.status, 'pending');
  });

  const unfit: [what: string, happening: NewEvent][] = [
    ['a change of an unknown feature', { type: 'feature.freed', featureId: 99 }],
    ['a change that the machine refuses', { type: 'feature.freed', featureId: 1 }],
    ['a change with an old fence', { type: 'feature.submitted', summary: '', ...own, fence: 7 }],
    ['an id given twice', { type: 'feature.added', featureId: 1, spec: specOf('A') }],
    ['the removal of what is at work', { type: 'feature.removed', featureId: 1 }],
    ['the removal of what is not there', { type: 'feature.removed', featureId: 99 }],
  ];
  for (const [what, newEvent] of unfit) {
    it(`throws for ${what}: that was never stored`, () =>
      assert.throws(() => tell(atWork, newEvent), /Unexpected value/));
  }
});
