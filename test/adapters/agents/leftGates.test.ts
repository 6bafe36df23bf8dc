// What is swept of gates that were left, and what is nobody's to sweep.
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openHookGate } from '../../../src/adapters/agents/hookGate';
import { sweepLeftGates } from '../../../src/adapters/agents/leftGates';

const hour = 3_600_000;

describe('gates that were left', () => {
  let folder = '';
  const before = process.env.TMPDIR;
  beforeEach(async function () {
    if (process.platform === 'win32') this.skip(); // whose pipes leave no file
    folder = await mkdtemp(path.join(tmpdir(), 'pa-gates-'));
  });
  afterEach(async () => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    await rm(folder, { recursive: true, force: true });
  });

  /** The door of a process that is killed. */
  async function leave(name: string): Promise<string> {
    const gate = path.join(folder, name);
    await mkdir(gate);
    const listen = `require('net').createServer().listen(${JSON.stringify(path.join(gate, 's'))}, () => console.log('open'))`;
    const child = spawn(process.execPath, ['-e', listen], { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    return gate;
  }

  it('are taken away by the next that is opened', async () => {
    const left = await leave('pa-gate-left');
    process.env.TMPDIR = folder;
    const program = { execPath: process.execPath, hookPath: 'hook.js' };
    const gate = await openHookGate('claude', {}, { ask: async () => ({ isAllowed: true }) }, program);
    while (existsSync(left)) await new Promise((resolve) => setImmediate(resolve));
    await gate.close();
    assert.deepEqual(await readdir(folder), []);
  });

  it('are not those that are open, just begun, of another kind, or hold what is no door', async () => {
    const server = createServer();
    await mkdir(path.join(folder, 'pa-gate-open'));
    server.listen(path.join(folder, 'pa-gate-open', 's'));
    await once(server, 'listening');
    await mkdir(path.join(folder, 'pa-gate-begun'));
    await mkdir(path.join(folder, 'pa-gate-mine'));
    await writeFile(path.join(folder, 'pa-gate-mine', 's'), 'mine');
    const other = await leave('other');
    await symlink('other', path.join(folder, 'pa-gate-link'));
    const more = await leave('pa-gate-more');
    await writeFile(path.join(more, 'mine'), 'mine');
    await sweepLeftGates(folder, Date.now());
    const kept = ['other', 'pa-gate-begun', 'pa-gate-link', 'pa-gate-mine', 'pa-gate-more', 'pa-gate-open'];
    assert.deepEqual((await readdir(folder)).sort(), kept);
    assert.deepEqual(await readdir(more), ['mine']);
    assert.deepEqual(await readdir(other), ['s']);
    server.close();
  });

  it('are also those that never had a door', async () => {
    const never = path.join(folder, 'pa-gate-never');
    await mkdir(never);
    const then = new Date(Date.now() - 2 * hour);
    await utimes(never, then, then);
    await sweepLeftGates(folder, Date.now());
    assert.deepEqual(await readdir(folder), []);
  });
});
