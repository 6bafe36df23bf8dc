// Limits of an attempt, counted call by call: when it goes on, is hinted at, must wrap up or is stopped.
import { strict as assert } from 'node:assert';
import {
  type Action,
  type Budget,
  type BudgetAnswer,
  describeLimit,
  freshBudget,
  type LimitHit,
  type LimitName,
  settle,
  spend,
  spendOnFiles,
  timeLimit,
} from '../../../src/core/guardrails/budget';
import { defaultLimits } from '../../../src/core/settings/runSettings';

const limits = { ...defaultLimits, maxActions: 10, maxFileEdits: 3, maxBashCommands: 2 };
const call = (tool: string, fingerprint = tool): Action => ({ tool, fingerprint });

/** The answers to calls one after the other, each ended well or badly. */
function play(calls: readonly (readonly [action: Action, succeeds: boolean])[]): {
  answers: BudgetAnswer[];
  budget: Budget;
} {
  let budget = freshBudget;
  const answers = calls.map(([action, succeeds]) => {
    const spent = spend(budget, action, limits);
    const refused = spent.answer.kind === 'wrapUp' || spent.answer.kind === 'stop';
    budget = refused ? spent.budget : settle(spent.budget, action, succeeds);
    return spent.answer;
  });
  return { answers, budget };
}

const times = (n: number, action: Action, succeeds = true) =>
  Array.from({ length: n }, () => [action, succeeds] as const);
const kinds = (answers: readonly BudgetAnswer[]) => answers.map((a) => a.kind).join(' ');

describe('budget', () => {
  describe('the same failing call', () => {
    const bad = times(1, call('run_command', 'test'), false);
    const cases: [what: string, calls: (readonly [Action, boolean])[], answers: string][] = [
      [
        'is hinted at after 3 and stopped after 5',
        times(7, call('read_file'), false),
        'go go go hint hint stop stop',
      ],
      [
        'is forgotten after a success',
        [
          ...times(3, call('read_file'), false),
          ...times(1, call('read_file')),
          ...times(3, call('read_file'), false),
        ],
        'go go go hint go go go',
      ],
      [
        'is forgotten after another failure',
        [...times(3, call('read_file'), false), ...bad, ...times(1, call('read_file'), false)],
        'go go go go go',
      ],
      [
        'is told by its input, not its tool',
        [1, 2, 3, 4, 5, 6].flatMap((n) => times(1, call('read_file', `r${n}`), false)),
        'go go go go go go',
      ],
    ];
    for (const [what, calls, answers] of cases) {
      it(what, () => assert.equal(kinds(play(calls).answers), answers));
    }

    it('is hinted at with its number, and stopped with the limit named', () => {
      const { answers } = play(times(6, call('read_file'), false));
      assert.deepEqual(answers[3], {
        kind: 'hint',
        text: 'This same call has failed 3 times. Read the error again and try another way.',
      });
      assert.deepEqual(answers[5], { kind: 'stop', hit: { limit: 'same_failing_action', bound: 5 } });
    });
  });

  describe('a limit', () => {
    const cases: [limit: LimitName, action: Action, bound: number][] = [
      ['max_actions', call('read_file'), 10],
      ['max_file_edits', call('edit_file'), 3],
      ['max_file_edits', call('write_file'), 3],
      ['max_bash_commands', call('run_command'), 2],
    ];
    for (const [limit, action, bound] of cases) {
      it(`${limit} lets ${bound} calls of ${action.tool} go, asks 3 times to wrap up, then stops`, () => {
        const { answers, budget } = play(times(bound + 5, action));
        assert.equal(
          kinds(answers),
          [...Array(bound).fill('go'), 'wrapUp wrapUp wrapUp stop stop'].join(' '),
        );
        const [answer] = answers.slice(bound);
        assert.ok(answer?.kind === 'wrapUp');
        assert.deepEqual(answer.hit, { limit, bound });
        assert.ok(
          answer.text.includes(`limits.${limit}`) && answer.text.includes(String(bound)),
          answer.text,
        );
        assert.equal(budget.actions, bound);
      });
    }

    it('on edits leaves other calls alone', () => {
      assert.equal(
        kinds(play([...times(3, call('edit_file')), ...times(1, call('read_file'))]).answers),
        'go go go go',
      );
    });

    it('counts edits by either tool together', () => {
      const calls = [
        ...times(2, call('edit_file')),
        ...times(1, call('write_file')),
        ...times(1, call('edit_file')),
      ];
      assert.equal(kinds(play(calls).answers), 'go go go wrapUp');
    });

    it('never keeps an agent from finishing', () => {
      const { budget } = play(times(12, call('read_file')));
      for (const tool of ['finish', 'give_up']) {
        assert.deepEqual(spend(budget, call(tool), limits), { budget, answer: { kind: 'go' } });
      }
    });

    it('counts calls that failed, too', () => {
      const calls = Array.from({ length: 11 }, (_, k) => [call('read_file', `r${k}`), false] as const);
      assert.equal(play(calls).answers.at(-1)?.kind, 'wrapUp');
    });
  });

  it('changes nothing of the budget it is given', () => {
    const budget = Object.freeze({ ...freshBudget });
    spend(budget, call('edit_file'), limits);
    settle(budget, call('edit_file'), false);
    assert.deepEqual(budget, freshBudget);
  });
});

