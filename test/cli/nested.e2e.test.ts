// A run at a folder while another works below it, in real processes: the second is refused by name, and leaves nothing.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import { runCli, startCli, userWith } from '../support/cli';
import { gateFor } from '../support/gate';
import { call, finish, writeProject } from '../support/smallProject';

describe('a run around another', () => {
  const cleanUp = cleanUpAfterEach();

  it('is refused while that one works, and leaves it alone', async () => {
    const gate = await gateFor(cleanUp);
    const outer = await writeProject({
      features: [{ name: 'outer', verify: 'true' }],
      script: { outer: [finish] },
    });
    cleanUp.push(outer.remove);
    const inner = path.join(outer.dir, 'packages/inner');
    await mkdir(inner, { recursive: true });
    const script = { inner: [gate.wait, call('write_file', { path: 'a.txt', content: 'a' }), finish] };
    await writeFile(path.join(inner, 'features.json'), '[{"name": "inner", "verify": "test -f a.txt"}]');
    await writeFile(path.join(inner, 'offline-script.json'), JSON.stringify(script));
    const first = startCli(
      ['run', '--project-dir', inner, '--json'],
      userWith({ 'commands.allow': [gate.command] }),
    );
    await new Promise<void>((resolve) =>
      first.onLine((line) => line.includes('"feature.claimed"') && resolve()),
    );
    const second = await runCli(['run', '--project-dir', outer.dir, '--json']);
    assert.notEqual(second.code, 0);
    assert.match(second.notes.join('\n'), /packages\/inner", which is a workspace at work: process \d+ on/);
    assert.equal(existsSync(path.join(outer.dir, '.parallel-agents')), false);
    gate.open();
    assert.equal((await first.ended).code, 0, first.notes.join('\n'));
    assert.equal((await runCli(['run', '--project-dir', outer.dir, '--json'])).code, 0, 'now it may');
  });
});
