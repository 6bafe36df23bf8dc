// Agents of other makers as people write them into their settings: what counts, and what is said of an entry that cannot be used.
import { strict as assert } from 'node:assert';
import { knownAgents } from '../../../src/core/models/agents';
import { readAgents } from '../../../src/core/settings/agentSettings';

describe('parallelAgents.agents', () => {
  it('are the known ones where nothing is set', () => {
    for (const value of [undefined, null, {}])
      assert.deepEqual(
        readAgents(value, () => {}),
        knownAgents,
      );
  });

  it('add others, and give a known one another command', () => {
    const warnings: string[] = [];
    const set = {
      mine: {
        command: ['my-agent', '--acp'],
        variables: ['MY_TOKEN', 'OPENAI_API_KEY', 'ANTHROPIC_API_KEY'],
      },
      'claude-code': { command: ['/opt/claude-agent-acp'] },
    };
    const { mine, 'claude-code': claude } = readAgents(set, (said) => void warnings.push(said));
    assert.deepEqual(mine, { title: 'mine', ...set.mine });
    assert.deepEqual(claude, { ...knownAgents['claude-code'], command: ['/opt/claude-agent-acp'] });
    assert.deepEqual(warnings, []);
  });

  const bad: readonly (readonly [value: unknown, says: RegExp])[] = [
    [[], /must be an object with an entry for each agent/],
    [{ mine: ['my-agent'] }, /agents\.mine must be an object/],
    [{ mine: {} }, /agents\.mine needs a command/],
    [{ mine: { command: 'my-agent --acp' } }, /agents\.mine needs a command, a list of/],
    [{ mine: { command: [] } }, /agents\.mine needs a command/],
    [{ mine: { command: ['a', 1] } }, /agents\.mine needs a command/],
    [{ mine: { command: ['a'], mode: 'x' } }, /has no field "mode"; there are command, variables/],
    [{ mine: { command: ['a'], variables: ['A=b'] } }, /cannot be given: "A" is to be named without a value/],
    [{ mine: { command: ['a'], variables: ['VSCODE_PID'] } }, /cannot be given to an agent: it leads into/],
    [{ 'My Own': { command: ['a'] } }, /My Own is no id/],
    [{ 'a/b': { command: ['a'] } }, /a\/b is no id/],
  ];
  for (const [value, says] of bad) {
    it(`are told of ${JSON.stringify(value)}`, () => {
      const warnings: string[] = [];
      assert.deepEqual(
        readAgents(value, (said) => void warnings.push(said)),
        knownAgents,
      );
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? '', says);
    });
  }
});
