// File names that not every system can have, in a whole run: brought over under their names, or told; never lost in silence.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import { parseEvents, runCli, userWith } from '../support/cli';
import { call, finish, writeProject } from '../support/smallProject';

const odd = ['cafe\u0301.txt', 'a\\b.txt', 'tab\there.txt', 'line\nend.txt'];

describe('names that not every system can have', () => {
  const cleanUp = cleanUpAfterEach();
  before(function () {
    if (process.platform !== 'linux') this.skip();
  });

  it('are read and changed by an agent’s own tools, also where it writes another Unicode form', async () => {
    const names = [...odd, 'de\u0301ja\u0300/vu\u0308.txt'];
    const edited = (name: string) => [
      call('read_file', { path: name }),
      call('edit_file', { path: name, edits: [{ old: 'old', new: 'new' }] }),
    ];
    const { dir, remove } = await writeProject({
      files: Object.fromEntries([...names, 'gone\\way.txt', 'moved\\way.txt'].map((name) => [name, 'old'])),
      features: [{ name: 'edit', verify: 'test ! -e "gone\\way.txt" && grep -q old moved.txt' }],
      script: {
        edit: [
          ...odd.flatMap(edited),
          ...edited('de\u0301ja\u0300/vu\u0308.txt'.normalize('NFC')),
          call('read_file', { path: 'gone\\way.txt' }),
          call('delete_file', { path: 'gone\\way.txt' }),
          call('move_file', { from: 'moved\\way.txt', to: 'moved.txt' }),
          finish,
        ],
      },
    });
    cleanUp.push(remove);
    const { code, lines, notes } = await runCli(['run', '--project-dir', dir, '--json'], userWith({}));
    assert.equal(code, 0, [...notes, ...lines].join('\n'));
    for (const name of names) assert.equal(readFileSync(path.join(dir, name), 'utf8'), 'new', name);
    const left = readdirSync(dir, { recursive: true }).map(String);
    const expected = [...names, 'moved.txt'].sort();
    assert.deepEqual(left.filter((name) => name.endsWith('.txt') && !name.startsWith('.')).sort(), expected);
  });

  it('come through where they were there, and what is no UTF-8 is told beside the pass', async () => {
    const change = 'node change.js';
    const { dir, remove } = await writeProject({
      files: {
        ...Object.fromEntries(odd.map((name) => [name, 'old'])),
        'change.js': `const fs = require('node:fs');
for (const name of ${JSON.stringify(odd)}) fs.writeFileSync(name, 'new');
fs.writeFileSync(Buffer.from('made-\\xe9.txt', 'latin1'), 'x');\n`,
        'check.js': `const fs = require('node:fs');
const all = fs.readdirSync('.').filter((name) => name.endsWith('.txt'));
if (all.length !== 4 || all.some((name) => fs.readFileSync(name, 'utf8') !== 'new')) process.exit(1);\n`,
      },
      features: [{ name: 'rename', verify: 'node check.js' }],
      script: { rename: [call('run_command', { command: change }), finish] },
    });
    cleanUp.push(remove);
    const args = ['run', '--project-dir', dir, '--json'];
    const { code, lines, notes } = await runCli(args, userWith({ 'commands.allow': [change] }));
    assert.equal(code, 0, [...notes, ...lines].join('\n'));
    for (const name of odd) assert.equal(readFileSync(path.join(dir, name), 'utf8'), 'new', name);
    const events = parseEvents(lines);
    const published = events.filter((e) => e.type === 'file.published').map((e) => e.path);
    assert.deepEqual(published.sort(), [...odd].sort());
    const denied = events.filter((e) => e.type === 'file.denied');
    assert.equal(denied.length, 1);
    assert.match(JSON.stringify(denied), /made-\uFFFD\.txt.*no UTF-8/);
    assert.equal(
      readdirSync(dir).some((name) => name.startsWith('made-')),
      false,
    );
  });
});
