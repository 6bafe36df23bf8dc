// Every line people read, to the letter, and nothing in it that could steer their terminal.
import { strict as assert } from 'node:assert';
import {
  describeEnd,
  describeSkip,
  endsOnOneLine,
  oneLine,
  describe as tell,
} from '../../../src/core/events/describe';
import type { Event, EventType, NewEvent } from '../../../src/core/events/event';
import type { RunReport } from '../../../src/core/events/runReport';
import type { Snapshot } from '../../../src/core/events/snapshot';
import { defaultRunSettings } from '../../../src/core/settings/runSettings';
import { featureIn, specOf, workspaceOf } from '../sampleFeatures';

const named = { ...featureIn('pending', 4), spec: specOf('Feature 4'), failures: 2 };
const after = workspaceOf([named]);
const own = { slot: 1, featureId: 4, attempt: 1, fence: 9 };
const process = { pid: 1, started: 's' };
const usage = { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 };
const check = { kind: 'check', command: 'npm test', exitCode: 0, outputTail: '', durationMs: 1 } as const;
const report: RunReport = {
  startedAt: 0,
  wallMs: 1,
  maxAgents: 3,
  passing: 1,
  total: 1,
  oneAgentMs: 1,
  bestPossibleMs: 1,
  costUsd: 0,
  inputTokens: 0,
  outputTokens: 0,
  waitingMs: { dependency: 0, lock: 0, limit: 0, rate: 0, paused: 0 },
  attempts: 1,
  retries: 0,
};
const blocker = { kind: 'agent', slot: 2, featureId: 5, fence: 3, path: 'src/a.ts' } as const;

const recovered = {
  type: 'recovery.done',
  endedProcesses: 1,
  publishedFeatures: [],
  releasedFeatures: [4],
  cutBytes: 0,
} as const;

