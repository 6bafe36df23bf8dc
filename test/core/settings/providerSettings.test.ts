// Providers as people write them into their settings: what counts, and what is said of an entry that cannot be used.
import { strict as assert } from 'node:assert';
import { knownProviders, serviceOf } from '../../../src/core/models/providers';
import { readProviders } from '../../../src/core/settings/providerSettings';

describe('parallelAgents.providers', () => {
  it('are the known ones where nothing is set', () => {
    for (const value of [undefined, null, {}])
      assert.deepEqual(
        readProviders(value, () => {}),
        knownProviders,
      );
  });

  it('give a known one another address, variable and prices, and leave the rest as it is', () => {
    const warnings: string[] = [];
    const price = { input: 1, output: 2 };
    const set = {
      openai: { baseUrl: 'http://gateway/v1/', keyVariable: 'GATE', prices: { 'gpt-5': price } },
    };
    const { openai, ...rest } = readProviders(set, (said) => void warnings.push(said));
    assert.deepEqual(openai, {
      ...knownProviders.openai,
      baseUrl: 'http://gateway/v1',
      keyVariable: 'GATE',
      prices: { 'gpt-5': { input: 1, output: 2, cacheRead: 1, cacheWrite: 1 } },
    });
    const { openai: _, ...others } = knownProviders;
    assert.deepEqual([rest, warnings], [others, []]);
  });

  it('add one of another name, which wants a key where a variable for it is named', () => {
    const set = { mine: { baseUrl: 'http://a' }, 'my-other': { baseUrl: 'http://b', keyVariable: 'B_KEY' } };
    const read = readProviders(set, () => {});
    const other = serviceOf('my-other', read);
    const added = {
      kind: 'openai',
      title: 'mine',
      baseUrl: 'http://a',
      key: 'none',
      keyVariable: 'MINE_API_KEY',
    };
    assert.deepEqual(read.mine, added);
    assert.deepEqual([other?.key, other?.keyVariable], ['needed', 'B_KEY']);
  });

  it('keep the known address where an editor left an empty text', () => {
    assert.deepEqual(
      readProviders({ anthropic: { baseUrl: '' } }, () => {}),
      knownProviders,
    );
  });

  const bad: readonly (readonly [value: unknown, says: RegExp])[] = [
    ['http://a', /must be an object with an entry for each/],
    [[], /must be an object with an entry for each/],
    [{ mine: 'http://a' }, /providers\.mine must be an object/],
    [{ mine: {} }, /providers\.mine needs a baseUrl/],
    [{ 'My Own': { baseUrl: 'http://a' } }, /My Own is no id/],
    [{ offline: { baseUrl: 'http://a' } }, /offline is no id/],
    [{ mine: { baseUrl: 7 } }, /baseUrl that is no text/],
    [{ mine: { baseUrl: 'a' } }, /baseUrl that is no address/],
    [{ mine: { baseUrl: 'file:///a' } }, /not one of http or https/],
    [{ mine: { baseUrl: 'http://me:pw@a' } }, /holds a name or a password; keys go into/],
    [{ mine: { baseUrl: 'http://a?key=1' } }, /ends in more than a path/],
    [
      { openai: { apiKey: 'sk-secret' } },
      /no field "apiKey"; there are baseUrl, keyVariable, contextTokens, prices/,
    ],
    [{ openai: { keyVariable: 'sk-secret' } }, /keyVariable that is no name of an environment variable/],
    [{ openai: { contextTokens: 100 } }, /contextTokens that are no whole number from 4000 on/],
    [
      { vscode: { baseUrl: 'http://a' } },
      /vscode has a baseUrl, and its models are reached through VS Code alone/,
    ],
    [{ vscode: { keyVariable: 'A_KEY' } }, /vscode has a keyVariable/],
    [{ openai: { prices: 1 } }, /prices that are no object/],
    [{ openai: { prices: { 'gpt-5': { input: 1 } } } }, /price for "gpt-5" that is not in US dollars/],
    [{ openai: { prices: { 'gpt-5': { input: -1, output: 1 } } } }, /price for "gpt-5"/],
  ];
  for (const [value, says] of bad) {
    it(`tell what is wrong with ${JSON.stringify(value)}, and the others count`, () => {
      const warnings: string[] = [];
      const isEntry = typeof value === 'object' && !Array.isArray(value);
      const good = { added: { baseUrl: 'http://b' } };
      const read = readProviders(isEntry ? { ...value, ...good } : value, (said) => void warnings.push(said));
      assert.match(warnings.join('\n'), says);
      assert.equal(warnings.length, 1);
      assert.doesNotMatch(warnings[0] ?? '', /sk-secret|pw@/);
      const { added, ...rest } = read;
      assert.deepEqual(rest, knownProviders);
      assert.equal(added !== undefined, isEntry);
    });
  }
});
