// One look at the workspace serves all places that are made at one time, and enters no packages where they are not wanted.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { tempFolder } from '../files/tempWorkspace';
import { tempPlaces } from './tempPlaces';

/** So many that another program looks each time. */
const many = Object.fromEntries(Array.from({ length: 2_100 }, (_, k) => [`node_modules/p/f${k}.js`, `${k}`]));

describe('a look at the workspace', () => {
  let looks: string;
  let before: string | undefined;

  beforeEach(function () {
    const find = execFileSync('sh', ['-c', 'command -v find || true'], { encoding: 'utf8' }).trim();
    if (process.platform !== 'linux' || find === '') return this.skip();
    const bin = tempFolder();
    looks = path.join(bin, 'looks');
    writeFileSync(
      path.join(bin, 'find'),
      `#!/bin/sh\nn=$(${find} "$@" | tee "${looks}.out" | wc -c)\n` +
        `case "$*" in *printf*) echo "$PWD $n" >> "${looks}";; esac\nexec ${find} "$@"\n`,
    );
    chmodSync(path.join(bin, 'find'), 0o755);
    before = process.env.PATH;
    process.env.PATH = `${bin}:${before}`;
  });
  afterEach(() => {
    if (before !== undefined) process.env.PATH = before;
  });

  const sizesIn = (root: string) =>
    (existsSync(looks) ? readFileSync(looks, 'utf8').trim().split('\n') : []).flatMap((line) => {
      const [folder, size] = line.split(' ');
      return folder === root ? [Number(size)] : [];
    });

  it('is one for places that are made at one time', async () => {
    const { workspace, places } = await tempPlaces({ 'a.ts': 'a' }, { beforePlace: takesLonger() });
    await Promise.all([1, 2, 3].map((slot) => places.prepare(slot)));
    assert.equal(sizesIn(workspace.root).length, 1);
    for (const slot of [1, 2, 3])
      assert.equal(readFileSync(path.join(places.folderOf(slot), 'a.ts'), 'utf8'), 'a');
  });

  it('is a new one for who asks when it has begun', async () => {
    const { workspace, places } = await tempPlaces({ 'a.ts': 'a', ...many });
    await places.prepare(1);
    const looked = sizesIn(workspace.root).length;
    await places.prepare(1);
    assert.equal(sizesIn(workspace.root).length, looked + 1);
  });

  it('does not enter packages for what came meanwhile', async () => {
    const { workspace, places } = await tempPlaces({ 'a.ts': 'a', ...many });
    await places.prepare(1);
    const [whole = 0, meanwhile = 0, ...others] = sizesIn(workspace.root);
    assert.equal(others.length, 0);
    assert.ok(meanwhile > 0 && meanwhile < whole / 10, `${meanwhile} of ${whole}`);
  });
});

/** Each call later than the one before. */
function takesLonger(): () => Promise<void> {
  let turns = 0;
  return async () => {
    const until = ++turns * 3;
    for (let turn = 0; turn < until; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
}