/** For each type of event what is told of it; undefined for what is too small to tell. */
const lines: {
  readonly [T in EventType]: readonly (readonly [Extract<NewEvent, { type: T }>, string | undefined])[];
} = {
  'feature.added': [[{ type: 'feature.added', featureId: 4, spec: named.spec }, undefined]],
  'feature.edited': [[{ type: 'feature.edited', featureId: 4, spec: named.spec }, undefined]],
  'feature.removed': [[{ type: 'feature.removed', featureId: 4 }, undefined]],
  'feature.held': [[{ type: 'feature.held', featureId: 4, missing: [1] }, undefined]],
  'feature.freed': [[{ type: 'feature.freed', featureId: 4 }, undefined]],
  'feature.claimed': [
    [{ type: 'feature.claimed', model: 'haiku', ...own }, '🚀 Agent 1/3: Started feature 4 - Feature 4'],
    [
      { type: 'feature.claimed', model: 'haiku', ...own, slot: 5 },
      '🚀 Agent 5/5: Started feature 4 - Feature 4',
    ],
  ],
  'feature.submitted': [[{ type: 'feature.submitted', summary: 's', ...own }, undefined]],
  'feature.unconfirmed': [
    [{ type: 'feature.unconfirmed', why: 'no check', ...own }, '🔎 Feature 4 needs your check: no check'],
  ],
  'feature.passed': [
    [{ type: 'feature.passed', evidence: check, ...own }, '✅ Feature 4 completed: passing'],
  ],
  'feature.failed': [
    [{ type: 'feature.failed', reason: 'tests fail\nsee above', ...own }, '❌ Feature 4 failed: tests fail'],
  ],
  'feature.retried': [
    [{ type: 'feature.retried', by: 'policy', reason: 'no', ...own }, '🔁 Feature 4 retry 2/3: no'],
    [{ type: 'feature.retried', by: 'user', featureId: 4 }, '🔁 Feature 4 retry: asked for'],
  ],
  'feature.yielded': [
    [{ type: 'feature.yielded', cause: 'lost', note: 'it died', ...own }, '↩️ Feature 4 handed back: it died'],
    [
      { type: 'feature.yielded', cause: 'unproved', note: 'The check `x` exited with 1.\nlog', ...own },
      '🔁 Feature 4 is built again: The check `x` exited with 1.',
    ],
  ],
  'feature.skipped': [
    [{ type: 'feature.skipped', featureId: 4, because: { kind: 'user' } }, '⏭️ Feature 4 skipped: by you'],
    [
      { type: 'feature.skipped', featureId: 4, because: { kind: 'dependency', featureId: 2 } },
      '⏭️ Feature 4 skipped: feature 2, which it depends on, did not pass',
    ],
  ],
  'feature.unskipped': [[{ type: 'feature.unskipped', featureId: 4 }, undefined]],
  'feature.regressed': [
    [{ type: 'feature.regressed', by: 'user', featureId: 4 }, '🔁 Feature 4 runs again: asked for'],
    [
      { type: 'feature.regressed', by: 'setting', featureId: 4 },
      '🔁 Feature 4 is checked again: it passed by another check than the workspace has now',
    ],
  ],
  'agent.started': [[{ type: 'agent.started', process, ...own }, undefined]],
  'agent.progress': [[{ type: 'agent.progress', status: 'running', step: 's', ...own }, undefined]],
  'agent.ended': [[{ type: 'agent.ended', cause: 'done', note: 'n', ...own }, undefined]],
  'tool.used': [[{ type: 'tool.used', tool: 't', ok: true, durationMs: 1, summary: 's', ...own }, undefined]],
  'model.called': [
    [{ type: 'model.called', model: 'haiku', usage, costUsd: 1, durationMs: 1, ...own }, undefined],
  ],
  'limit.reached': [
    [
      { type: 'limit.reached', limit: 'max_actions', bound: 100, ...own },
      '⛔ Agent 1 reached max_actions (100) on feature 4',
    ],
  ],
  'lock.granted': [[{ type: 'lock.granted', path: 'a', kind: 'file', how: 'claim', ...own }, undefined]],
  'lock.waiting': [
    [
      { type: 'lock.waiting', path: 'src/a.ts', kind: 'file', blockers: [blocker], ...own },
      '⏳ Agent 1 waits for src/a.ts, held by agent 2 (feature 5)',
    ],
    [
      {
        type: 'lock.waiting',
        path: 'src/a.ts',
        kind: 'file',
        blockers: [{ kind: 'human', path: 'src/a.ts' }],
        ...own,
      },
      '⏳ Agent 1 waits for src/a.ts, which you are editing',
    ],
  ],
  'lock.released': [[{ type: 'lock.released', path: 'a', ...own }, undefined]],
  'file.changed': [[{ type: 'file.changed', path: 'a', before: null, after: null, ...own }, undefined]],
  'file.published': [[{ type: 'file.published', path: 'a', before: null, after: null, ...own }, undefined]],
  'file.conflicted': [
    [
      { type: 'file.conflicted', path: 'a\n.ts', why: 'The user changed the same lines.', ...own },
      '⚔️ a .ts, feature 4: The user changed the same lines.',
    ],
  ],
  'lock.conflicted': [
    [
      { type: 'lock.conflicted', path: 'a.ts', ...own },
      `⚔️ You saved a.ts, which agent ${own.slot} is changing for feature 4; yours stays`,
    ],
  ],
  'feature.returned': [
    [
      { type: 'feature.returned', why: 'They overlap.', ...own },
      `↩️ Agent ${own.slot} goes on with feature 4: They overlap.`,
    ],
  ],
  'file.denied': [
    [
      { type: 'file.denied', path: '.git/config', why: '".git/config" belongs to Git.', ...own },
      '🚫 Agent 1 was denied a change: ".git/config" belongs to Git.',
    ],
    [
      { type: 'file.denied', path: 'a\n', why: '"a\n" is odd.', others: 2, ...own },
      '🚫 Agent 1 was denied a change: "a " is odd. The same for 2 other files.',
    ],
  ],
  'verify.started': [[{ type: 'verify.started', command: 'npm test', ...own }, undefined]],
  'verify.awaited': [
    [{ type: 'verify.awaited', ahead: [4], published: true, waitedMs: 2_000, ...own }, undefined],
  ],
  'verify.finished': [
    [
      {
        type: 'verify.finished',
        command: 'x',
        passed: true,
        exitCode: 0,
        timedOut: false,
        durationMs: 1,
        outputTail: '',
        ...own,
      },
      undefined,
    ],
  ],
  'run.started': [[{ type: 'run.started', runId: 1, settings: defaultRunSettings }, undefined]],
  'run.configured': [[{ type: 'run.configured', runId: 1, maxAgents: 5 }, '⚙️ Agents: 5']],
  'copy.incomplete': [
    [
      { type: 'copy.incomplete', count: 1, paths: ['a\nb'], ...own },
      '⚠️ Copy of agent 1: 1 file or folder could not be read, is too large or still being written, and so is not in the copy or older there: a b',
    ],
    [
      { type: 'copy.incomplete', count: 5, paths: ['a', 'b/'], ...own },
      '⚠️ Copy of agent 1: 5 files or folders could not be read, are too large or still being written, and so are not in the copy or older there: a, b/ and 3 more',
    ],
    [
      { type: 'copy.incomplete', count: 1, paths: ['model.bin (3.2 GB)'], ...own },
      '⚠️ Copy of agent 1: 1 file or folder could not be read, is too large or still being written, and so is not in the copy or older there: model.bin (3.2 GB); what is too large can be linked for reading by parallelAgents.copies.readOnlyLinks',
    ],
  ],
  'agent.prompted': [
    [
      { type: 'agent.prompted', path: '.parallel-agents/prompts/coding_prompt.md', ...own },
      '📝 Agent 1 and others are told what .parallel-agents/prompts/coding_prompt.md says, in the place of our own words',
    ],
    [{ type: 'agent.prompted', path: 'p', whyNot: 'It is a link.', ...own }, '⚠️ It is a link.'],
  ],
  'artifact.stored': [
    [
      {
        type: 'artifact.stored',
        folder: '.parallel-agents/artifacts/4-1-7',
        count: 1,
        ...own,
        files: [{ path: 'shot.png', bytes: 9 }],
      },
      '📎 Feature 4: shot.png kept in .parallel-agents/artifacts/4-1-7',
    ],
    [
      {
        type: 'artifact.stored',
        folder: '.parallel-agents/artifacts/4-1-7',
        count: 60,
        ...own,
        files: ['a', 'b', 'c', 'd'].map((path) => ({ path, bytes: 9 })),
        leftOut: 2,
      },
      '📎 Feature 4: a, b, c and 57 more kept in .parallel-agents/artifacts/4-1-7; 2 too large, too long or too many',
    ],
  ],
  'breaker.opened': [
    [
      { type: 'breaker.opened', cause: 'key', message: 'Refused\n.', mend: 'Give another.', probeAt: 9 },
      '🔌 Waiting: Refused . Give another.',
    ],
    [
      {
        type: 'breaker.opened',
        cause: 'copies',
        mend: 'See to it.',
        probeAt: 9,
        message: `It failed.\n${'x'.repeat(300)}\nnpm error why`,
      },
      `🔌 Waiting: It failed. See to it.\n   | ${'x'.repeat(300)}\n   | npm error why`,
    ],
  ],
  'breaker.rescheduled': [[{ type: 'breaker.rescheduled', cause: 'key', probeAt: 9, tries: 1 }, undefined]],
  'breaker.closed': [
    [{ type: 'breaker.closed', cause: 'key' }, '▶️ Going on: the service accepts the key'],
    [{ type: 'breaker.closed', cause: 'disk' }, '▶️ Going on: the disk can be written'],
  ],
  'run.paused': [
    [{ type: 'run.paused', runId: 1, stopping: false }, '⏸️ Paused: no new features are started'],
    [{ type: 'run.paused', runId: 1, stopping: true }, '🛑 Stopping'],
  ],
  'run.resumed': [[{ type: 'run.resumed', runId: 1 }, '▶️ Resumed']],
  'run.finished': [[{ type: 'run.finished', runId: 1, outcome: 'complete', report }, undefined]],
  'throttle.changed': [
    [{ type: 'throttle.changed', untilAt: 5, reason: '429' }, '🐢 Slowing down for 1 s: 429'],
    [{ type: 'throttle.changed', untilAt: 3_600_000, reason: '429' }, '🐢 Slowing down for 1 h: 429'],
    [{ type: 'throttle.changed', untilAt: null, reason: '' }, undefined],
  ],
  'owner.changed': [[{ type: 'owner.changed', epoch: 1, process, face: 'cli' }, undefined]],
  'recovery.done': [
    [recovered, '🩹 Recovered: 1 process ended, 1 feature back in the queue'],
    [
      { ...recovered, endedProcesses: 0, publishedFeatures: [3], releasedFeatures: [1, 2] },
      '🩹 Recovered: 0 processes ended, 2 features back in the queue; the files of 1 feature that had passed put in place to the last',
    ],
  ],
  'error.occurred': [
    [{ type: 'error.occurred', where: 'Scheduling', message: 'it broke' }, '⚠️ Scheduling: it broke'],
    [
      {
        type: 'error.occurred',
        where: 'Scheduling',
        message: `The set-up of the copy, \`npm ci\`, exited with 1.\n${'x'.repeat(300)}\n\n  npm error\u202e \u001b[2J\nlast\n`,
      },
      `⚠️ Scheduling: The set-up of the copy, \`npm ci\`, exited with 1.\n   | ${'x'.repeat(300)}\n   |   npm error   [2J\n   | last`,
    ],
  ],
};

