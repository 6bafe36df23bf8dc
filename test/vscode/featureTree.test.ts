// The sidebar's tree for workspaces in different situations, pictured as nested lists.
import { strict as assert } from 'node:assert';
import type { LinkText } from '../../src/client/link';
import { openBreakers } from '../../src/core/events/accounts';
import { emptySnapshot, type Snapshot } from '../../src/core/events/snapshot';
import { type Feature, newFeature } from '../../src/core/features/feature';
import { FeatureGroups, type GroupNode, shownAtOnce } from '../../src/vscode/featureGroups';
import { featureNode, type TreeFacts, treeMessage, treeSteps } from '../../src/vscode/featureTree';
import { mulberry32 } from '../bench/chance';
import { specOf } from '../support/history';
import { busyShop, claim, diskFull, example, finish, loaded, progress, run } from './scenes';

function treeOf({ features }: Snapshot): readonly GroupNode[] {
  const groups = new FeatureGroups();
  groups.take(features);
  return groups.nodes();
}

/** Each group as its label, and its features as `label | description`. */
function pictured(snapshot: Snapshot): Record<string, string[]> {
  const lines = (ids: readonly number[]) =>
    ids.map((id) => {
      const node = featureNode(snapshot, id);
      return `${node?.label}${node?.description === '' ? '' : ` | ${node?.description}`}`;
    });
  return Object.fromEntries(treeOf(snapshot).map(({ label, features }) => [label, lines(features)]));
}

describe('the tree of features', () => {
  it('is empty without a backlog', () => assert.deepEqual(treeOf(emptySnapshot), []));

  it('groups features by state, what needs the user first', () => {
    assert.deepEqual(pictured(busyShop().snapshot), {
      'Needs your check': ['User profile | there is no check for it'],
      Working: [
        'Product catalogue | Agent 1 · editing src/catalogue.ts',
        'Shopping cart | Agent 2 · verifying',
      ],
      Failed: ['Newsletter | npm test: 2 of 14 tests fail'],
      Waiting: [
        'Search | waits for Product catalogue',
        'Checkout with a name that is longer than its box | waits for Shopping cart, User authentication',
        'Admin reports | waits for Search, Checkout with a name that is longer than its box',
      ],
      Passing: ['Database schema', 'User authentication'],
    });
  });

  it('lists the most urgent first, and equals by number', () => {
    const history = loaded(
      specOf('c', { priority: 3 }),
      specOf('a', { priority: 1 }),
      specOf('b', { priority: 1 }),
    );
    assert.deepEqual(pictured(history.snapshot), { Pending: ['a', 'b', 'c'] });
  });

  it('says what the last failed attempt ended with', () => {
    const history = example();
    run(history);
    const attempt = claim(history, 1, 1);
    finish(history, attempt, { type: 'feature.retried', by: 'policy', reason: 'exit code 1', ...attempt });
    assert.equal(featureNode(history.snapshot, 1)?.description, '1 failed: exit code 1');
  });

  it('says which file a feature waits for that is passed over, and who has it', () => {
    const history = loaded(
      specOf('Log in', { files: ['src/app.ts'] }),
      specOf('Log out', { files: ['docs/', './src/app.ts'] }),
      specOf('Help', { files: ['docs/help.md'] }),
    );
    run(history);
    finish(history, claim(history, 1, 2), {
      type: 'feature.retried',
      by: 'policy',
      reason: 'exit code 1',
      featureId: 2,
      slot: 1,
      fence: 1,
    });
    claim(history, 2, 1);
    const { snapshot } = history;
    assert.deepEqual(pictured(snapshot), {
      Working: ['Log in | Agent 2 · starting'],
      Pending: ['Log out | waits for src/app.ts, held by agent 2 (feature 1)', 'Help'],
    });
    const node = featureNode(snapshot, 2);
    assert.equal(node?.look.icon, 'lock');
    assert.deepEqual(node?.tooltip.split('\n').slice(1, 3), [
      'pending (waits for src/app.ts, held by agent 2 (feature 1))',
      '1 failed: exit code 1',
    ]);
  });

  it('does not tell an earlier attempt’s step as that of the agent now', () => {
    const history = example();
    run(history);
    const attempt = claim(history, 1, 1);
    progress(history, attempt, 'thinking');
    const { snapshot } = history;
    const other = {
      ...snapshot,
      agents: { 1: { ...snapshot.agents[1], fence: 99, step: 'old' } },
    } as Snapshot;
    assert.equal(featureNode(snapshot, 1)?.description, 'Agent 1 · thinking');
    assert.equal(featureNode(other, 1)?.description, 'Agent 1');
  });

  it('tells the check beside the user’s approval, where a feature needed both', () => {
    const history = example();
    run(history);
    const attempt = claim(history, 1, 1);
    const command = 'npm test';
    const check = { kind: 'check', command, exitCode: 0, outputTail: '', durationMs: 1 } as const;
    finish(history, attempt, { type: 'feature.unconfirmed', why: 'AGENTS.md', check, ...attempt });
    history.record([{ type: 'feature.passed', evidence: { kind: 'user', check }, featureId: 1 }]);
    const node = featureNode(history.snapshot, 1);
    assert.equal(node?.description, 'confirmed by you');
    assert.match(node?.tooltip ?? '', /^Proved by: npm test$/m);
  });

  it('keeps texts from outside on one line and without marks that turn it round', () => {
    const history = loaded(specOf('a\u202eb\nc', { description: '<img src=x>\n\u0007' }));
    const node = featureNode(history.snapshot, 1);
    assert.equal(node?.label, 'a b c');
    assert.match(node?.tooltip ?? '', /^<img src=x>$/m);
  });

  it('gives nothing for a feature that is gone', () =>
    assert.equal(featureNode(emptySnapshot, 7), undefined));
});

