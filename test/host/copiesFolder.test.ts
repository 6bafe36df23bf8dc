// Where a host has its copies while its user changes the setting.
import { strict as assert } from 'node:assert';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { defaultMachineSettings } from '../../src/core/settings/machineSettings';
import { openCopiesFolder } from '../../src/host/copiesFolder';
import { Failure } from '../../src/ports/failure';
import { tempFolder } from '../adapters/files/tempWorkspace';
import { tempCache } from '../adapters/isolation/tempCache';

describe('the folder of copies', () => {
  tempCache();

  async function opened(first: string | undefined) {
    const root = tempFolder();
    let named = first;
    const machine = () => ({
      ...defaultMachineSettings,
      ...(named !== undefined && { copiesFolder: named }),
    });
    const folder = await openCopiesFolder(root, machine);
    const name = (next: string) => {
      named = next;
    };
    return { folder, name };
  }

  it('is another only from the next run on', async () => {
    const [one, other] = [tempFolder(), tempFolder()];
    const { folder, name } = await opened(one);
    name(other);
    await folder.beforePlace();
    assert.equal(path.dirname(folder.dir()), one);
    assert.deepEqual(await folder.judge(), { ok: true, value: {} });
    assert.equal(path.dirname(folder.dir()), other);
    await folder.beforePlace();
    assert.ok(existsSync(path.join(folder.dir(), 'workspace')));
  });

  it('refuses a run and each copy while it cannot be used, and neither once that is mended', async () => {
    const { folder, name } = await opened('copies');
    const judged = await folder.judge();
    assert.match(judged.ok ? '' : judged.error.message, /not absolute.*own settings/);
    const isRefused = (error: unknown) => Failure.is(error, 'copyRefused');
    await assert.rejects(folder.beforePlace(), isRefused);
    const home = tempFolder();
    name(home);
    // Whoever asked was told of another folder before: the next one works in this.
    await assert.rejects(folder.beforePlace(), isRefused);
    await folder.beforePlace();
    assert.equal(path.dirname(folder.dir()), home);
    assert.ok(existsSync(path.join(folder.dir(), 'workspace')));
  });

  it('tells the mend when something else has come in its place, and is another when all begins anew', async () => {
    const { folder } = await opened(undefined);
    await folder.beforePlace();
    const before = folder.dir();
    rmSync(path.dirname(before), { recursive: true });
    writeFileSync(path.dirname(before), '');
    const inTheWay = /^Copies can no longer be made in ".*": something is in its way .* or start anew/;
    await assert.rejects(folder.beforePlace(), { reason: 'copyRefused', message: inTheWay });
    assert.equal(folder.dir(), before, 'others may be at work there');
    assert.deepEqual(await folder.judge(), { ok: true, value: {} });
    assert.notEqual(folder.dir(), before);
    await folder.beforePlace();
    rmSync(folder.dir(), { recursive: true });
  });
});
