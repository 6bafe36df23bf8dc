// Whose fault a failed command is, by what it says and by what the machine shows.
import { strict as assert } from 'node:assert';
import {
  type FailedProgram,
  judgeMachine,
  ownDoing,
  type Room,
  type Shortage,
} from '../../../src/core/guardrails/machineTrouble';

const gigabyte = 1024 ** 3;
const room: Room = {
  disks: [
    { folder: '/copies', freeBytes: 50 * gigabyte, freeFiles: 1_000_000 },
    { folder: '/tmp', freeBytes: 40 * gigabyte },
  ],
  memoryBytes: 8 * gigabyte,
  memoryKills: 3,
  refusedStarts: 2,
};
const able: Shortage = { ...room, startsLeft: 10_000, opensLeft: 1_000_000 };
const disks = (freeBytes: number, freeFiles = 1_000) => [
  { folder: '/tmp', freeBytes: 3 * gigabyte },
  { folder: '/copies', freeBytes, freeFiles },
];
const full = 'cp: No space left on device';
const noFork = 'sh: 1: Cannot fork';

interface Case {
  readonly title: string;
  readonly failed?: Partial<FailedProgram>;
  readonly before?: Partial<Room>;
  readonly now?: Partial<Shortage>;
  readonly expected:
    | readonly ['disk' | 'spawn' | 'files', message: string, most: number]
    | string
    | undefined;
}