const asEvent = (newEvent: NewEvent): Event => ({ ...newEvent, seq: 1, at: 1 });

describe('describe', () => {
  for (const [type, cases] of Object.entries(lines)) {
    for (const [newEvent, line] of cases) {
      it(`${type}: ${line ?? 'nothing'}`, () => assert.equal(tell(asEvent(newEvent), after), line));
    }
  }

  it('tells of a feature that is checked before an agent begins', () => {
    const claim = { slot: 1, attempt: 1, fence: 9, claimedAt: 0 };
    const edited = asEvent({ type: 'feature.edited', featureId: 4, spec: named.spec });
    const claimed = asEvent({ type: 'feature.claimed', model: 'haiku', ...own });
    const [pending, working] = [
      workspaceOf([{ ...named, state: { status: 'pending', checkFirst: true } }]),
      workspaceOf([{ ...named, state: { status: 'claimed', phase: 'working', claim, checkFirst: true } }]),
    ];
    assert.equal(
      tell(edited, pending),
      '🔁 Feature 4 is checked again, for it was edited; where that passes, retry 4 builds it anew',
    );
    assert.equal(tell(claimed, working), '🔎 Agent 1/3: Checks feature 4 - Feature 4 as it is');
  });

  it('tells why a feature is not on the model that it names, and who is to look at its work', () => {
    const named = workspaceOf([{ ...featureIn('pending', 4), spec: specOf('A', { model: 'mine/a' }) }]);
    const claimed: NewEvent = {
      type: 'feature.claimed',
      model: 'sonnet',
      ...own,
      modelWhy: 'the default; not "mine/a"',
      expertsWhy: 'logic_master for .go files',
    };
    assert.equal(
      tell(asEvent(claimed), named),
      '🚀 Agent 1/3: Started feature 4 - A on sonnet (the default; not "mine/a"), logic_master for .go files',
    );
  });

  it('tells the lines of a run of five features with three agents as promised', () => {
    const five = [1, 2, 3, 4, 5].map((id) => ({
      ...featureIn('passing', id),
      spec: specOf(`Feature ${id}`),
    }));
    const now = withAgents(workspaceOf(five), 3);
    const claimed = (featureId: number, slot: number): NewEvent => ({
      type: 'feature.claimed',
      model: 'offline',
      featureId,
      slot,
      attempt: 1,
      fence: featureId,
    });
    const passed = (featureId: number): NewEvent => ({ type: 'feature.passed', evidence: check, featureId });
    const story = [
      claimed(1, 1),
      claimed(2, 2),
      claimed(3, 3),
      passed(1),
      claimed(4, 1),
      passed(2),
      claimed(5, 2),
      passed(3),
      passed(4),
      passed(5),
    ];
    assert.deepEqual(
      [...story.map((h) => tell(asEvent(h), now)), ...describeEnd(now)],
      [
        '🚀 Agent 1/3: Started feature 1 - Feature 1',
        '🚀 Agent 2/3: Started feature 2 - Feature 2',
        '🚀 Agent 3/3: Started feature 3 - Feature 3',
        '✅ Feature 1 completed: passing',
        '🚀 Agent 1/3: Started feature 4 - Feature 4',
        '✅ Feature 2 completed: passing',
        '🚀 Agent 2/3: Started feature 5 - Feature 5',
        '✅ Feature 3 completed: passing',
        '✅ Feature 4 completed: passing',
        '✅ Feature 5 completed: passing',
        '🧹 Cleaned up 3 completed agents',
        '✅ All features completed!',
      ],
    );
  });

  it('shows nothing that could move the cursor, add a line or turn text around', () => {
    const nasty = 'x\u001b[2J\r\n\u009b31m\u202ey\u2028\u0007z';
    const poisoned = poison(lines, nasty);
    const named = { ...after, features: { 4: { ...featureIn('pending', 4), spec: specOf(nasty) } } };
    let told = 0;
    for (const [newEvent] of Object.values(poisoned).flat()) {
      const line = tell(asEvent(newEvent), named);
      if (line === undefined) continue;
      told++;
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
      assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/, newEvent.type);
    }
    assert.ok(told > 15);
  });

  it('keeps a text of 10⁶ characters on a short line', () => {
    const line = tell(
      asEvent({ type: 'feature.failed', reason: 'x'.repeat(1_000_000), featureId: 4 }),
      after,
    );
    assert.equal(line?.length, '❌ Feature 4 failed: '.length + 301);
  });
});

