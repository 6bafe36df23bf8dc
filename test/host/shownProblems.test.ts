// A backlog in which everything is wrong makes no long message.
import { strict as assert } from 'node:assert';
import { shownProblems } from '../../src/host/shownProblems';

const problems = Array.from({ length: 100_000 }, (_, k) => ({
  file: 'features.json',
  line: k + 1,
  column: 1,
  message: 'A feature needs a "name".',
}));

describe('the problems of a backlog', () => {
  it('are told as they are while somebody may read them', () => {
    assert.deepEqual(shownProblems(problems.slice(0, 1_000)), problems.slice(0, 1_000));
    assert.deepEqual(shownProblems([]), []);
  });

  it('are cut to the first thousand, with the number of those that are left', () => {
    const shown = shownProblems(problems);
    assert.deepEqual(shown.slice(0, 1_000), problems.slice(0, 1_000));
    assert.deepEqual(shown.slice(1_000), [
      {
        file: 'features.json',
        line: 1_000,
        column: 1,
        message: 'There are 99000 more after this one.',
      },
    ]);
  });
});
