// Whole runs whose model is reached through a proxy only: the environment's, or the one of the editor's settings.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'mocha';
import { accessWith } from '../../src/core/models/modelAccess';
import { defaultMachineSettings } from '../../src/core/settings/machineSettings';
import { readProviders } from '../../src/core/settings/providerSettings';
import { defaultRunSettings } from '../../src/core/settings/runSettings';
import { joinWorkspace } from '../../src/host/joinWorkspace';
import { cleanUpAfterEach } from '../support/cleanUp';
import { parseEvents, startCli, userWith } from '../support/cli';
import { startFakeProxy } from '../support/fakeProxy';
import { repoRoot } from '../support/repoRoot';
import { startScriptedModel } from '../support/scriptedModel';
import { call, finish, writeProject } from '../support/smallProject';

const baseUrl = 'http://model.invalid';

describe('a model behind a proxy', () => {
  const cleanUp = cleanUpAfterEach();

  async function project() {
    const { dir, remove } = await writeProject({
      features: [{ name: 'A', verify: 'test -f a.txt' }],
      script: { A: [call('write_file', { path: 'a.txt', content: 'a' }), finish] },
    });
    cleanUp.push(remove);
    const model = await startScriptedModel(dir);
    cleanUp.push(() => model.close());
    return { dir, target: Number(new URL(model.baseUrl).port) };
  }

  it('is waited for while the proxy is not there, with words that name it, and asked once it is', async () => {
    const { dir, target } = await project();
    const gone = await startFakeProxy({});
    await gone.close();
    const run = startCli(['run', '--project-dir', dir, '--model', 'haiku', '--json'], {
      ANTHROPIC_API_KEY: 'sk-test-1',
      HTTP_PROXY: gone.address.replace('//', '//me:pa55w0rd@'),
      http_proxy: '',
      all_proxy: '',
      NO_PROXY: '',
      no_proxy: '',
      ...userWith({ providers: { anthropic: { baseUrl: baseUrl } } }),
    });
    let isComing = false;
    run.onLine((line) => {
      if (isComing || !line.includes('"breaker.opened"')) return;
      isComing = true;
      void startFakeProxy({ port: gone.port, target }).then((proxy) => cleanUp.push(() => proxy.close()));
    });
    const { code } = await run.ended;
    assert.equal(code, 0, run.notes.join('\n'));
    const events = parseEvents(run.lines);
    const opened = events.find((e) => e.type === 'breaker.opened');
    assert.equal(opened?.cause, 'proxy');
    assert.match(
      String(opened?.message),
      new RegExp(`proxy ${gone.address} \\(HTTP_PROXY\\) does not answer`),
    );
    assert.match(String(opened?.mend), /NO_PROXY/);
    const counted = ['feature.failed', 'feature.retried'];
    assert.deepEqual(
      events.filter((e) => counted.includes(e.type)),
      [],
    );
    assert.doesNotMatch([...run.lines, ...run.notes].join('\n'), /pa55w0rd/);
  });

  it('is asked through the proxy of the editor’s settings where the environment names none', async () => {
    const { dir, target } = await project();
    const proxy = await startFakeProxy({ target });
    cleanUp.push(() => proxy.close());
    const configDir = await mkdtemp(path.join(tmpdir(), 'pa-config-'));
    cleanUp.push(() => rm(configDir, { recursive: true }));
    const named = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];
    assert.deepEqual(
      named.filter((name) => process.env[name]),
      [],
      'these would go before',
    );
    const machine = {
      ...defaultMachineSettings,
      providers: readProviders({ anthropic: { baseUrl } }, () => {}),
    };
    const joined = await joinWorkspace({
      root: dir,
      face: 'vscode' as const,
      distDir: path.join(repoRoot, 'dist'),
      goOn: false,
      elsewhere: 'ask' as const,
      configDir,
      log: () => {},
      machine: () => ({ ...machine, proxy: { address: proxy.address, except: [] } }),
    });
    assert.ok(joined.kind === 'session');
    const { session } = joined;
    cleanUp.push(() => session.close());
    await session.loadBacklog();
    const ended = new Promise<void>((resolve) => {
      session.onChange(({ events }) => void (events.some((e) => e.type === 'run.finished') && resolve()));
    });
    await session.start({
      settings: { ...defaultRunSettings, model: 'haiku' },
      allowedCommands: [],
      variables: [],
      access: accessWith(() => 'sk-test-1', machine.providers).slice(0, 1),
    });
    await ended;
    assert.equal(session.snapshot.features[1]?.state.status, 'passing');
    assert.ok(proxy.asked.length > 0);
  });
});