describe('the groups of a large backlog', () => {
  const count = 100_000;
  const all = Object.fromEntries(
    Array.from({ length: count }, (_, k) => {
      const feature = newFeature(k + 1, specOf(`F${k + 1}`, { priority: 1 + (k % 5) }));
      return [feature.id, feature];
    }),
  );
  const claimed = (id: number): Feature => {
    const claim = { slot: 1, attempt: 1, fence: 7, claimedAt: 0 };
    return { ...(all[id] as Feature), state: { status: 'claimed', phase: 'working', claim } };
  };

  it('show some hundred of their features, most urgent first, and more when asked', () => {
    const groups = new FeatureGroups();
    groups.take(all);
    const [pending] = groups.nodes();
    assert.deepEqual([pending?.count, pending?.features.length], [count, shownAtOnce]);
    assert.deepEqual(pending?.features.slice(0, 3), [1, 6, 11]);
    groups.showMore('pending');
    assert.equal(groups.node('pending')?.features.length, 2 * shownAtOnce);
    assert.deepEqual(groups.node('pending')?.features.slice(499, 502), [2_496, 2_501, 2_506]);
  });

  it('have one feature moved, and no other compared by rank, when one changes', () => {
    const groups = new FeatureGroups();
    groups.take(all);
    let looks = 0;
    const watched = { ...claimed(50_001).spec };
    const { priority } = watched;
    Object.defineProperty(watched, 'priority', {
      get() {
        looks++;
        return priority;
      },
    });
    const moved = { ...claimed(50_001), spec: watched };
    assert.deepEqual(groups.take({ ...all, 50001: moved }), { kind: 'moved' });
    assert.ok(looks < 40, `${looks} looks`);
    const told = groups.nodes().map((node) => [node.key, node.count, node.features.includes(50_001)]);
    assert.deepEqual(told, [
      ['working', 1, true],
      ['pending', count - 1, false],
    ]);
  });

  it('name those that changed where they stand', () => {
    const groups = new FeatureGroups();
    groups.take(all);
    const failedOnce = { ...(all[7] as Feature), failures: 1 };
    assert.deepEqual(groups.take({ ...all, 7: failedOnce }), { kind: 'changed', ids: [7] });
    assert.deepEqual(groups.take({ ...all, 7: failedOnce, 8: claimed(8) }), { kind: 'moved' });
    assert.deepEqual(groups.node('working')?.features, [8]);
  });

  it('are the same whether features moved one by one or all were sorted', () => {
    const few = Object.fromEntries(Object.entries(all).slice(0, 40));
    const stages = (seed: number) => {
      const next = mulberry32(seed);
      return Object.fromEntries(
        Object.entries(few).map(([id, feature]) => [
          id,
          next() < 0.4
            ? claimed(feature.id)
            : { ...feature, spec: { ...feature.spec, priority: 1 + Math.floor(next() * 3) } },
        ]),
      );
    };
    const kept = new FeatureGroups();
    for (let seed = 1; seed <= 50; seed++) {
      const features = stages(seed);
      kept.take(features);
      const anew = new FeatureGroups();
      anew.take(features);
      assert.deepEqual(kept.nodes(), anew.nodes(), `${seed}`);
    }
  });
});

