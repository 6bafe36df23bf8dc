// A file is taken by its kind and size before its content, and never read beyond a bound.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  hashWithin,
  type NotRead,
  readFileWithin,
  readFileWithinSync,
  readWithin,
} from '../../../src/adapters/files/boundedRead';
import { hashOf } from '../../../src/adapters/files/contentHash';

describe('boundedRead', () => {
  let dir: string;
  let socket: Server | undefined;
  const at = (name: string) => path.join(dir, name);
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'bounded-'));
    writeFileSync(at('ten'), '0123456789');
  });
  afterEach(async () => {
    await new Promise((resolve) => (socket ? socket.close(resolve) : resolve(undefined)));
    socket = undefined;
    rmSync(dir, { recursive: true });
  });

  it('reads all of a file up to its bound, and nothing of a larger one', async () => {
    for (const read of [readFileWithin, readFileWithinSync]) {
      assert.equal(String(await read(at('ten'), 10)), '0123456789');
      assert.deepEqual(await read(at('ten'), 9), { notRead: 'tooLarge', size: 10 });
    }
    writeFileSync(at('empty'), '');
    assert.equal(String(await readFileWithin(at('empty'), 0)), '');
  });

  it('does not begin a sparse file that says it has 200 GB', async () => {
    writeFileSync(at('sparse'), '');
    truncateSync(at('sparse'), 200e9);
    for (const read of [readFileWithin, readFileWithinSync])
      assert.deepEqual(await read(at('sparse'), 1e9), { notRead: 'tooLarge', size: 200e9 });
  });

  it('opens no pipe, socket or device, and no link unless it is to', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    socket = createServer().listen(at('socket'));
    await new Promise((resolve) => socket?.once('listening', resolve));
    symlinkSync('ten', at('link'));
    symlinkSync('pipe', at('to-pipe'));
    const expected: [file: string, reason: NotRead['notRead']][] = [
      [at('pipe'), 'special'],
      [at('socket'), 'special'],
      ['/dev/zero', 'special'],
      [at('link'), 'special'],
      [dir, 'folder'],
      [at('none'), 'missing'],
      [at('ten/none'), 'missing'],
    ];
    for (const [file, notRead] of expected)
      for (const read of [readFileWithin, readFileWithinSync])
        assert.deepEqual(await read(file, 100), { notRead }, file);
    assert.equal(String(await readFileWithin(at('link'), 100, 'follow')), '0123456789');
    assert.deepEqual(await readFileWithin(at('to-pipe'), 100, 'follow'), { notRead: 'special' });
  });

  /** The file as it was opened, growing by as much before each reading of it. */
  async function growing(name: string, by: number): Promise<FileHandle> {
    const file = await open(at(name));
    const read = file.read.bind(file);
    const grow = (...args: Parameters<FileHandle['read']>) => {
      appendFileSync(at(name), 'x'.repeat(by));
      return read(...args);
    };
    return Object.assign(file, { read: grow });
  }

  it('reads a file that grows to its bound and no further', async () => {
    for (const take of [readWithin, hashWithin]) {
      const file = await growing('ten', 1_000_000);
      const taken = await take(file, 10, 3_000_000);
      assert.deepEqual(taken, { notRead: 'tooLarge', size: 3_000_001 });
      await file.close();
      truncateSync(at('ten'), 10);
    }
  });

  it('takes what came meanwhile as far as it is within the bound', async () => {
    const file = await growing('ten', 0);
    appendFileSync(at('ten'), 'more');
    assert.equal(String(await readWithin(file, 10, 20)), '0123456789more');
    assert.equal(await hashWithin(file, 10, 20), hashOf(Buffer.from('0123456789more')));
    await file.close();
  });
});
