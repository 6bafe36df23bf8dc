// The folder of sockets cleaned away under a running host: the run goes on, and later commands find it.
import assert from 'node:assert/strict';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'mocha';
import { awaitOwner } from '../../src/hub/discovery';
import { locate } from '../../src/hub/runtimeFolder';
import { cleanUpAfterEach } from '../support/cleanUp';
import { type ExternalEvent, parseEvents, runCli, startCli } from '../support/cli';
import { call, finish, writeProject } from '../support/smallProject';

describe('a run whose folder of sockets is cleaned away', function () {
  this.timeout(120_000);
  const cleanUp = cleanUpAfterEach();

  it('starts workers and answers commands as before, and no feature fails of it', async () => {
    const names = ['A', 'B', 'C', 'D'];
    const { dir, remove } = await writeProject({
      features: names.map((name, k) => ({ name, verify: 'true', depends_on: names.slice(k - 1, k) })),
      script: Object.fromEntries(names.map((name) => [name, [call('list_files', {}, 500), finish]])),
    });
    cleanUp.push(remove);
    const run = startCli(['run', '--project-dir', dir, '--json']);
    const folder = await locate(dir);
    await new Promise<void>((resolve) => {
      run.onLine((line) => {
        if ((JSON.parse(line) as ExternalEvent).type === 'feature.passed') resolve();
      });
    });
    const before = await awaitOwner(folder);
    // In one step: its owner puts it back while it is emptied, and in the end it would not be empty.
    const away = await mkdtemp(path.join(path.dirname(folder), 'away-'));
    await rename(folder, path.join(away, 'folder'));
    await rm(away, { recursive: true });
    const after = await awaitOwner(await locate(dir));
    assert.deepEqual(after, before);
    const status = await runCli(['status', '--project-dir', dir]);
    assert.match(status.lines.join('\n'), /D/);
    const { code } = await run.ended;
    assert.equal(code, 0, run.notes.join('\n'));
    const events = parseEvents(run.lines);
    assert.equal(events.filter((e) => e.type === 'owner.changed').length, 0);
    // A worker that came in the gap may have found nobody; that counts against nothing.
    const passed = events.filter((e) => e.type === 'feature.passed').map((e) => e.featureId);
    assert.deepEqual([...passed].sort(), [1, 2, 3, 4]);
    assert.equal(events.filter((e) => e.type === 'feature.failed' || e.type === 'feature.retried').length, 0);
  });
});
