// What the editor loads of the extension at its start, as it is built: little, and the rest from files of its own when needed.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { repoRoot } from '../support/repoRoot';
import { packedVsix } from '../support/vsCode';

const dist = path.join(repoRoot, 'dist');
const mostBytes = 150 * 1024;

/** Loads a file with an editor that has every name, and tells which files of its folder that took. */
const loader = `
  const Module = require('node:module');
  const nothing = new Proxy(function () {}, { get: (_, name) => (name === Symbol.toPrimitive ? () => '' : nothing) });
  const load = Module._load;
  Module._load = (name, ...rest) => (name === 'vscode' ? nothing : load(name, ...rest));
  require(process.argv[1]);
  console.log(JSON.stringify(Object.keys(require.cache)));
`;

describe('the file that the editor loads at its start', () => {
  it(`is at most 150 KB, with all that is loaded with it`, () => {
    const entry = path.join(dist, 'extension.js');
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', loader, entry], { encoding: 'utf8' });
    assert.equal(stderr, '');
    const loaded: readonly string[] = JSON.parse(stdout);
    assert.ok(loaded.includes(entry));
    assert.ok(loaded.every((file) => path.dirname(path.dirname(file)) === dist || file === entry));
    const bytes = loaded.reduce((sum, file) => sum + statSync(file).size, 0);
    assert.ok(bytes <= mostBytes, `${bytes} bytes in ${loaded.length} files`);
  });

  it('has beside it all that it loads later, also in the package', async () => {
    const parts = readdirSync(path.join(dist, 'extension'));
    const size = (name: string) => statSync(path.join(dist, 'extension', name)).size;
    const all = ['extension.js', ...parts.map((name) => path.join('extension', name))];
    const named = all.flatMap((file) => {
      const text = readFileSync(path.join(dist, file), 'utf8');
      return [...text.matchAll(/require\("(\.\.?\/[^"]+\.js)"\)/g)].map(([, to = '']) =>
        path.basename(path.join(path.dirname(file), to)),
      );
    });
    assert.ok(named.length > 0);
    assert.deepEqual(
      named.filter((name) => !parts.includes(name)),
      [],
    );
    assert.ok(parts.some((name) => name.startsWith('joinWorkspace-') && size(name) > mostBytes));
    const packed = readFileSync(await packedVsix()).toString('latin1'); // names of files stand in it as they are
    assert.deepEqual(
      parts.filter((name) => !packed.includes(`extension/dist/extension/${name}`)),
      [],
    );
  });
});
