// A sparse file of 200 GB, or a pipe, where a file is read: named or left out at once, never begun.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadBacklogFile } from '../../../src/adapters/files/backlogFile';
import { createBlobStore } from '../../../src/adapters/files/blobStore';
import { OfflineScriptFile } from '../../../src/adapters/files/offlineScriptFile';
import { RuleMemory } from '../../../src/adapters/files/ruleMemory';
import { TrackedFiles } from '../../../src/adapters/files/trackedFiles';
import { createStateFiles } from '../../../src/adapters/store/diskFiles';
import { readSettings } from '../../../src/cli/settingsFiles';
import { tempWorkspace } from './tempWorkspace';

function sparse(file: string): string {
  writeFileSync(file, '');
  truncateSync(file, 200e9);
  return file;
}
function pipe(file: string): string {
  execFileSync('mkfifo', [file]);
  return file;
}

describe('size and kind before content', () => {
  it('takes kept content that has become such a file for changed, and keeps it anew', async () => {
    const { stateDir } = await tempWorkspace();
    const kept = createBlobStore(stateDir);
    const hash = await kept.put(Buffer.from('text'));
    const blob = path.join(stateDir, 'blobs', hash);
    for (const spoil of [sparse, pipe]) {
      rmSync(blob);
      spoil(blob);
      await assert.rejects(kept.get(hash), /was changed/);
      await kept.put(Buffer.from('text'));
      assert.equal(String(await kept.get(hash)), 'text');
    }
  });

  for (const [what, make, words] of [
    ['a sparse file', sparse, /:1:1: This has 200 GB; at most 52 MB are read\.$/],
    ['a pipe', pipe, /:1:1: This is not a regular file\.$/],
  ] as const) {
    it(`names a backlog, a script and settings that are ${what}`, async () => {
      const { root } = await tempWorkspace();
      const backlog = await loadBacklogFile(make(path.join(root, 'features.json')));
      assert.ok(backlog.kind === 'bad');
      assert.match(backlog.problems.map((p) => `:${p.line}:${p.column}: ${p.message}`).join(), words);
      const script = new OfflineScriptFile(make(path.join(root, 'offline-script.json')));
      const played = await script.turnsFor('a', 1);
      assert.match(played.ok ? '' : played.message, words);
      mkdirSync(path.join(root, '.vscode'));
      make(path.join(root, '.vscode', 'settings.json'));
      const { warnings } = await readSettings(root, {}, { XDG_CONFIG_HOME: root });
      assert.match(
        warnings.join(),
        /settings\.json (has 200 GB.*|is not a regular file); its settings are not used\.$/,
      );
    });

    it(`refuses a database that is ${what}`, async () => {
      const { root } = await tempWorkspace();
      const file = make(path.join(root, 'agents.db'));
      await assert.rejects(
        createStateFiles(root).read(file),
        /agents\.db" (has 200 GB.*|is not a file); move it away/,
      );
    });

    it(`takes rules and a repository that are ${what} for none`, async () => {
      const { root, stateDir, user } = await tempWorkspace({ 'src/a.ts': 'a' });
      for (const file of ['.git', '.gitignore', 'src/.gitignore']) make(path.join(root, file));
      assert.equal((await new TrackedFiles(root).now()).has('src'), false);
      assert.equal((await user.rules.top()).below('src').ignores('a.ts', 'file'), false);
      assert.ok(readdirSync(root).includes('.git'));
      // What agents made of rules is not forgotten because somebody put a pipe there.
      const known = new RuleMemory(path.dirname(make(path.join(stateDir, 'ignore-rules.json'))));
      if (make === sparse) await known.ready();
      else await assert.rejects(known.ready(), /ignore-rules\.json" is not a file; move it away/);
    });
  }
});