describe('describeEnd', () => {
  const features = [featureIn('passing', 1), featureIn('failed', 2), featureIn('passing', 3)];
  const cases: [what: string, snapshot: Snapshot, lines: string[]][] = [
    [
      'not all passing',
      withAgents(workspaceOf(features), 2),
      ['🧹 Cleaned up 2 completed agents', '⚠️ 2 of 3 features completed'],
    ],
    [
      'one agent',
      withAgents(workspaceOf(features.slice(0, 1)), 1),
      ['🧹 Cleaned up 1 completed agent', '✅ All features completed!'],
    ],
    [
      'some were meant',
      withAgents(workspaceOf(features, { only: [1, 3] }), 1),
      ['🧹 Cleaned up 1 completed agent', '✅ All features completed!'],
    ],
    [
      'a failed one was meant',
      withAgents(workspaceOf(features, { only: [2] }), 1),
      ['🧹 Cleaned up 1 completed agent', '⚠️ 0 of 1 features completed'],
    ],
    [
      'some wait for the user’s approval',
      withAgents(workspaceOf([featureIn('unconfirmed', 3), featureIn('unconfirmed', 4)]), 1),
      [
        '🧹 Cleaned up 1 completed agent',
        '🔎 2 features wait for your approval: diff 3 to look at it, confirm 3, or reject 3, and so on',
        '⚠️ 0 of 2 features completed',
      ],
    ],
  ];
  for (const [what, snapshot, expected] of cases) {
    it(what, () => assert.deepEqual(describeEnd(snapshot), expected));
  }
});

