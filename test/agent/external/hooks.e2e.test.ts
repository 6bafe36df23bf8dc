// Agents that ask by a program which they run before each call: a fake one, with the real program.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { AgentManners } from '../../../src/core/models/agents';
import { ok, refuse } from '../../../src/core/shared/result';
import { cleanUpAfterEach } from '../../support/cleanUp';
import { scratchFolder } from '../../support/externalProject';
import { createExternalWorld, type ExternalWorld } from './externalWorld';

const manners: AgentManners = {
  hook: 'codex',
  asksFirst: 'changesAndCommands',
  settings: { variable: 'FAKE_CONFIG', value: { own: true } },
};
const edit = { edit: 'a.txt', content: 'a', gate: false, hook: true };

describe('an agent that runs a hook', () => {
  const cleanUp = cleanUpAfterEach();
  const begin = (...[prompts, options]: Parameters<typeof createExternalWorld>): ExternalWorld => {
    const world = createExternalWorld(prompts, { manners, ...options });
    cleanUp.push(() => world.remove());
    return world;
  };
  const asked = (world: ExternalWorld, pattern: RegExp) =>
    world.transcript.filter((line) => pattern.test(line));

  it('is locked before it edits and judged before it runs, each once, though it asks for permission as well', async () => {
    const world = begin([
      [
        { ...edit, gate: true },
        { run: 'npm test', hook: true, gate: true },
      ],
    ]);
    assert.equal((await world.run()).kind, 'submitted');
    assert.deepEqual(
      asked(world, /^(begin|lock|command)/).map((line) => line.replace(/(begin edit_file) .*:/, '$1:')),
      [
        'begin edit_file: go',
        'lock a.txt',
        'begin run_command npm test: go',
        'command npm test',
        'command ended',
      ],
    );
  });

  it('waits in its hook for a file that another holds', async () => {
    let isFree = false;
    const tell = path.join(await scratchFolder(cleanUp), 'told');
    const world = begin([[{ ...edit, tell }, { read: 'b.txt' }]], {
      answers: {
        lockFile: async ({ path: file }) => {
          assert.throws(() => readFileSync(path.join(world.dir, 'a.txt')));
          await new Promise((resolve) => setImmediate(resolve));
          isFree = true;
          return ok({ path: file, fresh: true, waitedMs: 1 });
        },
      },
    });
    assert.equal((await world.run()).kind, 'submitted');
    assert.ok(isFree);
    assert.equal(readFileSync(tell, 'utf8'), '0 \n');
  });

  it('hears at once why not, and is not told again with its next prompt', async () => {
    const folder = await scratchFolder(cleanUp);
    const [tell, log] = [path.join(folder, 'told'), path.join(folder, 'heard')];
    const world = begin([[{ ...edit, tell }, { say: 'I cannot.' }], [{ log }]], {
      answers: { lockFile: async () => refuse('pathDenied', 'It is not yours.') },
    });
    assert.deepEqual(await world.run(), { kind: 'gaveUp', reason: 'I cannot.' });
    assert.match(readFileSync(tell, 'utf8'), /^0 .*"permissionDecisionReason":"It is not yours\."/);
    assert.deepEqual(asked(world, /^end/).length, 1);
    assert.throws(() => readFileSync(log)); // its first words are its last
  });

  it('may look at files by plain commands, but for secrets and what is not of the project', async () => {
    const tell = path.join(await scratchFolder(cleanUp), 'told');
    const look = (run: string) => ({ run, hook: true, gate: false, tell });
    const world = begin([[look('cat a.txt'), look('cat .env'), look('cat /etc/hostname'), edit]]);
    assert.equal((await world.run()).kind, 'submitted');
    const told = readFileSync(tell, 'utf8').split('\n').slice(0, -1);
    const whys = told.map((line) => {
      const said = line.slice(2);
      return said === '' ? '' : JSON.parse(said).hookSpecificOutput.permissionDecisionReason;
    });
    assert.deepEqual(whys, [
      '',
      '".env" may hold secrets, so agents neither read nor write it; leave it to the user.',
      '"/etc/hostname" is outside of your copy of the project; look at nothing else.',
    ]);
    assert.deepEqual(asked(world, /^command/), []);
    assert.deepEqual(asked(world, /^begin read_file/).length, 3);
  });

  it('is no agent to go on with when it does something that it did not ask for', async () => {
    const world = begin([[{ ...edit, hook: false }, { hang: true }]]);
    assert.equal((await world.run()).kind, 'over');
    assert.match(
      asked(world, /^hand back/)[0] ?? '',
      /^hand back \(agent\): Mine does not ask before it does.*editing a\.txt/,
    );
  });
});
