// In what agents of other makers differ over one protocol, with a fake one for each way.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ok } from '../../../src/core/shared/result';
import { cleanUpAfterEach } from '../../support/cleanUp';
import { scratchFolder } from '../../support/externalProject';
import { createExternalWorld } from './externalWorld';

const edit = { edit: 'a.txt', content: 'a' };
const usage = { inputTokens: 10, outputTokens: 5 };

describe('manners of an agent', () => {
  const cleanUp = cleanUpAfterEach();
  const begin = (...args: Parameters<typeof createExternalWorld>) => {
    const world = createExternalWorld(...args);
    cleanUp.push(() => world.remove());
    return world;
  };
  const saidOf = async (...args: Parameters<typeof createExternalWorld>): Promise<string> => {
    const world = begin(...args);
    assert.equal((await world.run()).kind, 'submitted');
    return world.transcript.join('\n');
  };

  it('have us leave its writes to it where it does them itself', async () => {
    const steps = [[edit, { write: 'b.txt', content: 'b' }]];
    assert.match(await saidOf(steps), /lock b\.txt/);
    assert.doesNotMatch(await saidOf(steps, { manners: { writesItself: true } }), /b\.txt/);
  });

  it('tell by its last words alone that its service failed, which is waited for, and no work that is half done handed in', async () => {
    const limit = { say: 'exceeded retry limit, last status: 429 Too Many Requests\n\n' };
    const steps = [
      [edit, limit],
      [{ edit: 'b.txt', content: 'b' }, { say: 'Built.' }],
    ];
    const said = await saidOf(steps, { manners: { failsInText: 'codex' } });
    assert.match(said, /^limited Mine: exceeded retry limit, last status: 429 Too Many Requests$/m);
    assert.match(said, /b\.txt[\s\S]*^submit Built\.$/m);
    assert.equal(said.match(/^submit/gm)?.length, 1);
    assert.match(
      await saidOf([[limit, edit, { say: 'Built.' }]], { manners: { failsInText: 'codex' } }),
      /^submit Built/m,
    );
  });

  it('tell nothing by words that were said before a call', async () => {
    const limit = { say: 'exceeded retry limit, last status: 429 Too Many Requests\n\n' };
    assert.doesNotMatch(await saidOf([[limit, edit]], { manners: { failsInText: 'codex' } }), /^limited/m);
  });

  it('tell a command by its title', async () => {
    const steps = [[{ ask: { kind: 'execute', title: 'npm test' } }, edit]];
    assert.doesNotMatch(await saidOf(steps), /^command/m);
    assert.match(await saidOf(steps, { manners: { commandsIn: 'title' } }), /^command npm test$/m);
  });

  it('tell tokens of a turn, of its last call alone, or in a way of its own', async () => {
    assert.match(await saidOf([[edit, { usage }]]), /^called in=10 /m);
    assert.match(await saidOf([[edit, { usage }]], { manners: { tokensOf: 'lastCall' } }), /^called in=0 /m);
    const meta = { quota: { token_count: { input_tokens: 7, output_tokens: 3 } } };
    assert.match(await saidOf([[edit, { meta }]]), /^called in=7 /m);
  });

  it('give it settings above its own, and a new password for each of its doors', async () => {
    const log = path.join(await scratchFolder(cleanUp), 'log');
    const manners = {
      settings: { variable: 'FAKE_CONFIG', value: { own: [1] } },
      passwords: ['FAKE_PASSWORD'],
    };
    await saidOf([[{ log }, edit]], { manners });
    await saidOf([[{ log }, edit]], { manners });
    const [first, second] = readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).env);
    assert.equal(first.FAKE_CONFIG, '{"own":[1]}');
    assert.match(first.FAKE_PASSWORD, /^.{32}$/);
    assert.notEqual(first.FAKE_PASSWORD, second.FAKE_PASSWORD);
  });

  it('keep it from writing over what came into a file while it waited', async () => {
    const log = path.join(await scratchFolder(cleanUp), 'log');
    const steps = [
      [edit, { say: 'Now?' }],
      [{ log }, edit],
    ];
    const answers = {
      lockFile: async ({ path: file }: { readonly path: string }) => {
        world.put(file, 'theirs'); // the second time it is that already
        return ok({ path: file, fresh: true, waitedMs: 1 });
      },
    };
    const world = begin(steps, { manners: { writesAsAsked: true }, answers });
    assert.equal((await world.run()).kind, 'submitted');
    const { text } = JSON.parse(readFileSync(log, 'utf8'));
    assert.match(text, /"a\.txt" has changed while this edit waited: read it again/);
  });

  it('begin it anew where a command that takes too long would go on', async () => {
    const folder = await scratchFolder(cleanUp);
    const log = path.join(folder, 'log');
    const steps = [[{ log }, { begin: 'npm test', once: path.join(folder, 'once') }, edit]];
    const after = (_: number, wake: () => void) => {
      setImmediate(wake);
      return () => {};
    };
    const said = await saidOf(steps, { after, manners: { keepsCommands: true } });
    assert.match(said, /^command npm test$/m);
    const heard = readFileSync(log, 'utf8').trim().split('\n');
    const [first, second] = heard.map((line): string => JSON.parse(line).text);
    assert.equal(heard.length, 2);
    assert.ok(first && second?.startsWith(first));
    assert.match(second ?? '', /your copy has what you did\. `npm test` took longer than its time limit/);
  });
});