describe('the parts of lines', () => {
  it('keep the first line and the end of what is too long for one, and all of what is not', () => {
    const output = `The check \`t\` exited with 1.\n${'started\n'.repeat(100)}AssertionError: 1 != 2\n`;
    const line = endsOnOneLine(output);
    assert.match(line, /^The check `t` exited with 1\. … .*started AssertionError: 1 != 2$/);
    assert.ok(line.length <= 303, `${line.length}`);
    assert.equal(endsOnOneLine('short\nand more'), oneLine('short\nand more'));
    assert.equal(endsOnOneLine('x'.repeat(500)), oneLine('x'.repeat(500)));
  });

  it('tell why something was skipped', () => assert.equal(describeSkip({ kind: 'user' }), 'by you'));

  it('stand on one line without white space at the ends', () => {
    assert.equal(oneLine(' a\n\tb '), 'a b');
    assert.equal(oneLine('x'.repeat(300)), 'x'.repeat(300));
    assert.equal(oneLine('x'.repeat(301)), `${'x'.repeat(300)}…`);
  });
});

function withAgents(snapshot: Snapshot, count: number): Snapshot {
  const agent = { ...own, model: 'offline', status: 'ended', step: '', startedAt: 0 } as const;
  const spent = { inputTokens: 0, outputTokens: 0, costUsd: 0, actions: 0 };
  const agents = Array.from({ length: count }, (_, k) => [k + 1, { ...agent, ...spent, slot: k + 1 }]);
  return { ...snapshot, agents: Object.fromEntries(agents) };
}

/** The same value with every text in it made nasty, but for those that the code itself chooses. */
function poison<T>(value: T, nasty: string): T {
  const chosen = new Set([
    'type',
    'kind',
    'by',
    'cause',
    'status',
    'limit',
    'how',
    'outcome',
    'model',
    'face',
    'where',
  ]);
  return JSON.parse(JSON.stringify(value), (key, part) =>
    typeof part === 'string' && !chosen.has(key) ? nasty : part,
  );
}
