// A backlog of many MiB, loaded through a real host: the client that asked for it has all of it then.
import { strict as assert } from 'node:assert';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defaultMachineSettings } from '../../src/core/settings/machineSettings';
import { joinWorkspace } from '../../src/host/joinWorkspace';
import { repoRoot } from '../support/repoRoot';
import { writeProject } from '../support/smallProject';

describe('a face that loads a large backlog', () => {
  it('has every feature of it when the loading is over', async () => {
    // A step of many MiB: the client is told a part of it and has to ask for the rest.
    const files = Array.from({ length: 300 }, (_, k) => `src/a-folder-with-a-long-name/part-${k}.ts`);
    const many = Array.from({ length: 1_000 }, (_, k) => ({ name: `Feature ${k}`, files }));
    const project = await writeProject({ features: many, script: {} });
    const configDir = await mkdtemp(path.join(tmpdir(), 'pa-config-'));
    const joined = await joinWorkspace({
      root: project.dir,
      face: 'cli',
      distDir: path.join(repoRoot, 'dist'),
      goOn: false,
      elsewhere: 'ask',
      configDir,
      machine: () => defaultMachineSettings,
      log: () => {},
    });
    assert.ok(joined.kind === 'session');
    try {
      const loaded = await joined.session.loadBacklog();
      assert.equal(loaded.kind, 'loaded');
      assert.equal(Object.keys(joined.session.snapshot.features).length, many.length);
    } finally {
      await joined.session.close();
      await project.remove();
      await rm(configDir, { recursive: true });
    }
  });
});
