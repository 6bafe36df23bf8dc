// The offline model: which turn it plays when, and how it waits.
import { strict as assert } from 'node:assert';
import { createOfflineProvider } from '../../../src/adapters/models/offlineProvider';
import type { OfflineScript, OfflineTurn } from '../../../src/ports/coordinator';
import { Failure } from '../../../src/ports/failure';
import type { Message, ModelEvent } from '../../../src/ports/models';
import type { Clock } from '../../../src/ports/system';

const over = 'The offline script ended without finish or give_up.';

describe('offlineProvider', () => {
  const script = (...turns: OfflineTurn[]): OfflineScript => ({ ok: true, turns });

  const cases: [what: string, turns: OfflineTurn[], played: string[]][] = [
    ['nothing', [], [over]],
    ['one tool', [{ tool: 'finish', input: { summary: 'x' } }], ['offline-1-1 finish {"summary":"x"}', over]],
    [
      'words with their tool',
      [{ say: 'Hm.', tool: 'list_files' }],
      ['Hm. | offline-1-1 list_files {}', over],
    ],
    [
      'words that run on into the next tool',
      [{ say: 'A' }, { say: 'B' }, { tool: 'x' }, { tool: 'y' }],
      ['A | B | offline-1-3 x {}', 'offline-2-1 y {}', over],
    ],
    ['words at the end', [{ tool: 'x' }, { say: 'Bye.' }], ['offline-1-1 x {}', `Bye. | ${over}`, over]],
  ];
  for (const [what, turns, played] of cases) {
    it(`plays ${what}, then says that it is over`, async () => {
      const provider = createOfflineProvider(script(...turns), stoppedClock);
      for (const [at, expected] of played.entries()) {
        const { turn, texts } = await play(provider, at);
        const told = turn.content.map((block) =>
          block.type === 'toolCall'
            ? `${block.id} ${block.name} ${JSON.stringify(block.input)}`
            : block.type === 'text'
              ? block.text
              : '',
        );
        assert.equal(told.join(' | '), expected);
        assert.equal(turn.stop, expected.includes('offline-') ? 'toolCalls' : 'done');
        assert.deepEqual(
          texts,
          turn.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])),
        );
      }
    });
  }

  it('plays the same turn when it is asked for again', async () => {
    const provider = createOfflineProvider(script({ tool: 'x' }, { tool: 'y' }), stoppedClock);
    assert.deepEqual(await play(provider, 1), await play(provider, 1));
  });

  it('fails as refused with the script’s own message', async () => {
    const provider = createOfflineProvider({ ok: false, message: 'No turns.' }, stoppedClock);
    await assert.rejects(
      play(provider, 0),
      (error) => Failure.is(error, 'refused') && error.message === 'No turns.',
    );
  });

  it('waits as long as it is told', async () => {
    const delays: number[] = [];
    const clock: Clock = {
      ...stoppedClock,
      after(delayMs, wake) {
        delays.push(delayMs);
        queueMicrotask(wake);
        return () => {};
      },
    };
    await play(
      createOfflineProvider(script({ say: 'A', delayMs: 50 }, { tool: 'x', delayMs: 70 }), clock),
      0,
    );
    assert.deepEqual(delays, [50, 70]);
  });

  it('stops waiting at once when it is told to, and drops its timer', async () => {
    const stop = new AbortController();
    let dropped = 0;
    const clock: Clock = { ...stoppedClock, after: () => () => void dropped++ };
    const playing = play(createOfflineProvider(script({ tool: 'x', delayMs: 1000 }), clock), 0, stop.signal);
    stop.abort();
    await assert.rejects(playing, (error) => Failure.is(error, 'aborted'));
    assert.equal(dropped, 1);
  });

  it('plays nothing when it was stopped before', async () => {
    const playing = play(createOfflineProvider(script({ tool: 'x' }), stoppedClock), 0, AbortSignal.abort());
    await assert.rejects(playing, (error) => Failure.is(error, 'aborted'));
  });
});

const stoppedClock: Clock = {
  now: () => 0,
  monotonic: () => 0,
  after: () => assert.fail('nothing is to wait'),
  giveWay: () => assert.fail('nothing is to wait'),
};

type Turn = Extract<ModelEvent, { type: 'turn' }>;

async function play(
  provider: ReturnType<typeof createOfflineProvider>,
  answered: number,
  signal = new AbortController().signal,
): Promise<{ turn: Turn; texts: string[] }> {
  const user: Message = { role: 'user', content: [{ type: 'text', text: 'Go on' }] };
  const before = Array.from({ length: answered }, (): Message[] => [
    user,
    { role: 'assistant', content: [] },
  ]).flat();
  const texts: string[] = [];
  const request = {
    model: 'offline',
    system: '',
    tools: [],
    messages: [...before, user],
    maxOutputTokens: 1,
  } as const;
  for await (const event of provider.runTurn(request, signal)) {
    if (event.type === 'turn') return { turn: event, texts };
    if (event.type === 'text') texts.push(event.text);
  }
  return assert.fail('no turn');
}
