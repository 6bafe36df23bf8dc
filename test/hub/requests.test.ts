// A set of requests over a real connection in memory: one declared further needs nothing but its answer.
import { strict as assert } from 'node:assert';
import { duplexPair } from 'node:stream';
import { z } from 'zod';
import { createConnection, type HubConnection } from '../../src/hub/connection';
import { answerAll, askingOf } from '../../src/hub/requests';
import { Failure } from '../../src/ports/failure';
import { nothing } from '../../src/protocol/hubValues';
import { type Answering, method } from '../../src/protocol/method';

const known = { tell: method('known.tell', z.object({ what: z.string() }).strict(), nothing) };
const methods = {
  ...known,
  further: method(
    'further.ask',
    z.object({ words: z.string().max(5) }).strict(),
    z.object({ count: z.number() }),
    ({ words }) => ({ words: words.slice(0, 5) }),
  ),
  bare: method('further.bare', nothing, z.array(z.string())),
};
const told: string[] = [];
const answers: Answering<typeof methods> = {
  tell: ({ what }) => told.push(what),
  further: ({ words }) => ({ count: words.length }),
  bare: async () => ['one'],
};

describe('a set of requests', () => {
  let host: HubConnection;
  let asking: HubConnection;
  beforeEach(() => {
    const [near, far] = duplexPair();
    host = createConnection(near);
    asking = createConnection(far);
    told.length = 0;
  });
  afterEach(() => {
    asking.dispose();
    host.dispose();
  });
  const listen = () => {
    host.listen();
    asking.listen();
  };

  it('is asked and answered as it is declared', async () => {
    answerAll(host, methods, answers);
    listen();
    const ask = askingOf(methods, asking);
    assert.deepEqual(await ask.further({ words: 'abcdefgh' }), { count: 5 }); // cut to what it takes
    assert.deepEqual(await ask.bare(), ['one']);
    assert.equal(await ask.tell({ what: 'this' }), undefined);
    assert.deepEqual(told, ['this']);
  });

  it('has an answer for each, or the compiler names it', () => {
    // @ts-expect-error: `further` and `bare` are not answered
    const few: Answering<typeof methods> = { tell: () => undefined };
    // @ts-expect-error: an answer is of the shape that is declared
    const wrong: Answering<typeof methods> = { ...answers, further: () => ({ count: 'five' }) };
    assert.ok(few && wrong);
  });

  it('is asked with what is declared, or the compiler names it', async () => {
    answerAll(host, methods, answers);
    listen();
    const ask = askingOf(methods, asking);
    // @ts-expect-error: what it takes is a text
    await assert.rejects(ask.tell({ what: 7 }), (error) => Failure.is(error, 'refused'));
  });
});
