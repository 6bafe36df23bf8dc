// The harness of all tests in a window: what it opens is a real VS Code, and it leaves nothing behind.
import { strict as assert } from 'node:assert';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  installVsix,
  isAlive,
  openVsCode,
  packedVsix,
  type VsCode,
  type VsCodeVersion,
} from '../support/vsCode';

for (const version of ['1.139', '1.105'] satisfies VsCodeVersion[]) {
  describe(`a window of VS Code ${version}`, function () {
    this.timeout(300_000); // the first one on a machine is fetched

    let temp: string;
    let folder: string;
    before(() => {
      temp = mkdtempSync(path.join(tmpdir(), 'window-'));
      folder = path.join(temp, 'work');
      mkdirSync(folder);
    });
    after(() => rmSync(temp, { recursive: true }));

    it('starts restricted where the folder is not trusted', async () => {
      await using window = closing(await openVsCode({ folder, version, trusted: false }));
      await window.page.getByText('Restricted Mode').first().waitFor();
    });

    describe('with an installed extension', () => {
      let window: VsCode;
      before(async () => {
        const extensionsDir = path.join(temp, 'extensions');
        await installVsix({ version, vsix: await packedVsix(), extensionsDir });
        const userSettings = { 'workbench.colorTheme': 'Default High Contrast' };
        window = await openVsCode({ folder, version, extensionsDir, userSettings });
      });
      after(() => window?.close());

      it('shows the folder, trusted, in the colours asked for', async () => {
        await window.page.getByRole('button', { name: 'Explorer Section: work' }).waitFor();
        await window.page.locator('.monaco-workbench.hc-black').waitFor();
        assert.equal(await window.page.getByText('Restricted Mode').count(), 0);
      });

      it('brings its host back after kill -9, and ends it at close', async () => {
        const next = window.nextHostPid();
        const [first] = window.hostPids();
        assert.ok(first);
        process.kill(first, 'SIGKILL');
        const second = await next;
        assert.notEqual(second, first);
        await window.close();
        assert.deepEqual([second, window.serverPid].filter(isAlive), []);
      });
    });
  });
}

function closing<T extends { close(): Promise<void> }>(window: T): T & AsyncDisposable {
  return Object.assign(window, { [Symbol.asyncDispose]: () => window.close() });
}
