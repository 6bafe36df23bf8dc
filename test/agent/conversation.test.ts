// What of a long conversation stays in sight of the model, and what goes first.
import { strict as assert } from 'node:assert';
import { Conversation, clearedNote } from '../../src/agent/conversation';
import type { Message, UserBlock } from '../../src/ports/models';

const usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
const long = (of: string) => `${of} ${'x'.repeat(8_000)}`;

/** One turn that reads a file of 8,000 characters and says why. */
function read(talk: Conversation, file: string): void {
  const input = { path: file };
  talk.answered(
    [
      { type: 'text', text: `I need ${file}.` },
      { type: 'toolCall', id: file, name: 'read_file', input },
    ],
    usage,
  );
  talk.tell([{ type: 'toolResult', callId: file, content: long(file), isError: false }]);
}

function results(messages: readonly Message[]): string[] {
  const blocks: readonly UserBlock[] = messages.flatMap((m) => (m.role === 'user' ? m.content : []));
  return blocks.flatMap((block) => (block.type === 'toolResult' ? [block.content.slice(0, 60)] : []));
}

describe('Conversation', () => {
  it('stays as it is while it fits, so that the service reads on from where it was', () => {
    const talk = new Conversation('Build it.', 0, 10_000);
    read(talk, 'a.ts');
    const before = talk.messages;
    assert.equal(talk.makeRoom(), 'none');
    assert.deepEqual(talk.messages, before);
  });

  it('takes out the oldest results first, and much at once, before the window is full', () => {
    const talk = new Conversation('Build it.', 0, 10_000);
    for (const file of ['a.ts', 'b.ts', 'c.ts', 'd.ts']) read(talk, file);
    assert.equal(talk.makeRoom(), 'cleared');
    const [a, b, c, d] = results(talk.messages);
    const gone = clearedNote.slice(0, 60);
    assert.deepEqual([a, b, c, d?.slice(0, 4)], [gone, gone, gone, 'd.ts']);
    assert.equal(talk.messages.length, 9, 'calls and words stay, with what they were about');
    assert.equal(talk.makeRoom(), 'none');
    read(talk, 'e.ts');
    assert.equal(talk.makeRoom(), 'none', 'and not again at the very next turn');
  });

  it('believes what the service counted above its own estimate', () => {
    const talk = new Conversation('Build it.', 0, 10_000);
    read(talk, 'a.ts');
    talk.answered([{ type: 'text', text: 'hm' }], { ...usage, inputTokens: 500, cacheReadTokens: 11_000 });
    talk.tell([{ type: 'text', text: 'go on' }]);
    assert.notEqual(talk.makeRoom(), 'none');
  });

  it('tells in short what came before, where results alone are not what fills it', () => {
    const talk = new Conversation('Build it.', 0, 10_000);
    const content = 'y'.repeat(20_000);
    for (const file of ['a.ts', 'b.ts']) {
      const input = { path: file, content };
      talk.answered([{ type: 'toolCall', id: file, name: 'write_file', input }], usage);
      talk.tell([{ type: 'toolResult', callId: file, content: `Wrote ${file}.`, isError: false }]);
    }
    read(talk, 'c.ts');
    assert.equal(talk.makeRoom(), 'shortened');
    const [first, ...newest] = talk.messages;
    const told = first?.content[0]?.type === 'text' ? first.content[0].text : '';
    assert.match(told, /^Build it\.\n\n/);
    assert.match(told, /\n- write_file a\.ts: done\n- write_file b\.ts: done$/);
    assert.deepEqual(
      newest.map(({ role }) => role),
      ['assistant', 'user'],
    );
    assert.equal(talk.makeRoom(), 'none');
  });

  it('is made short once for a service that calls it too long, with what was said, done and failed', () => {
    const talk = new Conversation('Build it.', 0, 100_000);
    assert.equal(talk.tooLong(), false, 'there is nothing yet that could be left out');
    read(talk, 'a.ts');
    talk.answered(
      [{ type: 'toolCall', id: 'n', name: 'run_command', input: { command: 'npm test' } }],
      usage,
    );
    talk.tell([{ type: 'toolResult', callId: 'n', content: 'Exit code 1\nred', isError: true }]);
    read(talk, 'b.ts');
    assert.equal(talk.tooLong(), true);
    const first = JSON.stringify(talk.messages[0]);
    assert.match(
      first,
      /You said: I need a\.ts\.\\n- read_file a\.ts: done\\n- run_command npm test: failed: Exit code 1 red/,
    );
    assert.equal(talk.messages.length, 3);
    assert.match(results(talk.messages)[0] ?? '', /^b\.ts/, 'the newest turn stays');
    assert.equal(talk.tooLong(), false);
  });

  it('keeps what an earlier shortening told', () => {
    const talk = new Conversation('Build it.', 0, 4_000);
    for (const file of ['a.ts', 'b.ts', 'c.ts', 'd.ts']) {
      const input = { path: file, content: 'y'.repeat(20_000) };
      talk.answered([{ type: 'toolCall', id: file, name: 'write_file', input }], usage);
      talk.tell([{ type: 'toolResult', callId: file, content: 'Wrote it.', isError: false }]);
      talk.makeRoom();
    }
    assert.match(
      JSON.stringify(talk.messages[0]),
      /write_file a\.ts: done\\n- write_file b\.ts: done\\n- write_file c\.ts: done"/,
    );
  });
});
