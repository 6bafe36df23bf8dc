// The mark of a workspace: the same for its user, machine and folder, and for nobody and nothing else.
import { strict as assert } from 'node:assert';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bindingOf } from '../../../src/adapters/system/workspaceBinding';

describe('the mark of a workspace', () => {
  let temp: string;
  let config: string;
  let secret: string;
  beforeEach(async () => {
    temp = await mkdtemp(path.join(tmpdir(), 'pa-binding-'));
    config = path.join(temp, 'config', 'parallel-agents');
    secret = path.join(config, 'workspaces.secret');
  });
  afterEach(() => rm(temp, { recursive: true }));

  const mark = (root = '/some/here', ...folders: string[]) =>
    bindingOf(root, { folders: [config, ...folders], make: true });

  it('is the same each time, and another in another folder', async () => {
    const first = await mark();
    assert.match(first ?? '', /^[0-9a-f]{64}$/);
    assert.equal(await mark(), first);
    assert.notEqual(await mark('/some/there'), first);
  });

  it('comes from a secret that only its user can read', async () => {
    await mark();
    assert.deepEqual(await readdir(config), ['workspaces.secret']);
    assert.equal((await stat(secret)).mode & 0o777, 0o600);
    assert.equal((await stat(config)).mode & 0o777, 0o700);
    assert.equal((await readFile(secret)).length, 32);
  });

  it('is one and the same for many who make the secret at once', async () => {
    const marks = await Promise.all(Array.from({ length: 20 }, () => mark()));
    assert.equal(new Set(marks).size, 1);
    assert.deepEqual(await readdir(config), ['workspaces.secret']);
  });

  it('is not made by who only looks', async () => {
    assert.equal(await bindingOf('/some/here', { folders: [config], make: false }), undefined);
    assert.deepEqual(await readdir(temp), []);
    const made = await mark();
    assert.equal(await bindingOf('/some/here', { folders: [config], make: false }), made);
  });

  const worthless: Record<string, () => Promise<unknown>> = {
    lost: () => rm(secret),
    'cut short': () => writeFile(secret, 'half'),
    'open to others': () => chmod(secret, 0o644),
  };
  for (const [what, spoil] of Object.entries(worthless)) {
    it(`is another after its secret was ${what}, and stays that`, async () => {
      const before = await mark();
      await spoil();
      const after = await mark();
      assert.match(after ?? '', /^[0-9a-f]{64}$/);
      assert.notEqual(after, before);
      assert.equal(await mark(), after);
      assert.equal((await stat(secret)).mode & 0o777, 0o600);
    });
  }

  it('is made elsewhere where a secret cannot lie, or a link lies in its place; nothing is read through that', async () => {
    const other = path.join(temp, 'other');
    await mkdir(config, { recursive: true });
    await writeFile(path.join(temp, 'known'), Buffer.alloc(32, 1), { mode: 0o600 });
    await symlink(path.join(temp, 'known'), secret);
    const first = await mark('/some/here', other);
    assert.deepEqual(await readdir(other), ['workspaces.secret']);
    assert.equal(await mark('/some/here', other), first);
    await rm(config, { recursive: true });
    await writeFile(config, 'not a folder');
    assert.equal(await mark('/some/here', other), first);
    assert.equal(await mark('/some/here'), undefined);
  });
});