describe('the steps above the features', () => {
  const trouble = { happened: 'It broke.', mend: 'Mend it.', goesOn: false };
  const owner = { pid: 7, started: '1' };
  const cases: readonly (readonly [string, LinkText | undefined, readonly string[]])[] = [
    ['nothing is in the way', undefined, []],
    ['it goes on by itself', { ...trouble, goesOn: true }, []],
    ['somebody has to mend something', trouble, ['Try Again']],
    ['a process has to be ended', { ...trouble, owner }, ['End That Process', 'Try Again']],
    ['it is the records', { ...trouble, canStartOver: true }, ['Start Over', 'Try Again']],
  ];
  for (const [when, words, labels] of cases)
    it(`are ${labels.join(' and ') || 'none'} where ${when}`, () =>
      assert.deepEqual(
        treeSteps(words).map(({ label }) => label),
        labels,
      ));
});

describe('the line above the tree', () => {
  it('tells first of all what keeps the folder from its host, and what to do', () => {
    const trouble = { happened: 'Process 7 does not answer.', mend: 'End it.', goesOn: true };
    const facts = { run: null, features: 0, problems: 2, madeElsewhere: false, trouble };
    assert.equal(treeMessage({ ...facts, breakers: [] }), 'Process 7 does not answer. End it.');
  });

  it('tells both to their end, however long they are', () => {
    const trouble = { happened: `${'a'.repeat(200)}.`, mend: `${'b'.repeat(200)}.`, goesOn: false };
    const facts = { run: null, features: 0, problems: 0, madeElsewhere: false, trouble };
    assert.equal(treeMessage({ ...facts, breakers: [] }), `${trouble.happened} ${trouble.mend}`);
  });

  const started = () => {
    const history = example();
    run(history);
    return history.snapshot.run;
  };
  const waiting = () => {
    const history = example();
    run(history);
    history.record([diskFull]);
    return openBreakers(history.snapshot);
  };
  const states: {
    when: string;
    facts: Omit<TreeFacts, 'breakers' | 'madeElsewhere'> & Partial<TreeFacts>;
    says?: RegExp;
  }[] = [
    { when: 'without features', facts: { run: null, features: 0, problems: 2 } },
    { when: 'before the first run', facts: { run: null, features: 5, problems: 0 }, says: /^Ready/ },
    { when: 'with one problem', facts: { run: null, features: 5, problems: 1 }, says: /has a problem;/ },
    { when: 'with more problems', facts: { run: null, features: 5, problems: 3 }, says: /has 3 problems;/ },
    {
      when: 'while records made elsewhere are only shown',
      facts: { run: null, features: 5, problems: 0, madeElsewhere: true },
      says: /^Made elsewhere, only shown\. .*Start Over, or Go On with My Settings\.$/,
    },
    { when: 'while agents work', facts: { run: started(), features: 5, problems: 0 } },
    {
      when: 'while trouble from outside is waited out',
      facts: { run: started(), features: 5, problems: 0, breakers: waiting() },
      says: /^Waiting: The disk is full\. Free some space/,
    },
  ];
  for (const { when, facts, says } of states) {
    it(`${says === undefined ? 'is not there' : 'tells the next step'} ${when}`, () => {
      const message = treeMessage({ breakers: [], madeElsewhere: false, ...facts });
      if (says === undefined) assert.equal(message, undefined);
      else assert.match(message ?? '', says);
    });
  }
});
