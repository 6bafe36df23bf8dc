// Whose keys a host has, and what it says of a provider that it cannot ask.
import { strict as assert } from 'node:assert';
import { Redactor } from '../../src/core/guardrails/redactor';
import { accessWith } from '../../src/core/models/modelAccess';
import { defaultMachineSettings } from '../../src/core/settings/machineSettings';
import { readProviders } from '../../src/core/settings/providerSettings';
import { Allowance } from '../../src/host/allowance';

describe('an allowance', () => {
  const providers = readProviders({ mine: { baseUrl: 'http://mine' } }, () => {});
  const redactor = new Redactor();
  const open = () => new Allowance(() => ({ ...defaultMachineSettings, providers }), redactor);
  const keys = (of: Readonly<Record<string, string>>) => accessWith((id) => of[id], providers);

  it('knows no reason against a provider while nobody has given a key: a face may be about to', () => {
    assert.equal(open().whyNot('anthropic'), undefined);
    assert.match(open().whyNot('nobodys') ?? '', /parallelAgents\.providers names no "nobodys"/);
    assert.match(open().whyNot('constructor') ?? '', /names no "constructor"/);
  });

  it('names the key that is wanting once there are others, and none where none is wanted', () => {
    const allowance = open();
    allowance.take({ access: keys({ anthropic: 'sk-anthropic' }) });
    assert.equal(allowance.whyNot('anthropic'), undefined);
    assert.equal(allowance.whyNot('gemini'), 'there is no key for Google Gemini');
    assert.equal(allowance.whyNot('ollama'), undefined);
    assert.equal(allowance.whyNot('mine'), undefined);
  });

  it('waits for the key while nobody has given any, as after a crash', async () => {
    const allowance = open();
    let isThere = false;
    const endpoint = allowance.endpoint('openai').finally(() => {
      isThere = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isThere, false);
    allowance.take({ access: keys({ openai: 'sk-openai-1' }) });
    assert.deepEqual(await endpoint, {
      kind: 'openai',
      baseUrl: 'https://api.openai.com/v1',
      apiKey: 'sk-openai-1',
    });
  });

  it('does not wait for a key that did not come with the others, nor takes one of them for it', async () => {
    const allowance = open();
    const endpoint = allowance.endpoint('openai');
    allowance.take({ access: keys({ anthropic: 'sk-anthropic-1' }) });
    assert.equal(await endpoint, undefined);
    assert.equal(await allowance.endpoint('nobodys'), undefined);
  });

  it('asks a provider that wants no key without one, and with it where one is given', async () => {
    const allowance = open();
    assert.deepEqual(await allowance.endpoint('mine'), { kind: 'openai', baseUrl: 'http://mine' });
    allowance.take({ access: keys({ mine: 'sk-mine-12345' }) });
    const asked = await allowance.endpoint('mine');
    assert.ok(asked?.kind === 'openai' && asked.apiKey === 'sk-mine-12345');
  });

  it('takes no key that is meant for another address, names whose it was, and tells none of them to anyone', () => {
    const allowance = open();
    const [key] = keys({ openai: 'sk-openai-0123456789' });
    assert.ok(key);
    const leftOut = allowance.take({ access: [{ ...key, baseUrl: 'http://evil.example' }] });
    assert.deepEqual(leftOut.providers, ['openai']);
    assert.equal(redactor.text('sk-openai-0123456789'), '[key]');
    allowance.take({ access: keys({ anthropic: 'sk-anthropic-2' }) });
    assert.match(allowance.whyNot('openai') ?? '', /no key for OpenAI/);
  });
});
