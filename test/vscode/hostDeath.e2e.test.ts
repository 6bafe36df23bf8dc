// The extension as it ships, installed from its .vsix: its host is killed in the middle of a run, and without a click the
// next one takes the run to its end.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'mocha';
import type { Page } from 'playwright-core';
import { cleanUpAfterEach } from '../support/cleanUp';
import { copySample, readTree, runCli } from '../support/cli';
import { installVsix, openVsCode, packedVsix, type VsCodeVersion } from '../support/vsCode';

async function startThree(page: Page): Promise<void> {
  await page.locator('.activitybar').getByLabel('Parallel Agents').first().click();
  await page.locator('.sidebar .monaco-list-row').filter({ hasText: 'Feature 1' }).first().waitFor();
  await page.locator('.sidebar').getByRole('button', { name: 'Start N Agents', exact: true }).click();
  await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: '3 agents' }).first().click();
}

describe('the installed extension', function () {
  this.timeout(300_000);
  const cleanUp = cleanUpAfterEach();

  async function sampleIn(name: string): Promise<string> {
    const { dir, remove } = await copySample(name);
    cleanUp.push(remove);
    return dir;
  }

  for (const version of ['1.139', '1.105'] satisfies VsCodeVersion[]) {
    it(`goes on by itself after kill -9 of its host, in VS Code ${version}`, async () => {
      const temp = await mkdtemp(path.join(tmpdir(), 'pa-vsix-'));
      cleanUp.push(() => rm(temp, { recursive: true, force: true }));
      const extensionsDir = path.join(temp, 'extensions');
      await installVsix({ version, vsix: await packedVsix(), extensionsDir });
      const dir = await sampleIn('test-parallel');
      const env = { ...process.env, ANTHROPIC_API_KEY: undefined };
      const window = await openVsCode({ folder: dir, extensionsDir, version, env });
      cleanUp.push(() => window.close());
      await startThree(window.page);
      await somethingWritten(path.join(dir, 'src'));
      const next = window.nextHostPid();
      const [host] = window.hostPids();
      assert.ok(host);
      process.kill(host, 'SIGKILL');
      assert.notEqual(await next, host);
      const item = window.page.locator('.statusbar-item').filter({ hasText: '5 passing' });
      await item.waitFor({ timeout: 120_000 });

      const reference = await sampleIn('test-parallel');
      await runCli(['run', '--project-dir', reference]);
      assert.deepEqual(await readTree(dir), await readTree(reference));
    });
  }
});

/** Resolves once the folder holds a file with something in it. */
async function somethingWritten(folder: string): Promise<void> {
  for (;;) {
    for (const name of await readdir(folder).catch(() => [])) {
      if ((await readFile(path.join(folder, name), 'utf8').catch(() => '')) !== '') return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