describe('timeLimit', () => {
  const cases: [tier: Parameters<typeof timeLimit>[0], maxSessionMs: number, hit: LimitHit][] = [
    ['haiku', 3_600_000, { limit: 'attempt_time', bound: 600_000 }],
    ['sonnet', 3_600_000, { limit: 'attempt_time', bound: 1_800_000 }],
    ['opus', 3_600_000, { limit: 'attempt_time', bound: 3_600_000 }],
    ['other', 3_600_000, { limit: 'attempt_time', bound: 1_800_000 }],
    ['opus', 1_000, { limit: 'max_session_duration', bound: 1_000 }],
    ['haiku', 599_999, { limit: 'max_session_duration', bound: 599_999 }],
  ];
  for (const [tier, maxSessionMs, hit] of cases) {
    it(`of ${tier} within ${maxSessionMs} ms is ${hit.limit}`, () => {
      assert.deepEqual(timeLimit(tier, { ...defaultLimits, maxSessionMs }), hit);
    });
  }
});

describe('files that commands changed', () => {
  /** The answers to commands that change so many files each, and the edits counted in the end. */
  const after = (edits: number, ...commands: readonly number[]) => {
    let budget: Budget = { ...freshBudget, edits };
    const told = commands.map((files) => {
      const spent = spendOnFiles(budget, files, limits);
      budget = spent.budget;
      return spent.answer.kind;
    });
    return [told.join(', '), budget.edits];
  };
  const cases: [what: string, edits: number, commands: number[], told: string, counted: number][] = [
    ['count each', 0, [2], 'go', 2],
    ['may fill the limit', 1, [2], 'go', 3],
    ['are none of them allowed when they are more than have room', 1, [3_000], 'stop', 1],
    ['add up over commands', 0, [2, 0, 2], 'go, go, stop', 2],
    ['are none for a command that changes nothing, also at the limit', 3, [0, 0], 'go, go', 3],
  ];
  for (const [what, edits, commands, told, counted] of cases) {
    it(what, () => assert.deepEqual(after(edits, ...commands), [told, counted]));
  }

  it('name the limit when they have no room', () => {
    const { answer } = spendOnFiles({ ...freshBudget, edits: 1 }, 3, limits);
    assert.deepEqual(answer, { kind: 'stop', hit: { limit: 'max_file_edits', bound: 3 } });
  });

  it('leave no room for a tool that changes one more', () => {
    const { budget } = spendOnFiles(freshBudget, 3, limits);
    assert.equal(spend(budget, call('write_file'), limits).answer.kind, 'wrapUp');
  });
});

describe('describeLimit', () => {
  const words: Record<LimitName, string> = {
    max_file_edits: 'the limit of 90000 file edits an attempt (limits.max_file_edits)',
    max_bash_commands: 'the limit of 90000 commands an attempt (limits.max_bash_commands)',
    max_actions: 'the limit of 90000 tool calls an attempt (limits.max_actions)',
    attempt_time: 'the time limit of 90 s for this model (limits.attempt_time)',
    max_session_duration: 'the time limit of 90 s an attempt (limits.max_session_duration)',
    same_failing_action: 'the same failing call 90000 times in a row',
  };
  for (const [limit, text] of Object.entries(words) as [LimitName, string][]) {
    it(`names ${limit}`, () => assert.equal(describeLimit({ limit, bound: 90_000 }), text));
  }
});

describe('the default limits', () => {
  it('are those promised', () => {
    const { maxFileEdits, maxBashCommands, maxActions, commandMs, maxSessionMs, attemptMs, maxRetries } =
      defaultLimits;
    assert.deepEqual([maxFileEdits, maxBashCommands, maxActions], [50, 100, 100]);
    assert.deepEqual([commandMs, maxSessionMs, maxRetries], [60_000, 3_600_000, 3]);
    assert.deepEqual(attemptMs, { haiku: 600_000, sonnet: 1_800_000, opus: 3_600_000, other: 1_800_000 });
  });
});
