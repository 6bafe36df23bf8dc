// The backlog as people and programs write it: in pieces, in a row, by renames, wrong and mended, while it is being read.
import { strict as assert } from 'node:assert';
import { mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BacklogFollower } from '../../src/client/backlogFollower';
import type { LoadedBacklog } from '../../src/protocol/hubValues';

describe('the follower of a backlog', () => {
  let dir: string;
  let file: string;
  let follower: BacklogFollower;
  /** What each reading found, and what was told. */
  let reads: string[];
  let told: string[];
  let heard: (() => void) | undefined;
  /** Called in the middle of a reading. */
  let meanwhile: ((found: string) => unknown) | undefined;
  let hasHost: boolean;

  beforeEach(() => {
    dir = realpathSync(mkdtempSync(path.join(tmpdir(), 'follow-')));
    file = path.join(dir, 'features.json');
    writeFileSync(file, '["first"]');
    [reads, told, heard, meanwhile, hasHost] = [[], [], undefined, undefined, true];
    follower = new BacklogFollower({
      file,
      also: [path.join(dir, 'script.json')],
      read: async () => {
        if (!hasHost) return undefined;
        const { found, loaded } = look();
        reads.push(found);
        meanwhile?.(found);
        return loaded;
      },
      told: (loaded) => {
        told.push(loaded.kind === 'loaded' ? (reads.at(-1) ?? '') : loaded.kind);
        heard?.();
      },
    });
  });
  afterEach(() => {
    follower.dispose();
    rmSync(dir, { recursive: true });
  });

  function look(): { readonly found: string; readonly loaded: LoadedBacklog } {
    let found = '';
    try {
      found = readFileSync(file, 'utf8');
    } catch {
      return { found: 'none', loaded: { kind: 'none', file } };
    }
    try {
      const features = JSON.parse(found).length;
      const none = { added: 0, edited: 0, removed: 0, deferred: 0, seq: 0, notices: [] };
      return { found, loaded: { kind: 'loaded', features, ...none } };
    } catch {
      return { found, loaded: { kind: 'bad', problems: [{ file, line: 1, column: 1, message: 'no' }] } };
    }
  }
  /** Resolves when `last` is told, after `act`. */
  function tells(last: string, act: () => void): Promise<void> {
    return new Promise((resolve) => {
      heard = () => told.at(-1) === last && resolve();
      act();
    });
  }

  it('reads an edit, however it is written', async () => {
    await tells('["second"]', () => writeFileSync(file, '["second"]'));
    await tells('["third"]', () => {
      writeFileSync(`${file}.new`, '["third"]');
      renameSync(`${file}.new`, file);
    });
    assert.deepEqual([...new Set(told)], ['["second"]', '["third"]']);
  });

  it('reads many edits in a row as one, and the last of them in any case', async () => {
    await tells('[99]', () => {
      for (let k = 0; k < 100; k++) writeFileSync(file, `[${k}]`);
    });
    assert.ok(reads.length <= 3, `${reads.length} readings`);
  });

  for (const half of ['["sec', 'none'])
    it(`tells nothing of a file that is ${half === 'none' ? 'gone' : 'there in part'} for a moment`, async () => {
      // Later than the reading, and long before what was read would be told.
      meanwhile = (found) => found === half && setTimeout(() => writeFileSync(file, '["second"]'), 50);
      await tells('["second"]', () => (half === 'none' ? rmSync(file) : writeFileSync(file, half)));
      assert.ok(reads.includes(half));
      assert.deepEqual([...new Set(told)], ['["second"]']);
    });

  it('tells what cannot be used, that it is gone, and that it is mended', async () => {
    await tells('bad', () => writeFileSync(file, '["sec'));
    await tells('none', () => rmSync(file));
    await tells('["mended"]', () => writeFileSync(file, '["mended"]'));
  });

  it('reads again what changed while it was being read', async () => {
    meanwhile = (found) => found === '["second"]' && writeFileSync(file, '["third"]');
    await tells('["third"]', () => writeFileSync(file, '["second"]'));
    assert.deepEqual(told.slice(0, 1), ['["second"]'], 'what the first reading came to is told, too');
  });

  it('reads at once what has changed, where it is asked to look, and nothing that has not', async () => {
    await follower.look();
    assert.deepEqual(reads, []);
    writeFileSync(file, '["second"]');
    await follower.look();
    assert.equal(told.at(-1), '["second"]');
  });

  it('reads again for another host, also what nobody could read for it before', async () => {
    hasHost = false;
    writeFileSync(file, '["second"]');
    await follower.look();
    assert.deepEqual(told, []);
    hasHost = true;
    await follower.again();
    assert.equal(told.at(-1), '["second"]');
    const before = told.length;
    await follower.again();
    assert.equal(told.length, before + 1);
  });

  it('reads the backlog for a change of a file beside it', async () => {
    await tells('["first"]', () => writeFileSync(path.join(dir, 'script.json'), '{}'));
  });

  it('tells nothing any more once it is disposed of, not even what it has just read', async () => {
    meanwhile = () => follower.dispose();
    writeFileSync(file, '["sec');
    await follower.look();
    await follower.again();
    assert.deepEqual([reads, told], [['["sec'], []]);
  });
});
