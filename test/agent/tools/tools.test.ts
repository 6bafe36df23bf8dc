// Each tool by itself: what it answers for an input, and what it does to the world.
import { strict as assert } from 'node:assert';
import { codingTools } from '../../../src/agent/tools/toolSet';
import { ok, refuse } from '../../../src/core/shared/result';
import { toolNames } from '../../../src/core/tools/toolTable';
import type { CommandEnded } from '../../../src/ports/coordinator';
import { Failure } from '../../../src/ports/failure';
import type { CommandResult } from '../../../src/ports/workers';
import { createAgentWorld, finished, hashOf } from '../agentWorld';

interface Case {
  readonly it: string;
  readonly input: unknown;
  readonly files?: Readonly<Record<string, string>>;
  readonly text: string | RegExp;
}

const long = Array.from({ length: 2500 }, (_, at) => `line ${at + 1}`).join('\n');

/** Answers of tools that only look; `failed` ones are marked. */
const looking: Readonly<Record<string, readonly (Case & { readonly failed?: true })[]>> = {
  read_file: [
    {
      it: 'numbers the lines',
      input: { path: './a.js' },
      files: { 'a.js': 'x\n\ny\n' },
      text: '1\tx\n2\t\n3\ty',
    },
    {
      it: 'shows CRLF lines plainly',
      input: { path: 'a.js' },
      files: { 'a.js': 'x\r\ny\r\n' },
      text: '1\tx\n2\ty',
    },
    { it: 'tells an empty file', input: { path: 'a.js' }, files: { 'a.js': '' }, text: 'a.js is empty.' },
    {
      it: 'shows the lines asked for',
      input: { path: 'a.js', start_line: 2, end_line: 3 },
      files: { 'a.js': 'a\nb\nc\nd' },
      text: '[lines 2 to 3 of 4]\n2\tb\n3\tc',
    },
    {
      it: 'takes null for a field left out',
      input: { path: 'a.js', start_line: null },
      files: { 'a.js': 'a' },
      text: '1\ta',
    },
    {
      it: 'shows a long file in parts',
      input: { path: 'a.js' },
      files: { 'a.js': long },
      text: /^\[lines 1 to 2000 of 2500\]\n1\tline 1\n/,
    },
    {
      it: 'shows as many whole lines as there is room for, and says where to read on',
      input: { path: 'a.js' },
      files: { 'a.js': `${'y'.repeat(999)}\n`.repeat(50) },
      text: /^\[lines 1 to 29 of 50; read on from start_line 30\]\n1\ty{999}\n[\s\S]*\n29\ty{999}$/,
    },
    {
      it: 'cuts very long lines',
      input: { path: 'a.js' },
      files: { 'a.js': 'y'.repeat(90_000) },
      text: /y\n\[… 60002 more characters are not shown\]$/,
    },
    {
      it: 'refuses lines behind the end',
      input: { path: 'a.js', start_line: 5 },
      files: { 'a.js': 'a' },
      text: 'a.js has only 1 line.',
      failed: true,
    },
    {
      it: 'refuses an end before the start',
      input: { path: 'a.js', start_line: 2, end_line: 1 },
      files: { 'a.js': 'a\nb' },
      text: 'end_line is before start_line.',
      failed: true,
    },
    {
      it: 'refuses a missing file',
      input: { path: 'b.js' },
      text: 'There is no file b.js. list_files shows what there is.',
      failed: true,
    },
    {
      it: 'refuses a path that leads out',
      input: { path: '../b.js' },
      text: '"../b.js" leads out of the workspace.',
      failed: true,
    },
    { it: 'refuses an absolute path', input: { path: '/etc/passwd' }, text: /is absolute/, failed: true },
  ],
  list_files: [
    { it: 'lists everything', input: {}, files: { 'b.js': '', 'a/c.js': '' }, text: 'a/c.js\nb.js' },
    { it: 'lists a folder', input: { path: 'a/' }, files: { 'b.js': '', 'a/c.js': '' }, text: 'a/c.js' },
    { it: 'takes "." for everything', input: { path: '.' }, files: { 'b.js': '' }, text: 'b.js' },
    { it: 'tells that there is nothing', input: { path: 'a' }, text: 'There are no files in a.' },
    {
      it: 'says where it ends',
      input: {},
      files: Object.fromEntries(Array.from({ length: 1200 }, (_, at) => [`f${at}`, ''])),
      text: /\n\[only 1000 are shown; name a folder\]$/,
    },
    {
      it: 'refuses a folder outside',
      input: { path: '..' },
      text: '".." leads out of the workspace.',
      failed: true,
    },
  ],
  search_files: [
    {
      it: 'shows matching lines',
      input: { query: 'b(' },
      files: { 'a.js': 'a\nb(1)\n' },
      text: 'a.js:2: b(1)',
    },
    {
      it: 'tells that nothing matches',
      input: { query: 'z', path: 'src' },
      files: { 'a.js': 'z' },
      text: 'No line matches.',
    },
    {
      it: 'names what was too large to search',
      input: { query: 'b(' },
      files: { 'a.js': 'b(1)', 'big.sql': 'b'.repeat(1024 * 1024 + 1) },
      text: 'a.js:1: b(1)\n[not searched, too large: big.sql]',
    },
    {
      it: 'says where it ends',
      input: { query: 'x' },
      files: { 'a.js': 'x\n'.repeat(300) },
      text: /\n\[there may be more than these 200; narrow the search\]$/,
    },
    {
      it: 'refuses an empty text',
      input: { query: '' },
      text: 'The query is empty.',
      failed: true,
    },
  ],
};

