// Who belongs to a process that is to be ended, decided on listings; `self` is 99.
import { strict as assert } from 'node:assert';
import { createProcessFamily, type FamilyHead } from '../../../src/adapters/process/processFamily';
import type { ProcessRow } from '../../../src/adapters/process/processTable';

const self = 99;
const target = { pid: 10, started: 't10' };

describe('a process family', () => {
  const cases: [fact: string, head: FamilyHead, rows: ProcessRow[], members: number[]][] = [
    ['is the process itself', { process: target, tag: 'x' }, [row(10), row(11)], [10]],
    [
      'is never a stranger with its number',
      { process: target, tag: 'x' },
      [row(10, { started: 'later' })],
      [],
    ],
    [
      'is nobody for being child, group or session of that stranger',
      { process: target, tag: 'x' },
      [
        row(10, { started: 'later' }),
        row(11, { parent: 10 }),
        row(12, { group: 10 }),
        row(13, { session: 10 }),
      ],
      [],
    ],
    [
      'holds children and their children, in whatever order they are listed',
      { process: target, tag: 'x' },
      [row(12, { parent: 11 }), row(11, { parent: 10 }), row(10), row(13, { parent: 1 })],
      [10, 11, 12],
    ],
    [
      'holds the group and the session it leads',
      { process: target, tag: 'x' },
      [
        row(10, { group: 10, session: 10 }),
        row(11, { group: 10 }),
        row(12, { session: 10, group: 12 }),
        row(13, { group: 12 }),
      ],
      [10, 11, 12, 13],
    ],
    [
      'does not hold the group it is a mere member of',
      { process: target, tag: 'x' },
      [row(10, { group: 5, session: 5 }), row(5, { group: 5, session: 5 }), row(6, { group: 5 })],
      [10],
    ],
    [
      'holds all that carry the tag, wherever they are, with their children',
      { tag: 'x' },
      [row(20, { lineage: 'outer/x/y' }), row(21, { parent: 20 }), row(22, { lineage: 'outer' })],
      [20, 21],
    ],
    ['is nobody for an empty tag', { tag: '' }, [row(20, { lineage: '' }), row(21, { lineage: 'x' })], []],
    [
      'never holds ourselves, nor others for being our children',
      { process: { pid: self, started: 't99' }, tag: 'x' },
      [row(self, { lineage: 'x' }), row(31, { parent: self }), row(32, { parent: self, lineage: 'x' })],
      [32],
    ],
    [
      'goes on behind a zombie, which itself counts as gone',
      { process: target, tag: 'x' },
      [row(10, { zombie: true, group: 10 }), row(11, { group: 10 })],
      [11],
    ],
    [
      'has no group any more once its leader is gone',
      { process: target, tag: 'x' },
      [row(11, { group: 10 }), row(12, { session: 10 })],
      [],
    ],
    [
      'still has its group when the leader ended just now',
      { process: target, tag: 'x', justEnded: true },
      [row(11, { group: 10 }), row(12, { session: 10 })],
      [11, 12],
    ],
    [
      'has no group when the leader ended just now and a stranger has its number already',
      { process: target, tag: 'x', justEnded: true },
      [row(10, { started: 'later', group: 10 }), row(11, { group: 10 })],
      [],
    ],
  ];
  for (const [fact, head, rows, members] of cases)
    it(fact, () => assert.deepEqual(pids(createProcessFamily(head, self).gather(rows)), members));

  it('knows its members and groups again when their parents and leaders are gone', () => {
    const family = createProcessFamily({ process: target, tag: 'x' }, self);
    family.gather([row(10, { group: 10 }), row(11, { parent: 10, group: 11 }), row(12, { group: 10 })]);
    assert.deepEqual(
      pids(family.gather([row(11), row(12, { group: 10 }), row(13, { group: 10 }), row(14)])),
      [11, 12, 13],
    );
    assert.equal(family.met(), 4);
  });

  it('tells the groups it led, not those it is a mere member of', () => {
    const family = createProcessFamily({ process: target, tag: 'x' }, self);
    family.gather([row(10, { group: 10 }), row(11, { group: 10 }), row(12, { parent: 10, group: 5 })]);
    assert.deepEqual(family.groups(), [10]);
    family.gather([row(11, { group: 10 })]);
    assert.deepEqual(family.groups(), [10]);
    family.gather([row(12, { group: 5 })]);
    assert.deepEqual(family.groups(), []);
  });

  it('gives a group up that was empty once: its number may be used anew', () => {
    const family = createProcessFamily({ process: target, tag: 'x' }, self);
    family.gather([row(10, { group: 10 })]);
    family.gather([row(15)]);
    assert.deepEqual(family.gather([row(11, { group: 10 })]), []);
  });

  it('does not know a member again whose number another has now', () => {
    const family = createProcessFamily({ process: target, tag: 'x' }, self);
    family.gather([row(10), row(11, { parent: 10 })]);
    assert.deepEqual(family.gather([row(11, { started: 'later' })]), []);
  });
});

function row(pid: number, told: Partial<ProcessRow> = {}): ProcessRow {
  return { pid, parent: 1, group: 1, session: 1, started: `t${pid}`, zombie: false, lineage: '', ...told };
}

function pids(rows: readonly ProcessRow[]): number[] {
  return rows.map(({ pid }) => pid).sort((a, b) => a - b);
}
