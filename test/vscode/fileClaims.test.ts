// Which files carry a claim, under which badge, and which of them changed.
import { strict as assert } from 'node:assert';
import { emptySnapshot } from '../../src/core/events/snapshot';
import { claimBadge, claimLine, claimTooltip, FileClaims } from '../../src/vscode/fileClaims';
import { specOf } from '../support/history';
import { claim, finish, loaded, passed, run } from './scenes';

function atWork() {
  const history = loaded(
    specOf('Log in', { files: ['src/login.ts'] }),
    specOf('Docs\u202e\nx', { files: [] }),
  );
  run(history);
  return { history, one: claim(history, 1, 1), two: claim(history, 2, 2) };
}

describe('the claims on files', () => {
  const paths = [
    { path: 'src/login.ts', slot: 1 },
    { path: 'SRC/Login.ts', slot: 1 },
    { path: 'src/other.ts', slot: undefined },
    { path: 'docs/guide/a.md', slot: 2 },
    { path: 'docs', slot: undefined },
    { path: 'docs2/a.md', slot: undefined },
  ];
  for (const { path, slot } of paths) {
    it(`${slot === undefined ? 'no agent holds' : `agent ${slot} holds`} ${path}`, () => {
      const { history, two } = atWork();
      history.record([{ type: 'lock.granted', path: 'docs', kind: 'folder', how: 'request', ...two }]);
      assert.equal(new FileClaims(history.snapshot).on(path)?.slot, slot);
    });
  }

  it('take no resource for a file, whatever its name', () => {
    const { history, two } = atWork();
    history.record([{ type: 'lock.granted', kind: 'resource', resource: 'docs/a.md', how: 'claim', ...two }]);
    assert.equal(new FileClaims(history.snapshot).on('docs/a.md'), undefined);
  });

  it('names agent and feature, in plain text', () => {
    const { history, two } = atWork();
    history.record([{ type: 'lock.granted', path: 'a.md', kind: 'file', how: 'request', ...two }]);
    const held = new FileClaims(history.snapshot).on('a.md');
    assert.ok(held);
    assert.equal(claimTooltip(held), 'Agent 2 holds this file for "Docs x"');
    assert.equal(claimLine(held), 'Agent 2 is working on this file: Docs x');
  });

  it('has a badge of two characters at most for every agent', () => {
    const base = { path: 'a', kind: 'file', featureId: 1, featureName: '' } as const;
    assert.deepEqual(
      [1, 9, 10, 64, 100].map((slot) => claimBadge({ ...base, slot })),
      ['A1', 'A9', '10', '64', 'A+'],
    );
  });

  it('tells which files changed: taken, released, and passed on to another', () => {
    const { history, one } = atWork();
    const before = new FileClaims(history.snapshot);
    finish(history, one, passed(1));
    const released = new FileClaims(history.snapshot);
    assert.deepEqual(released.changedSince(before), ['src/login.ts']);
    assert.deepEqual(before.changedSince(released), ['src/login.ts']);
    assert.deepEqual(before.changedSince(before), []);
    assert.deepEqual(before.changedSince(new FileClaims(emptySnapshot)), ['src/login.ts']);
  });

  it('tells that any file may have changed when a folder did', () => {
    const { history, two } = atWork();
    const before = new FileClaims(history.snapshot);
    history.record([{ type: 'lock.granted', path: 'docs', kind: 'folder', how: 'request', ...two }]);
    assert.equal(new FileClaims(history.snapshot).changedSince(before), undefined);
  });
});
