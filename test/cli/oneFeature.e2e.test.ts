// One feature of a backlog by its id: alone, or with what it needs; and a run that has nothing to do.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import { copySample, runCli, withoutPauses } from '../support/cli';

describe('parallel-agents run --feature-id', () => {
  const cleanUp = cleanUpAfterEach();

  async function sample(): Promise<string> {
    const { dir, remove } = await copySample('notes-api');
    cleanUp.push(remove);
    await withoutPauses(dir);
    return dir;
  }

  it('builds only that feature, then has nothing to do', async () => {
    const dir = await sample();
    const args = ['run', '--project-dir', dir, '--feature-id', '1'];
    const { code, lines } = await runCli(args);
    assert.equal(code, 0);
    assert.deepEqual(lines, [
      '🚀 Agent 1/3: Started feature 1 - Router',
      '✅ Feature 1 completed: passing',
      '🧹 Cleaned up 1 completed agent',
      '✅ All features completed!',
    ]);
    const again = await runCli(args);
    assert.equal(again.code, 0);
    assert.match(again.notes.join('\n'), /nothing to build/);
    assert.equal(again.lines.at(-1), '✅ All features completed!');
  });

  it('says what it needs, and builds that with --with-dependencies', async () => {
    const dir = await sample();
    const alone = await runCli(['run', '--project-dir', dir, '--feature-id', '8']);
    assert.equal(alone.code, 2);
    assert.match(alone.notes.join('\n'), /Feature 8 needs Router, not passing yet; add --with-dependencies/);
    const both = await runCli(['run', '--project-dir', dir, '--feature-id', '8', '--with-dependencies']);
    assert.equal(both.code, 0, both.notes.join('\n'));
    assert.deepEqual(
      both.lines.filter((line) => line.startsWith('✅ Feature')),
      ['✅ Feature 1 completed: passing', '✅ Feature 8 completed: passing'],
    );
  });

  it('names the features there are when the id is none of them', async () => {
    const dir = await sample();
    const { code, notes } = await runCli(['run', '--project-dir', dir, '--feature-id', '99']);
    assert.equal(code, 2);
    assert.match(notes.join('\n'), /no feature with the id 99\. The backlog has: 1 Router, 2 Store/);
  });
});
