// What is worth a notification, and that none is shown twice at once.
import { strict as assert } from 'node:assert';
import type { Event, NewEvent, RunOutcome } from '../../src/core/events/event';
import { Notices } from '../../src/vscode/notices';
import { diskFull } from './scenes';

const probedAgain = { type: 'breaker.rescheduled', cause: 'disk', probeAt: 99, tries: 1 } as const;

describe('the notifications', () => {
  const cases: { of: string; newEvent: NewEvent; shown: string[] }[] = [
    {
      of: 'a run that is complete',
      newEvent: ended('complete'),
      shown: ['information: All 5 features are passing.'],
    },
    {
      of: 'a run with failures',
      newEvent: ended('incomplete'),
      shown: ['warning: 3 of 5 features are passing.'],
    },
    { of: 'a run that the user stopped', newEvent: ended('stopped'), shown: [] },
    {
      of: 'something that broke',
      newEvent: { type: 'error.occurred', where: 'Database', message: 'disk full\u202e\nx' },
      shown: ['error: Database: disk full x'],
    },
    {
      of: 'trouble from outside',
      newEvent: diskFull,
      shown: ['warning: Waiting: The disk is full. Free some space.'],
    },
    { of: 'a probe that met it again', newEvent: probedAgain, shown: [] },
    { of: 'a pause', newEvent: { type: 'run.paused', runId: 1, stopping: false }, shown: [] },
  ];
  for (const { of, newEvent, shown } of cases) {
    it(`${shown.length === 0 ? 'are silent about' : 'tell of'} ${of}`, () => {
      const { notices, said } = recording();
      notices.take(change(newEvent));
      assert.deepEqual(said, shown);
    });
  }

  it('lead to what mends the trouble', async () => {
    for (const [cause, title, command] of [
      ['key', 'Set API Key', 'parallelAgents.setApiKey'],
      ['credit', 'Try Again', 'parallelAgents.resume'],
      ['disk', 'Try Again', 'parallelAgents.resume'],
    ] as const) {
      const { notices, ran, answer } = recording();
      notices.take(change({ ...diskFull, cause }));
      await answer(title);
      assert.deepEqual(ran, [command]);
    }
  });

  it('do not repeat one that still stands, and come again after it went', async () => {
    const { notices, said, answer } = recording();
    notices.take(change(ended('complete'), ended('complete')));
    assert.equal(said.length, 1);
    await answer(undefined);
    notices.take(change(ended('complete')));
    assert.equal(said.length, 2);
  });

  it('tell once what keeps a folder from its host, with what can be done, and again when it comes again', async () => {
    const { notices, said, ran, answer } = recording();
    const silent = { happened: 'Process 7 does not answer.', mend: 'End it.', goesOn: true };
    const owner = { pid: 7, started: 'then' };
    notices.tell('/a', { ...silent, owner });
    notices.tell('/a', { ...silent, happened: 'It still does not answer.', owner });
    assert.deepEqual(said, ['warning: Process 7 does not answer. End it.']);
    await answer('End That Process');
    assert.deepEqual(ran, ['parallelAgents.endOwner']);
    notices.tell('/a', undefined);
    notices.tell('/a', { happened: 'Taken away.', mend: '', goesOn: false });
    await answer('Try Again');
    assert.deepEqual(ran.slice(1), ['parallelAgents.tryAgain']);
    assert.equal(said.length, 2);
  });

  it('lead to the dashboard, when the user asks', async () => {
    const { notices, ran, answer } = recording();
    notices.take(change(ended('incomplete')));
    assert.deepEqual(ran, []);
    await answer('Open Dashboard');
    assert.deepEqual(ran, ['parallelAgents.openDashboard']);
  });
});

function recording() {
  const said: string[] = [];
  const ran: string[] = [];
  let waiting: (answer: string | undefined) => void = () => {};
  const say = (kind: string) => (text: string) => {
    said.push(`${kind}: ${text.replace('Parallel Agents: ', '')}`);
    return new Promise<string | undefined>((resolve) => {
      waiting = resolve;
    });
  };
  const window = {
    showInformationMessage: say('information'),
    showWarningMessage: say('warning'),
    showErrorMessage: say('error'),
  };
  const answer = async (text: string | undefined) => {
    waiting(text);
    await new Promise(setImmediate);
  };
  return { notices: new Notices(window, (id) => ran.push(id)), said, ran, answer };
}

function change(...newEvents: readonly NewEvent[]) {
  const events = newEvents.map((newEvent, at): Event => ({ ...newEvent, seq: at + 1, at: 0 }));
  return { events, reset: false };
}

function ended(outcome: RunOutcome): NewEvent {
  const waitingMs = { dependency: 0, lock: 0, limit: 0, rate: 0, paused: 0 };
  const report = {
    startedAt: 0,
    wallMs: 1,
    maxAgents: 3,
    passing: outcome === 'complete' ? 5 : 3,
    total: 5,
    oneAgentMs: 3,
    bestPossibleMs: 1,
    costUsd: 0,
    inputTokens: 0,
    outputTokens: 0,
    waitingMs,
    attempts: 5,
    retries: 0,
  };
  return { type: 'run.finished', runId: 1, outcome, report };
}