describe('tools', () => {
  it('have names that providers take, and schemas of exact objects', () => {
    for (const { spec } of codingTools) {
      assert.match(spec.name, /^[a-z_]{1,64}$/);
      assert.equal(spec.inputSchema.type, 'object');
      assert.equal(spec.inputSchema.additionalProperties, false);
    }
    assert.deepEqual(
      codingTools.map(({ spec }) => spec.name),
      toolNames,
      'in the order of their declarations',
    );
  });

  for (const [name, cases] of Object.entries(looking)) {
    describe(name, () => {
      for (const { it: fact, input, files = {}, text, failed } of cases) {
        it(fact, async () => {
          const answer = await createAgentWorld({ files }).use(name, input);
          assert.ok(answer.kind !== 'end');
          assert.equal(answer.kind, failed ? 'failed' : 'done', answer.text);
          if (typeof text === 'string') assert.equal(answer.text, text);
          else assert.match(answer.text, text);
        });
      }
    });
  }

  describe('edit_file', () => {
    const edit = {
      path: 'a.js',
      edits: [
        { old: 'b', new: '$&x' },
        { old: 'x', new: 'y', all: true },
      ],
    };

    it('locks, makes the edits in order, and writes on what it read', async () => {
      const world = createAgentWorld({ files: { 'a.js': 'a b c x\n' } });
      const answer = await world.use('edit_file', edit);
      assert.deepEqual(answer, {
        kind: 'done',
        text: 'Edited a.js: 2 edits.',
        summary: 'Edited a.js: 2 edits.',
      });
      assert.deepEqual(world.transcript, ['lock a.js', 'write a.js on a base: "a $&y c y\\n"']);
    });

    it('matches across CRLF line ends, which the hub puts back', async () => {
      const world = createAgentWorld({ files: { 'a.js': 'one\r\ntwo\r\n' } });
      await world.use('edit_file', { path: 'a.js', edits: [{ old: 'one\ntwo', new: 'three\r\nfour' }] });
      assert.equal(world.transcript.at(-1), 'write a.js on a base: "three\\nfour\\n"');
    });

    it('writes nothing when one edit fails', async () => {
      const world = createAgentWorld({ files: { 'a.js': 'a b\n' } });
      const answer = await world.use('edit_file', {
        path: 'a.js',
        edits: [
          { old: 'a', new: 'c' },
          { old: 'q', new: 'r' },
        ],
      });
      assert.equal(answer.kind, 'failed');
      assert.deepEqual(world.transcript, ['lock a.js']);
    });

    it('refuses a file that is not there', async () => {
      const answer = await createAgentWorld().use('edit_file', edit);
      assert.equal(
        answer.kind === 'failed' && answer.text,
        'There is no file a.js. Use write_file to make one.',
      );
    });

    it('shows the present text when the file changed under it, and then works on that', async () => {
      const world = createAgentWorld({ files: { 'a.js': 'b\n' } });
      const { writeFile } = world.context.coordinator;
      let isFirst = true;
      world.context.coordinator.writeFile = async (write) => {
        if (isFirst) world.put('a.js', 'b, said the human\n');
        isFirst = false;
        return writeFile(write);
      };
      const first = await world.use('edit_file', { path: 'a.js', edits: [{ old: 'b', new: 'c' }] });
      const told = 'a.js has changed on disk. Nothing was written. It now reads:\nb, said the human\n';
      assert.equal(first.kind === 'failed' && first.text, told);
      const second = await world.use('write_file', { path: 'a.js', content: 'both' });
      assert.equal(second.kind, 'done', 'the text was shown, so it may be replaced');
    });
  });

  describe('write_file', () => {
    const write = { path: 'a.js', content: 'new\r\n' };

    it('makes a file', async () => {
      const world = createAgentWorld();
      assert.equal((await world.use('write_file', write)).kind, 'done');
      assert.deepEqual(world.transcript, ['lock a.js', 'write a.js on nothing: "new\\n"']);
    });

    it('replaces one that was read, and goes on replacing it', async () => {
      const world = createAgentWorld({ files: { 'a.js': 'old' } });
      for (const tool of ['read_file', 'write_file', 'write_file']) {
        const answer = await world.use(tool, tool === 'read_file' ? { path: 'a.js' } : write);
        assert.equal(answer.kind, 'done', tool);
      }
    });

    it('does not replace what was never read, and shows it', async () => {
      const world = createAgentWorld({ files: { 'a.js': 'old' } });
      const answer = await world.use('write_file', write);
      const told = 'a.js exists already, and you have not read it. Nothing was written. It now reads:\nold';
      assert.equal(answer.kind === 'failed' && answer.text, told);
      assert.deepEqual(world.transcript, ['lock a.js']);
      assert.equal((await world.use('write_file', write)).kind, 'done');
    });

    it('does not replace what has changed since it was read, also after an edit of a part', async () => {
      const world = createAgentWorld({ files: { 'a.js': 'old' } });
      await world.use('read_file', { path: 'a.js' });
      world.put('a.js', 'another agent’s');
      await world.use('edit_file', { path: 'a.js', edits: [{ old: 'another', new: 'an' }] });
      const answer = await world.use('write_file', write);
      assert.match(answer.kind === 'failed' ? answer.text : '', /has changed since you read it/);
    });

    it('tells when the file is gone', async () => {
      const world = createAgentWorld({ files: { 'a.js': 'old' } });
      await world.use('read_file', { path: 'a.js' });
      world.context.coordinator.writeFile = async () => {
        world.put('a.js', 'x');
        return refuse('changedOnDisk', 'a.js has changed on disk.');
      };
      assert.match(JSON.stringify(await world.use('write_file', write)), /It now reads:\\nx/);
    });

    it('hands the lock’s refusal on', async () => {
      const refusing = (code: 'pathDenied' | 'wouldDeadlock') => ({
        lockFile: async () => refuse(code, 'No.'),
      });
      const denied = await createAgentWorld({ answers: refusing('pathDenied') }).use('write_file', write);
      assert.deepEqual(denied, { kind: 'failed', text: 'No.', summary: 'No.' });
      const over = await createAgentWorld({ answers: refusing('wouldDeadlock') }).use('write_file', write);
      assert.deepEqual(over, { kind: 'end', ending: { kind: 'over', why: 'No.' } });
    });
  });

  describe('claim_file and release_file', () => {
    it('name the file in its one form', async () => {
      const world = createAgentWorld();
      const claimed = await world.use('claim_file', { path: './src//a.js' });
      assert.equal(claimed.kind === 'done' && claimed.summary, 'Claimed src/a.js');
      const released = await world.use('release_file', { path: 'src/b/../a.js' });
      assert.equal(released.kind === 'done' && released.summary, 'Released src/a.js');
      assert.deepEqual(world.transcript, ['lock src/a.js', 'release src/a.js']);
    });

    it('hand the hub’s refusal on', async () => {
      const world = createAgentWorld({
        answers: { releaseFile: async () => refuse('notOwner', 'You do not hold it.') },
      });
      const answer = await world.use('release_file', { path: 'a.js' });
      assert.deepEqual(answer, {
        kind: 'failed',
        text: 'You do not hold it.',
        summary: 'You do not hold it.',
      });
    });
  });

  describe('run_command', () => {
    const input = { command: 'npm test' };
    const ends: [result: ReturnType<typeof finished>, how: string][] = [
      [finished(0, ''), 'Exit code 0 after 1.5 s'],
      [finished(3, ''), 'Exit code 3 after 1.5 s'],
      [finished(null, ''), 'Ended by a signal after 1.5 s'],
      [finished(null, '', { timedOut: true }), 'Ended by its time limit of 60 s'],
      [finished(null, '', { aborted: true }), 'Stopped after 1.5 s'],
    ];
    for (const [command, how] of ends) {
      it(`tells: ${how}`, async () => {
        const answer = await createAgentWorld({ command }).use('run_command', input);
        const kind = command.exitCode === 0 ? 'done' : 'failed';
        assert.deepEqual(answer, { kind, text: `${how}.\nOutput:\n(no output)`, summary: how });
      });
    }

    it('keeps the end of a long output', async () => {
      const world = createAgentWorld({ command: finished(1, `${'noise\n'.repeat(10_000)}the error`) });
      const answer = await world.use('run_command', input);
      assert.ok(answer.kind === 'failed');
      assert.match(
        answer.text,
        /^Exit code 1 after 1\.5 s\.\nOutput:\n\[… \d+ characters before this are not shown\]\nnoise\n/,
      );
      assert.ok(answer.text.endsWith('\nthe error') && answer.text.length < 30_200);
    });

    const endings: [what: string, result: Partial<CommandResult>, told: Partial<CommandEnded>][] = [
      ['ended well', { exitCode: 0, wroteBytes: 9 }, { wroteBytes: 9 }],
      ['failed', { exitCode: 1 }, { failed: true }],
      ['took too long', { exitCode: null, timedOut: true }, { failed: true }],
      ['lost its guard', { exitCode: null, guardEnd: 'SIGKILL' }, { failed: true, guardEnd: 'SIGKILL' }],
      ['was stopped', { exitCode: null, aborted: true }, {}],
    ];
    for (const [what, result, told] of endings)
      it(`tells the hub of a command that ${what} what it needs to judge the machine`, async () => {
        const heard: CommandEnded[] = [];
        const commandEnd = async (ended: CommandEnded) => {
          heard.push(ended);
          return { output: ended.printed, kept: [], dropped: [], contested: [] };
        };
        const world = createAgentWorld({
          command: { ...finished(0, ''), ...result },
          answers: { commandEnd },
        });
        await world.use('run_command', input);
        const { durationMs: _, printed: __, ...rest } = heard[0] ?? assert.fail();
        assert.deepEqual(rest, told);
      });

    it('tells what the command changed, and what became of it', async () => {
      const dropped = [{ path: '.env', why: 'a secret' }];
      const contested = [{ path: 'lock.json', why: 'held by agent 2' }];
      const answers = {
        commandEnd: async ({ printed: output }: CommandEnded) => ({
          output,
          kept: ['a.js', 'b.js'],
          dropped,
          contested,
        }),
        commandBegin: async () =>
          ok({
            place: { cwd: '/copy', env: {} },
            timeoutMs: 1000,
            shell: 'sh',
            notes: ['The user changed a.js as well.'],
          }),
      };
      const answer = await createAgentWorld({ answers }).use('run_command', input);
      const told =
        'The user changed a.js as well.\nChanged and kept: a.js, b.js.\nChanged, and put back: .env (a secret).\n' +
        'Changed, but not yours yet: lock.json (held by agent 2). Before your work can pass you get these as the others ' +
        'leave them; put back what your feature can do without.\nOutput:\n(no output)';
      assert.ok(
        answer.kind === 'done' && answer.text.endsWith(told),
        answer.kind === 'done' ? answer.text : '',
      );
    });

    it('says of empty folders that they are not published', async () => {
      const changes = { kept: [], dropped: [], contested: [], empty: ['out', 'tmp'] };
      const answers = { commandEnd: async ({ printed: output }: CommandEnded) => ({ output, ...changes }) };
      const answer = await createAgentWorld({ answers }).use('run_command', input);
      const told =
        'Made, and not published while it is an empty folder: out, tmp. The check runs without it; write a file such as ' +
        '.gitkeep into one that has to be there.\nOutput:\n(no output)';
      assert.ok(answer.kind === 'done' && answer.text.endsWith(told), JSON.stringify(answer));
    });

    it('counts what is not named, and says that the limit of edits is reached', async () => {
      const kept = Array.from({ length: 101 }, (_, k) => `f${k}`);
      const changes = {
        kept,
        dropped: [{ path: 'x', why: 'busy' }],
        contested: [],
        more: { kept: 4, dropped: 1, contested: 0 },
      };
      const answers = { commandEnd: async ({ printed: output }: CommandEnded) => ({ output, ...changes }) };
      const answer = await createAgentWorld({ answers }).use('run_command', input);
      const told = 'f99 and 5 others.\nChanged, and put back: x (busy) and 1 other.\nOutput:\n(no output)';
      assert.ok(
        answer.kind === 'done' && answer.text.endsWith(told),
        answer.kind === 'done' ? answer.text : '',
      );
    });

    it('runs nothing that is refused', async () => {
      const world = createAgentWorld({
        answers: { commandBegin: async () => refuse('commandDenied', 'Not allowed.') },
      });
      assert.deepEqual(await world.use('run_command', input), {
        kind: 'failed',
        text: 'Not allowed.',
        summary: 'Not allowed.',
      });
      assert.deepEqual(world.transcript, []);
    });

    it('tells the hub of the end also when it could not start', async () => {
      const world = createAgentWorld({ command: new Failure('spawn', 'no room') });
      await assert.rejects(world.use('run_command', input), (error) => Failure.is(error, 'spawn'));
      assert.equal(world.transcript.at(-1), 'command ended');
    });
  });

  it('report_progress tells step and percent as the loop’s own report', () => {
    const prepared = codingTools
      .find(({ spec }) => spec.name === 'report_progress')
      ?.prepare({ step: 'Half way', percent: 50 });
    assert.ok(prepared?.ok);
    assert.deepEqual([prepared.value.step, prepared.value.percent], ['Half way', 50]);
  });

  it('hash as the hub does', () => {
    assert.equal(hashOf('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
