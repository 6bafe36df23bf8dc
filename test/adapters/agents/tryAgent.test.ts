// What is found out about an agent before a run: fake programs that say what real ones say.
import { strict as assert } from 'node:assert';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { whyNotReady } from '../../../src/adapters/agents/tryAgent';
import type { AgentProfile } from '../../../src/core/models/agents';
import { cleanUpAfterEach } from '../../support/cleanUp';
import { fakeAgent, scratchFolder } from '../../support/externalProject';
import { plainPrograms } from '../../support/plainPrograms';

describe('whyNotReady', () => {
  const cleanUp = cleanUpAfterEach();
  let bin: string;
  beforeEach(async () => {
    bin = await scratchFolder(cleanUp);
  });

  function program(name: string, script: string): void {
    const file = path.join(bin, name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }

  const ask = (profile: Partial<AgentProfile>) => {
    const mine = { title: 'Mine', command: ['mine'], variables: [], install: 'get mine', ...profile };
    return whyNotReady(mine, '/no/workspace', { PATH: `${bin}:/usr/bin:/bin` }, plainPrograms);
  };

  const versions: readonly (readonly [said: string, isOk: boolean])[] = [
    ['mine 1.2.3', true],
    ['1.2.10 (Mine)', true],
    ['1.10.0', true],
    ['2.0.0', true],
    ['mine of today', true],
    ['1.2.2', false],
    ['@maker/mine 1.1.9', false],
    ['0.99.99', false],
  ];
  for (const [said, isOk] of versions)
    it(`${isOk ? 'takes' : 'refuses'} a program that says it is ${said}`, async () => {
      program('mine', `echo '${said}'`);
      const why = await ask({ versions: { mine: '1.2.3' } });
      if (isOk) assert.equal(why, undefined);
      else
        assert.match(
          why ?? '',
          /^Mine cannot be used: mine is [\d.]+, and 1\.2\.3 is the oldest .*`get mine` installs it\.$/,
        );
    });

  it('goes by the exit code of its own command', async () => {
    program('mine', '[ "$1" = in ]');
    assert.equal(await ask({ login: { check: ['mine', 'in'], command: 'mine login' } }), undefined);
    const why = await ask({ login: { check: ['mine', 'out'], command: 'mine login' } });
    assert.equal(why, 'Mine is not logged in. Log in with `mine login` in a terminal.');
    assert.equal(await ask({ login: { check: [], command: 'mine login' } }), undefined);
  });

  it('goes by whether a session opens where it has no such command', async () => {
    const login = { command: 'mine login' };
    const script = path.join(bin, 'script.json');
    writeFileSync(script, '{}');
    program('mine', `exec '${process.execPath}' '${fakeAgent}' '${script}'`);
    assert.equal(await ask({ login }), undefined);
    program('mine', `exec '${process.execPath}' '${fakeAgent}' '${script}' nologin`);
    assert.match((await ask({ login })) ?? '', /^Mine is not logged in.*Log in with `mine login`\.$/);
  });

  it('says what is missing', async () => {
    assert.match((await ask({})) ?? '', /there is no program mine\. `get mine` installs it\./);
  });
});