const always = Number.POSITIVE_INFINITY;
const cases: readonly Case[] = [
  { title: 'an ordinary failure on an able machine', expected: undefined },
  {
    title: 'a disk without room, whatever the output says',
    before: { disks: disks(20_000_000) },
    now: { disks: disks(4_096), unwritable: 'not to be written' },
    expected: ['disk', 'It failed on a full disk: 4.1 KB left at /copies.', always],
  },
  {
    title: 'a disk that had room before, which the command may have taken itself',
    failed: { output: full },
    before: { disks: disks(2 * gigabyte) },
    now: { disks: disks(0), unwritable: 'not to be written' },
    expected: ['disk', `It failed on a full disk: 0 bytes left at /copies ("${full}").`, 1],
  },
  {
    title: 'a disk without room for files',
    now: { disks: disks(gigabyte, 3), unwritable: 'not to be written' },
    expected: ['disk', 'It failed on a full disk: room for 3 files left at /copies.', always],
  },
  {
    title: 'a full disk that a trial confirms, as of a quota',
    failed: { output: full },
    now: { unwritable: '8.4 MB could not be written at /copies either (EDQUOT)' },
    expected: [
      'disk',
      `It failed on a full disk: 8.4 MB could not be written at /copies either (EDQUOT) ("${full}").`,
      always,
    ],
  },
  {
    title: 'a disk that counts no room and takes what is written',
    now: { disks: disks(0, 0) },
    expected: undefined,
  },
  {
    title: 'a program of a long name',
    failed: { what: `The check ${'x'.repeat(1_000)}`, endedFor: 'processes' },
    now: { startsLeft: 0 },
    expected: [
      'spawn',
      `The check ${'x'.repeat(290)}… failed for want of processes: 0 more may be started.`,
      always,
    ],
  },
  {
    title: 'less free than was written, by its own word',
    failed: { output: full, wroteBytes: 5 * gigabyte },
    now: { disks: disks(gigabyte) },
    expected: [
      'disk',
      `It failed on a full disk: it wrote 5.4 GB, and 1.1 GB are left at /copies ("${full}").`,
      1,
    ],
  },
  {
    title: 'less free than was written, without a word',
    failed: { wroteBytes: 500 * gigabyte },
    expected: undefined,
  },
  {
    title: 'a full disk in words alone',
    failed: { output: full, wroteBytes: 10_000 },
    now: { disks: disks(3_200_000_000) },
    expected: 'Its output speaks of a full disk; there are 3.2 GB free at /copies.',
  },
  {
    title: 'few processes left',
    failed: { output: noFork },
    now: { startsLeft: 63 },
    expected: ['spawn', `It failed for want of processes: 63 more may be started ("${noFork}").`, always],
  },
  { title: 'few processes left without a word', now: { startsLeft: 3 }, expected: undefined },
  {
    title: 'few processes left, by the manner of its end',
    failed: { endedFor: 'processes' },
    now: { startsLeft: 3 },
    expected: ['spawn', 'It failed for want of processes: 3 more may be started.', always],
  },
  {
    title: 'processes that a trial cannot start',
    failed: { output: noFork },
    now: { refused: 'of 32 that were tried 4 could not be started (EAGAIN)' },
    expected: [
      'spawn',
      `It failed for want of processes: of 32 that were tried 4 could not be started (EAGAIN) ("${noFork}").`,
      always,
    ],
  },
  {
    title: 'processes that a limit refused meanwhile, to the command or to another',
    failed: { output: noFork },
    now: { refusedStarts: 9 },
    expected: ['spawn', `It failed for want of processes: the system refused 7 meanwhile ("${noFork}").`, 1],
  },
  {
    title: 'processes in words alone',
    failed: { output: noFork },
    expected: 'Its output speaks of processes that could not be started; 10000 more may be.',
  },
  {
    title: 'a process ended for want of memory, where there was little',
    before: { memoryBytes: gigabyte / 2 },
    now: { memoryKills: 4 },
    expected: ['spawn', 'It failed while the system ended a process for want of memory.', always],
  },
  {
    title: 'processes ended for want of memory, where there was much',
    now: { memoryKills: 5 },
    expected: ['spawn', 'It failed while the system ended 2 processes for want of memory.', 1],
  },
  {
    title: 'a kill on a machine that has ended nothing',
    failed: { output: 'Killed' },
    expected:
      'Its output speaks of a process that was killed, or too little memory; the system ended no process for that meanwhile, and has 8.6 GB left.',
  },
  {
    title: 'too little memory, and too little left',
    failed: { output: 'MemoryError' },
    now: { memoryBytes: 10_000_000 },
    expected: ['spawn', 'It failed for want of memory: 10 MB are left ("MemoryError").', always],
  },
  {
    title: 'a guard that was ended from outside',
    failed: { guardEnd: 'SIGKILL' },
    expected: [
      'spawn',
      'It failed when the process that watches over it was ended from outside (SIGKILL), as the system does when memory runs out.',
      5,
    ],
  },
  {
    title: 'too many open files in the system',
    failed: { output: 'Too many open files in system' },
    now: { opensLeft: 10 },
    expected: [
      'files',
      'It failed for want of open files: the system has 10 left ("Too many open files in system").',
      always,
    ],
  },
  {
    title: 'too many open files of its own',
    failed: { output: 'EMFILE: too many open files, open' },
    expected:
      'Its output speaks of too many open files; the system has 1000000 left, so the limit is its own.',
  },
  {
    title: 'too many open files of its own, with the limit that each program has',
    failed: { output: 'EMFILE: too many open files, open' },
    now: { opensEach: 1_024 },
    expected:
      'Its output speaks of too many open files; the system has 1000000 left, so the limit is its own: one program may have 1024 (ulimit -n).',
  },
  {
    title: 'a limit of open files that somebody has set below what systems allow',
    failed: { output: 'EMFILE: too many open files, open' },
    now: { opensEach: 64 },
    expected: [
      'files',
      'It failed for want of open files: one program may have 64 (ulimit -n) ("EMFILE: too many open files, open").',
      5,
    ],
  },
  {
    title: 'no watch to be had',
    failed: { output: 'ENOSPC: System limit for number of file watchers reached' },
    now: { refused: 'none could be set (ENOSPC)' },
    expected: [
      'files',
      'It failed for want of watches over files, as fs.inotify.max_user_watches and fs.inotify.max_user_instances bound them: none could be set (ENOSPC) ("ENOSPC: System limit for number of file watchers reached").',
      always,
    ],
  },
  {
    title: 'watches in words alone',
    failed: { output: 'EMFILE: too many open files, watch' },
    expected: 'Its output speaks of too many watches over files; more could be made when it had ended.',
  },
  {
    title: 'a machine that tells nothing',
    failed: { output: full },
    before: { disks: [] },
    now: { disks: [] },
    expected: 'Its output speaks of a full disk.',
  },
];

describe('what failed', () => {
  for (const { title, failed, before, now, expected } of cases) {
    it(`is judged: ${title}`, () => {
      const verdict = judgeMachine(
        { what: 'It', output: 'not ok 1', ...failed },
        { ...room, ...before },
        { ...able, ...now },
      );
      assert.deepEqual(
        verdict.kind === 'own' ? verdict.said : [verdict.cause, verdict.message, verdict.most],
        expected,
      );
    });
  }

  it('is told as its own doing once it was believed often enough', () =>
    assert.equal(
      ownDoing({ kind: 'trouble', cause: 'disk', message: 'The check failed on a full disk.', most: 1 }),
      'The check failed on a full disk. It was so 2 times in a row: it brings that about itself.',
    ));
});
