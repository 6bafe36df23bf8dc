// What the status bar says in each situation, as a table.
import { strict as assert } from 'node:assert';
import type { StatusBarItem } from 'vscode';
import { emptySnapshot, type Snapshot } from '../../src/core/events/snapshot';
import { StatusBar, statusBarText } from '../../src/vscode/statusBar';
import { specOf } from '../support/history';
import { busyShop, claim, diskFull, example, finish, loaded, passed, run } from './scenes';

const table: { situation: string; snapshot: () => Snapshot; text: string | undefined; spoken?: string }[] = [
  { situation: 'no backlog', snapshot: () => emptySnapshot, text: undefined },
  {
    situation: 'a backlog before its first run',
    snapshot: () => example().snapshot,
    text: '$(rocket) 5 to build',
    spoken: 'Parallel Agents: 0 of 5 features passing, 5 to build.',
  },
  {
    situation: 'two of three agents at work',
    snapshot: () => withTwoAtWork().snapshot,
    text: '$(sync~spin) 2/3 · 5 left',
    spoken: 'Parallel Agents, running: 2 of 3 agents at work, 5 features left.',
  },
  {
    situation: 'paused',
    snapshot: () => changed(withTwoAtWork(), { type: 'run.paused', runId: 1, stopping: false }),
    text: '$(debug-pause) 2/3 · 5 left',
  },
  {
    situation: 'waiting for trouble from outside to end',
    snapshot: () => changed(withTwoAtWork(), diskFull),
    text: '$(debug-disconnect) 2/3 · 5 left',
    spoken:
      'Parallel Agents, waiting: 2 of 3 agents at work, 5 features left. Waiting: The disk is full. Free some space.',
  },
  {
    situation: 'going on beside an account that cannot be asked, and one that slows down',
    snapshot: () =>
      changed(
        withTwoAtWork(),
        { ...diskFull, account: 'grok', cause: 'credit', message: 'No credit.', mend: 'Add some.' },
        { type: 'throttle.changed', account: 'gemini', untilAt: null, atOnce: 2, reason: 'busy' },
      ),
    text: '$(sync~spin) 2/3 · 5 left $(warning)',
    spoken:
      'Parallel Agents, running: 2 of 3 agents at work, 5 features left. Waiting for xAI Grok: No credit. Add some. Google Gemini is asked by 2 of 3 agents at a time.',
  },
  {
    situation: 'stopping',
    snapshot: () => changed(withTwoAtWork(), { type: 'run.paused', runId: 1, stopping: true }),
    text: '$(loading~spin) 2/3 · 5 left',
  },
  {
    situation: 'more agents asked for while they work',
    snapshot: () => changed(withTwoAtWork(), { type: 'run.configured', runId: 1, maxAgents: 5 }),
    text: '$(sync~spin) 2/5 · 5 left',
  },
  {
    situation: 'features that failed, were skipped or wait for the user',
    snapshot: () => busyShop().snapshot,
    text: '$(sync~spin) 2/3 · 5 left',
    spoken:
      'Parallel Agents, running: 2 of 3 agents at work, 5 features left, 1 failed, 1 to be checked by you.',
  },
  { situation: 'everything passing', snapshot: () => finished('passed'), text: '$(check-all) 1 passing' },
  { situation: 'a feature failed for good', snapshot: () => finished('failed'), text: '$(warning) 1 failed' },
  {
    situation: 'a feature to be checked',
    snapshot: () => finished('unconfirmed'),
    text: '$(question) 1 to check',
  },
  {
    situation: 'a run of one feature only',
    snapshot: () => {
      const history = example();
      run(history, { only: [2] });
      claim(history, 1, 2);
      return history.snapshot;
    },
    text: '$(sync~spin) 1/3 · 1 left',
    spoken: 'Parallel Agents, running: 1 of 3 agents at work, 1 feature left.',
  },
  {
    situation: 'a run that only checks once more what came of it',
    snapshot: () => {
      const history = loaded(specOf('One'));
      run(history);
      finish(history, claim(history, 1, 1), passed(1));
      return history.snapshot;
    },
    text: '$(sync~spin) Last checks',
    spoken:
      'Parallel Agents, running: 1 of 1 feature passing; every check is run once more on all there is now.',
  },
];

describe('the status bar', () => {
  for (const { situation, snapshot, text, spoken } of table) {
    it(`says ${text ?? 'nothing'} with ${situation}`, () => {
      const said = statusBarText(snapshot());
      assert.equal(said?.text, text);
      if (spoken !== undefined) assert.equal(said?.spoken, spoken);
    });
  }

  it('says that there is no host, why and what to do, whatever the snapshot says', () => {
    const trouble = { happened: 'The disk is full.', mend: 'Free some space.', goesOn: true };
    for (const snapshot of [emptySnapshot, withTwoAtWork().snapshot]) {
      const said = statusBarText(snapshot, trouble);
      assert.equal(said?.text, '$(debug-disconnect) No host');
      assert.equal(said?.spoken, 'Parallel Agents: The disk is full. Free some space.');
    }
  });

  it('names each agent at work in the tooltip, with inert text', () => {
    const history = loaded(specOf('[click](command:evil)\nline two\u202e'));
    run(history);
    claim(history, 1, 1);
    assert.deepEqual(statusBarText(history.snapshot)?.agents, ['Agent 1: [click](command:evil) line two']);
  });

  it('hides its item when there is nothing to say, and shows it again', () => {
    const calls: string[] = [];
    const item = new RecordingItem(calls);
    const bar = new StatusBar(item);
    bar.show(example().snapshot);
    bar.show(emptySnapshot);
    bar.show(example().snapshot);
    assert.deepEqual(calls, ['show', 'hide', 'show']);
    assert.equal(item.text, '$(rocket) 5 to build');
    assert.equal(item.accessibilityInformation?.label, item.tooltip);
  });
});

function withTwoAtWork() {
  const history = example();
  run(history);
  claim(history, 1, 1);
  claim(history, 2, 2);
  return history;
}

function changed(history: ReturnType<typeof example>, ...newEvents: Parameters<typeof history.record>[0]) {
  history.record(newEvents);
  return history.snapshot;
}

function finished(how: 'passed' | 'failed' | 'unconfirmed'): Snapshot {
  const history = loaded(specOf('Only'));
  run(history);
  const attempt = claim(history, 1, 1);
  if (how === 'passed') finish(history, attempt, passed(1));
  if (how === 'failed')
    finish(history, attempt, { type: 'feature.failed', featureId: 1, reason: 'no', fence: 1 });
  if (how === 'unconfirmed')
    finish(history, attempt, { type: 'feature.unconfirmed', why: 'no check', ...attempt });
  const { snapshot } = history;
  return { ...snapshot, run: snapshot.run && { ...snapshot.run, status: 'finished' } };
}

class RecordingItem {
  text = '';
  tooltip: StatusBarItem['tooltip'];
  accessibilityInformation: { label: string } | undefined;
  constructor(private readonly calls: string[]) {}
  show(): void {
    this.calls.push('show');
  }
  hide(): void {
    this.calls.push('hide');
  }
}
