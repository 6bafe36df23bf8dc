// The values of secret files are known before anybody works in a place that has them.
import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { secretFiles } from '../../../src/core/features/namedSecrets';
import { tempPlaces } from './tempPlaces';

describe('secrets in a place', () => {
  it('are there for commands, and told once, also those that come later', async () => {
    const told: string[] = [];
    const tree = {
      '.env': 'A=top-secret-1\n',
      'deep/server.key': 'abcdefghijklmnop1234\n',
      'a.txt': 'B=not-secret-1\n',
    };
    const { workspace, places } = await tempPlaces(tree, { onSecret: (value) => void told.push(value) });
    await places.prepare(1);
    assert.deepEqual([...told].sort(), ['abcdefghijklmnop1234', 'top-secret-1']);
    writeFileSync(path.join(workspace.root, '.env'), 'A=top-secret-1\nB=top-secret-2\n');
    await places.bringUpToDate(1);
    await places.prepare(2);
    assert.deepEqual(told.slice(2), ['top-secret-2']);
  });

  it('are the tokens in files of settings, and nothing else of these', async () => {
    const told: string[] = [];
    const tree = {
      'a/.npmrc': 'prefix=not-secret-1\n//example.com/:_authToken=npm-token-7431\n',
      'a.txt': '',
    };
    const { places, stage } = await tempPlaces(tree, { onSecret: (value) => void told.push(value) });
    await places.prepare(1);
    assert.deepEqual(told, ['npm-token-7431']);
    writeFileSync(path.join(places.folderOf(1), 'a.txt'), 'npm-token-7431\n');
    assert.deepEqual(await places.secretsIn(await stage(1, ['a.txt'])), [
      { path: 'a.txt', of: ['a/.npmrc'] },
    ]);
  });

  it('are those that the user names too, by their paths in the workspace, from when they are named', async () => {
    const told: string[] = [];
    let globs: readonly string[] = [];
    const tree = {
      'config/prod.yml': 'password: hunter2hunter2\n',
      'a/config/prod.yml': 'a: not-secret-1\n',
      '.npmrc': 'cache=its-cache-7431\n',
    };
    const { places } = await tempPlaces(tree, {
      secretFiles: () => secretFiles(globs),
      onSecret: (value) => void told.push(value),
    });
    await places.prepare(1);
    assert.deepEqual(told, []);
    globs = ['config/prod.yml'];
    await places.bringUpToDate(1);
    assert.deepEqual(told, ['hunter2hunter2']);
    globs = ['.npmrc'];
    await places.bringUpToDate(1);
    assert.deepEqual(told.slice(1), ['its-cache-7431'], 'also of a file that was looked at before');
  });

  it('may go into other files where a sample that the project ships shows them', async () => {
    const tree = {
      '.env': 'A=shown-to-all-1\nB=top-secret-1\n',
      '.env.example': 'A=shown-to-all-1\nB=\n',
      'a.txt': '',
      'b.txt': '',
    };
    const { places, stage } = await tempPlaces(tree);
    await places.prepare(1);
    const put = (file: string, text: string) => writeFileSync(path.join(places.folderOf(1), file), text);
    put('a.txt', 'shown-to-all-1\n');
    put('b.txt', 'top-secret-1\n');
    assert.deepEqual(await places.secretsIn(await stage(1, ['a.txt', 'b.txt'])), [
      { path: 'b.txt', of: ['.env'] },
    ]);
  });

  it('are what a file in UTF-16 says, and all of one that is no text', async () => {
    const told: string[] = [];
    const store = Buffer.from([0x30, 0x82, 0, 1, 2, 3, 0xff, 0xfe, 0, 9]);
    const { workspace, places, stage } = await tempPlaces(
      { 'a.txt': '', 'b.bin': '' },
      { onSecret: (value) => void told.push(value) },
    );
    writeFileSync(path.join(workspace.root, '.env'), Buffer.from('\ufeffA=top-secret-1\r\n', 'utf16le'));
    writeFileSync(path.join(workspace.root, 'prod.p12'), store);
    await places.prepare(1);
    assert.deepEqual(told, ['top-secret-1']);
    writeFileSync(path.join(places.folderOf(1), 'a.txt'), 'top-secret-1\n');
    writeFileSync(path.join(places.folderOf(1), 'b.bin'), store);
    assert.deepEqual(await places.secretsIn(await stage(1, ['a.txt', 'b.bin'])), [
      { path: 'a.txt', of: ['.env'] },
      { path: 'b.bin', of: ['prod.p12'] },
    ]);
  });
});
