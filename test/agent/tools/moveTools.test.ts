// Deleting and moving files, and files that agents change at once: what the tools ask of the hub, and what they tell.
import { strict as assert } from 'node:assert';
import { refuse } from '../../../src/core/shared/result';
import { type AgentWorldOptions, createAgentWorld } from '../agentWorld';

interface Case {
  readonly it: string;
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly world?: AgentWorldOptions;
  /** Files that were read before. */
  readonly read?: readonly string[];
  readonly text: string | RegExp;
  readonly asked: readonly string[];
}

const files = { 'a.js': 'a\n', 'b.js': 'b\n' };
const shared = { files: { 'LOG.md': '# Log\n' }, shared: 'LOG.md' };
const busy = { lockFile: async () => refuse('locked', 'b.js is held by agent 2.') };

const works: readonly Case[] = [
  {
    it: 'deletes a file that was read',
    tool: 'delete_file',
    input: { path: './a.js' },
    world: { files },
    read: ['a.js'],
    text: 'Deleted a.js.',
    asked: ['lock a.js', 'write a.js on a base: null'],
  },
  {
    it: 'moves a file under both locks',
    tool: 'move_file',
    input: { from: 'a.js', to: 'src/c.js' },
    world: { files },
    text: 'Moved a.js to src/c.js.',
    asked: ['lock a.js', 'lock src/c.js', 'move a.js to src/c.js'],
  },
  {
    it: 'edits a file that agents change at once like any other',
    tool: 'edit_file',
    input: { path: 'LOG.md', edits: [{ old: '# Log', new: '# Log\n- x' }] },
    world: shared,
    text: 'Edited LOG.md: 1 edit.',
    asked: ['lock LOG.md', 'write LOG.md on a base: "# Log\\n- x\\n"'],
  },
  {
    it: 'says that such a file needs no claim',
    tool: 'claim_file',
    input: { path: 'LOG.md' },
    world: shared,
    text: /^LOG\.md is changed by several agents at once, each in its own copy: nobody holds it\./,
    asked: ['lock LOG.md'],
  },
  {
    it: 'claims a file only if it is free',
    tool: 'claim_file',
    input: { path: 'a.js', wait: false },
    world: { files },
    text: /^Claimed a\.js\./,
    asked: ['lock a.js if it is free'],
  },
  {
    it: 'tells for whom it waited, and what came into the file',
    tool: 'claim_file',
    input: { path: 'a.js' },
    world: {
      answers: {
        lockFile: async ({ path }) => ({
          ok: true,
          value: {
            path,
            fresh: true,
            waitedMs: 12_400,
            waitedFor: 'a.js is held by agent 2.',
            notes: ['Another agent changed a.js as well; your copy has both now.'],
          },
        }),
      },
    },
    text: /You waited 12 s for it; when you began to: a\.js is held by agent 2\.\nAnother agent changed a\.js as well; your copy has both now\.$/,
    asked: [],
  },
];

const fails: readonly Case[] = [
  {
    it: 'does not delete what was never read, and shows it',
    tool: 'delete_file',
    input: { path: 'a.js' },
    world: { files },
    text: 'a.js exists already, and you have not read it. Nothing was deleted. It now reads:\na\n',
    asked: ['lock a.js'],
  },
  {
    it: 'does not delete what is not there',
    tool: 'delete_file',
    input: { path: 'c.js' },
    text: 'There is no file c.js.',
    asked: ['lock c.js'],
  },
  {
    it: 'does not move what is not there',
    tool: 'move_file',
    input: { from: 'c.js', to: 'd.js' },
    text: 'There is no file c.js.',
    asked: ['lock c.js'],
  },
  {
    it: 'does not move onto another file',
    tool: 'move_file',
    input: { from: 'a.js', to: 'b.js' },
    world: { files },
    text: 'There is a file b.js already. Nothing was moved.',
    asked: ['lock a.js', 'lock b.js'],
  },
  {
    it: 'does not move out of the workspace',
    tool: 'move_file',
    input: { from: 'a.js', to: '../b.js' },
    world: { files },
    text: '"../b.js" leads out of the workspace.',
    asked: ['lock a.js'],
  },
  {
    it: 'hands on who holds a file',
    tool: 'claim_file',
    input: { path: 'b.js', wait: false },
    world: { answers: busy },
    text: 'b.js is held by agent 2.',
    asked: [],
  },
];

describe('tools for moving and deleting, and for files that agents share', () => {
  for (const [kind, cases] of [
    ['done', works],
    ['failed', fails],
  ] as const) {
    for (const { it: name, tool, input, world: options = {}, read = [], text, asked } of cases) {
      it(name, async () => {
        const world = createAgentWorld(options);
        for (const path of read) await world.use('read_file', { path });
        const answer = await world.use(tool, input);
        assert.ok(answer.kind === kind, JSON.stringify(answer));
        if (typeof text === 'string') assert.equal(answer.text, text);
        else assert.match(answer.text, text);
        assert.deepEqual(world.transcript, asked);
      });
    }
  }

  it('knows a moved file as the one it read, and a deleted one no more', async () => {
    const world = createAgentWorld({ files });
    await world.use('read_file', { path: 'a.js' });
    await world.use('move_file', { from: 'a.js', to: 'c.js' });
    assert.equal((await world.use('write_file', { path: 'c.js', content: 'new' })).kind, 'done');
    assert.equal((await world.use('delete_file', { path: 'c.js' })).kind, 'done');
    assert.equal(world.context.shown.size, 0);
  });
});
