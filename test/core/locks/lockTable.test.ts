// The lock table, step by step: who is granted, waits, yields, and what each change leaves.
import { strict as assert } from 'node:assert';
import { type LockScope, lockName } from '../../../src/core/locks/lockScope';
import {
  firstBlocker,
  grant,
  grantable,
  isHeldBy,
  type LockTable,
  lockedBy,
  noLocks,
  queue,
  release,
  request,
  requestFree,
  setHuman,
} from '../../../src/core/locks/lockTable';
import { entryOf, requester, tableOf } from './lockTables';

const file = (path: string): LockScope => ({ kind: 'file', path });
const folder = (path: string): LockScope => ({ kind: 'folder', path });

describe('requestFree', () => {
  const tables: [what: string, table: LockTable][] = [
    ['an empty table', noLocks],
    ['own files, also in another case', tableOf('1:a 1:B')],
    ['an own folder', tableOf('1:src/')],
    ["others' files, folders and waits", tableOf('2:a 3:src/', '2:b 1:c 3:c')],
    ['a file the human edits', tableOf('1:b', '', 'a src/x')],
    ['a circle', tableOf('1:c 2:a', '2:c')],
  ];
  for (const [what, table] of tables) {
    it(`answers as request would one by one: ${what}`, () => {
      const paths = ['a', 'b', 'c', 'src/x', 'SRC/y', 'A'];
      let now = table;
      const oneByOne = paths.map((path) => {
        const answer = request(now, file(path), requester(1));
        if (answer.kind === 'granted') now = grant(now, entryOf(1, file(path)));
        return [path, 'blockers' in answer ? answer.blockers : answer.kind];
      });
      assert.deepEqual([...requestFree(table, paths, requester(1))], oneByOne);
    });
  }
});

describe('request', () => {
  const a = file('a');
  const b = file('b');
  const c = file('c');
  const cases: [
    what: string,
    table: LockTable,
    scope: LockScope,
    fence: number,
    kind: string,
    blockers?: number[],
  ][] = [
    ['a free file', noLocks, a, 1, 'granted'],
    ['a file beside a held one', tableOf('2:b'), a, 1, 'granted'],
    ['what it holds', tableOf('1:a'), a, 1, 'held'],
    ['a file in its folder', tableOf('1:src/'), file('src/x'), 1, 'held'],
    ['the folder around its file', tableOf('1:src/x'), folder('src'), 1, 'granted'],
    ['what another holds', tableOf('2:a'), a, 1, 'wait', [2]],
    ['it in another case', tableOf('2:A'), a, 1, 'wait', [2]],
    ['a folder of which others hold parts', tableOf('2:src/x 3:src/y'), folder('src'), 1, 'wait', [2, 3]],
    ['a file in a folder another waits for', tableOf('2:src/x', '3:src/'), file('src/y'), 1, 'wait', [3]],
    ['what another holds and a third awaits', tableOf('2:a', '3:a'), a, 1, 'wait', [2, 3]],
    ['its own place in the queue again', tableOf('2:a', '1:a 3:a'), a, 1, 'wait', [2]],
    ['a second wait behind others', tableOf('2:a 2:b', '1:a 3:b'), b, 1, 'wait', [2, 3]],
    [
      'a free file that another awaits with a folder',
      tableOf('2:s/x', '1:c 3:s/'),
      file('s/y'),
      1,
      'wait',
      [3],
    ],
    ['two waiting for each other', tableOf('1:a 2:b', '2:a'), b, 1, 'yield', [2]],
    ['three in a circle', tableOf('1:a 2:b 3:c', '2:a 3:b'), c, 1, 'yield', [3]],
    ['a circle through the queue', tableOf('1:a 2:b', '3:b 2:a'), b, 1, 'yield', [2, 3]],
    ['a circle the other way round is none', tableOf('1:a 2:b', '1:b'), c, 2, 'granted'],
  ];
  for (const [what, table, scope, fence, kind, blockers] of cases) {
    it(`${what}: ${kind}`, () => {
      const answer = request(table, scope, requester(fence));
      assert.equal(answer.kind, kind);
      assert.deepEqual(
        'blockers' in answer
          ? answer.blockers.map((x) => (x.kind === 'agent' ? x.fence : 'human'))
          : undefined,
        blockers,
      );
    });
  }

  it('names who is in the way: an agent with its feature, or the human', () => {
    assert.deepEqual(request(tableOf('2:src/', '', 'src/x'), file('src/x'), requester(1)), {
      kind: 'wait',
      blockers: [
        { kind: 'agent', ...requester(2), path: 'src' },
        { kind: 'human', path: 'src/x' },
      ],
    });
  });

  it('waits for the human, who is never part of a circle', () => {
    assert.equal(request(tableOf('1:a', '', 'b'), b, requester(1)).kind, 'wait');
  });
});

