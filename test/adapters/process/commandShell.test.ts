// Where a named shell is found, and that none is taken from the workspace.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { findShell, systemShell } from '../../../src/adapters/process/commandShell';
import { Failure } from '../../../src/ports/failure';

describe('findShell', () => {
  let top: string;
  let outside: string;
  let inside: string;
  beforeEach(() => {
    top = mkdtempSync(path.join(tmpdir(), 'pa-shell-'));
    outside = path.join(top, 'bin');
    inside = path.join(top, 'work', 'bin');
    for (const folder of [outside, inside]) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, 'mysh'), '#!/bin/sh\n', { mode: 0o755 });
      writeFileSync(path.join(folder, 'plain'), 'text', { mode: 0o644 });
    }
  });
  afterEach(() => rmSync(top, { recursive: true }));

  const find = (name: string | undefined, ...folders: readonly string[]) =>
    findShell(name, path.join(top, 'work'), { PATH: folders.join(path.delimiter) });
  const none = (name: string, ...folders: readonly string[]) =>
    assert.throws(
      () => find(name, ...folders),
      (error) => Failure.is(error, 'spawn') && /parallelAgents\.verify\.shell/.test(error.message),
    );

  it('is the system’s own where none is named', () => assert.equal(find(undefined), systemShell));

  it('looks in PATH, but not in the workspace or in what is no absolute folder', () => {
    assert.equal(find('mysh', 'bin', inside, outside), path.join(outside, 'mysh'));
    none('mysh', inside, path.relative(process.cwd(), outside));
  });

  it('takes an absolute path of a program, and refuses what is none by the setting’s name', () => {
    assert.equal(find(path.join(outside, 'mysh')), path.join(outside, 'mysh'));
    none(path.join(outside, 'plain'));
    none(path.join(outside, 'missing'));
    none(outside);
    none('plain', outside);
  });
});
