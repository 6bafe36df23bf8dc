// What a client may ask of a host whose own user allows less, the same, or more.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ModelAccess } from '../../../src/core/models/modelAccess';
import { knownProviders, serviceOf } from '../../../src/core/models/providers';
import {
  defaultMachineSettings,
  describeLeftOut,
  judgeAsked,
  type MachineSettings,
  narrow,
} from '../../../src/core/settings/machineSettings';

const own: MachineSettings = defaultMachineSettings;
const anthropic = serviceOf('anthropic', knownProviders) ?? assert.fail();
const there: MachineSettings = {
  ...own,
  providers: { ...knownProviders, anthropic: { ...anthropic, baseUrl: 'http://own.example' } },
};
const key = (
  provider: string,
  baseUrl = serviceOf(provider, knownProviders)?.baseUrl ?? '',
): ModelAccess => ({
  provider,
  apiKey: 'k',
  baseUrl,
});

describe('what a face asks of a host', () => {
  it('leaves only the commands that both allow, and names the others', () => {
    const cases = [
      [[], ['a'], [], ['a']],
      [['a', 'b'], ['b', 'c'], ['b'], ['c']],
      [['a', 'b'], [], [], []],
      [['npm run *'], ['npm run build'], [], ['npm run build']],
      [['a'], ['a'], ['a'], []],
    ] as const;
    for (const [mine, asked, allowed, leftOut] of cases)
      assert.deepEqual(narrow(mine, asked), { allowed, leftOut });
  });

  it('has to know the provider that the run is about', () => {
    const answer = judgeAsked(own, {}, ['mine']);
    assert.match(answer.ok ? '' : answer.error.message, /name no provider "mine"/);
  });

  it('tells what was left out by the setting that allows it', () => {
    assert.deepEqual(describeLeftOut({ commands: [], variables: [], providers: [] }), []);
    const [commands, variables, keys] = describeLeftOut({
      commands: ['make x'],
      variables: ['DB_URL', 'A\nB'],
      providers: ['openai'],
    });
    assert.match(keys ?? '', /keys for `openai` are not used.*\(parallelAgents\.providers\)/);
    assert.match(commands ?? '', /may not run `make x`: .*\(parallelAgents\.commands\.allow\)/);
    assert.match(variables ?? '', /not given `DB_URL`, `A B`: .*\(parallelAgents\.commands\.env\)/);
  });

  const judged: readonly (readonly [
    MachineSettings,
    { maxAgents?: number; access?: readonly ModelAccess[] },
    RegExp | undefined,
  ])[] = [
    [own, {}, undefined],
    [own, { maxAgents: 5 }, undefined],
    [own, { maxAgents: 6 }, /more than the 5 .*agentLimit/],
    [own, { access: [key('anthropic')] }, undefined],
    [own, { access: [key('anthropic', 'http://x')] }, /keys for Anthropic to https:.*name http:\/\/x/],
    // Not what the run is about.
    [own, { access: [key('anthropic'), key('openai', 'http://x')] }, undefined],
    [there, { access: [key('anthropic')] }, /keys for Anthropic to http:\/\/own\.example.*name https:/],
    [there, { access: [key('anthropic', 'http://own.example')] }, undefined],
  ];
  for (const [mine, asked, why] of judged) {
    it(`${JSON.stringify(asked)} of ${JSON.stringify(mine)} is ${why ? 'refused with words' : 'taken'}`, () => {
      const answer = judgeAsked(mine, asked, ['anthropic']);
      assert.equal(answer.ok, why === undefined);
      if (!answer.ok) assert.match(answer.error.message, why ?? /^$/);
      if (!answer.ok) assert.doesNotMatch(answer.error.message, /"k"/);
    });
  }
});