describe('the lock table', () => {
  const a = file('a');

  it('does not change the table it was given', () => {
    const table = tableOf('1:a', '2:a', 'h');
    const copy = structuredClone(table);
    grant(table, entryOf(3, file('b')));
    queue(table, entryOf(3, a));
    release(table, { path: 'a' }, 1);
    setHuman(table, []);
    grantable(table);
    assert.deepEqual(table, copy);
  });

  it('knows nothing released by one who does not hold it', () => {
    const table = tableOf('1:a', '2:a');
    assert.deepEqual(release(table, { path: 'a' }, 3), table);
    assert.deepEqual(release(table, { path: 'b' }, 1), table);
  });

  it('releases holds and waits of a path, and those of no other attempt', () => {
    const table = tableOf('1:a 1:b', '2:a 3:a');
    assert.deepEqual(
      release(table, { path: 'a' }, 2).waits.map((w) => w.fence),
      [3],
    );
    assert.deepEqual(
      release(table, { path: 'a' }, 1).holds.map((h) => lockName(h.scope)),
      ['b'],
    );
  });

  it('tells all that an attempt holds once, so that its end frees everything', () => {
    const table = tableOf('1:a 1:src/ 2:b', '1:b 1:a');
    assert.deepEqual(lockedBy(table, 1).map(lockName), ['a', 'src', 'b']);
    const freed = lockedBy(table, 1).reduce((left, locked) => release(left, locked, 1), table);
    assert.deepEqual(lockedBy(freed, 1), []);
    assert.deepEqual(lockedBy(freed, 2).map(lockName), ['b']);
  });

  it('grants in the order of the queue, one for each file', () => {
    const table = tableOf('', '1:a 2:a 3:b 4:/');
    assert.deepEqual(
      grantable(table).map((w) => w.fence),
      [1, 3],
    );
  });

  it('grants one wait once, though it was queued twice', () => {
    const table = tableOf('', '1:a 1:a');
    assert.deepEqual(
      grantable(table).map((w) => w.fence),
      [1],
    );
  });

  it('takes a wait out of the queue when it is granted', () => {
    assert.deepEqual(
      grant(tableOf('', '1:a 2:a'), entryOf(1, a)).waits.map((w) => w.fence),
      [2],
    );
  });

  it('grants nothing of the human before it is given back', () => {
    const table = tableOf('', '1:a', 'A');
    assert.deepEqual(grantable(table), []);
    assert.equal(grantable(setHuman(table, [])).length, 1);
  });

  it('gives all or none to a claim, behind those who wait', () => {
    const table = tableOf('1:a', '2:b', 'h');
    const blocked = (...scopes: LockScope[]) => {
      const blocker = firstBlocker(table, scopes);
      return blocker && lockName(blocker);
    };
    assert.equal(blocked(file('c'), a), 'a');
    assert.equal(blocked(file('c'), file('b')), 'b');
    assert.equal(blocked(folder('')), 'a');
    assert.equal(blocked(file('h')), 'h');
    assert.equal(blocked(file('c'), file('d')), undefined);
    assert.equal(blocked(), undefined);
  });

  it('says that a folder is held by who holds the folder, not by who holds a file in it', () => {
    const table = tableOf('1:src 2:lib/');
    assert.equal(isHeldBy(table, folder('src'), 1), false);
    assert.equal(isHeldBy(table, folder('lib/x'), 2), true);
    assert.equal(isHeldBy(table, file('lib/x'), 1), false);
  });
});
