// What a face may ask of a host whose own user allows less, the same, or more.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  accessWith,
  defaultMachineSettings,
  describeLeftOut,
  judgeAsked,
  type MachineSettings,
  type ModelAccess,
  narrow,
} from '../../../src/core/guardrails/machineSettings';

const own: MachineSettings = defaultMachineSettings;
const there: MachineSettings = { ...own, baseUrl: 'http://own.example' };

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

  it('tells what was left out by the setting that allows it', () => {
    assert.deepEqual(describeLeftOut({ commands: [], variables: [] }), []);
    const [commands, variables] = describeLeftOut({ commands: ['make x'], variables: ['DB_URL', 'A\nB'] });
    assert.match(commands ?? '', /may not run `make x`: .*\(parallelAgents\.commands\.allow\)/);
    assert.match(variables ?? '', /not given `DB_URL`, `A B`: .*\(parallelAgents\.commands\.env\)/);
  });

  const judged: readonly (readonly [
    MachineSettings,
    { maxAgents?: number; access?: ModelAccess },
    RegExp | undefined,
  ])[] = [
    [own, {}, undefined],
    [own, { maxAgents: 5 }, undefined],
    [own, { maxAgents: 6 }, /more than the 5 .*agentLimit/],
    [own, { access: { apiKey: 'k' } }, undefined],
    [own, { access: { apiKey: 'k', baseUrl: 'http://x' } }, /keys to the usual address.*name http:\/\/x/],
    [there, { access: { apiKey: 'k' } }, /keys to http:\/\/own\.example.*name the usual address/],
    [there, { access: { apiKey: 'k', baseUrl: 'http://own.example' } }, undefined],
  ];
  for (const [mine, asked, why] of judged) {
    it(`${JSON.stringify(asked)} of ${JSON.stringify(mine)} is ${why ? 'refused with words' : 'taken'}`, () => {
      const answer = judgeAsked(mine, asked);
      assert.equal(answer.ok, why === undefined);
      if (!answer.ok) assert.match(answer.error.message, why ?? /^$/);
      if (!answer.ok) assert.doesNotMatch(answer.error.message, /"k"/);
    });
  }

  it('never parts a key from the address that goes with it', () => {
    assert.deepEqual(accessWith('k', there), { apiKey: 'k', baseUrl: 'http://own.example' });
    assert.deepEqual(accessWith('k', own), { apiKey: 'k' });
  });
});
