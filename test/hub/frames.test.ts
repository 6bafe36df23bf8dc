// Frames, cut and damaged in every way a stream can bring them.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { createFrameDecoder, encodeFrame } from '../../src/hub/frames';
import { Denied } from '../../src/hub/rejection';
import { Failure } from '../../src/ports/failure';
import { maxFrameBytes } from '../../src/protocol/hubMethods';

const first = { jsonrpc: '2.0', id: 1, method: 'a.b', params: { text: 'snow ☃ and 🙂\r\n\r\n', none: null } };
const second = { jsonrpc: '2.0', method: 'c.d', params: {} };
const both = Buffer.from(encodeFrame(first) + encodeFrame(second));

function decode(...chunks: readonly Uint8Array[]): unknown[] {
  const decoder = createFrameDecoder();
  return chunks.flatMap((chunk) => [...decoder.push(chunk)]);
}

function frame(body: string | Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`),
    Buffer.from(body),
  ]);
}

describe('frames', () => {
  it('come whole when two share a chunk', () => {
    assert.deepEqual(decode(both), [first, second]);
  });

  it('come whole from every place the stream can be cut at', () => {
    for (let at = 0; at <= both.length; at++) {
      assert.deepEqual(decode(both.subarray(0, at), both.subarray(at)), [first, second], `cut at ${at}`);
    }
  });

  it('come whole byte by byte', () => {
    assert.deepEqual(decode(...[...both].map((byte) => Uint8Array.of(byte))), [first, second]);
  });

  it('come whole from any number of cuts', () => {
    const cuts = fc
      .array(fc.nat(both.length), { maxLength: 12 })
      .map((at) => [0, ...at.sort((a, b) => a - b)]);
    fc.assert(
      fc.property(cuts, (at) => {
        const chunks = at.map((from, nth) => both.subarray(from, at[nth + 1] ?? both.length));
        assert.deepEqual(decode(...chunks), [first, second]);
      }),
    );
  });

  it('give nothing for half a message, and wait', () => {
    assert.deepEqual(decode(both.subarray(0, 60)), []);
  });

  it('carry any JSON there and back', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const message = { jsonrpc: '2.0', method: 'x', params: { value: JSON.parse(JSON.stringify(value)) } };
        assert.deepEqual(decode(Buffer.from(encodeFrame(message))), [message]);
      }),
    );
  });

  it('hold the longest body, and refuse to send one more byte', () => {
    const empty = { jsonrpc: '2.0', method: 'x', params: '' };
    const room = maxFrameBytes - JSON.stringify(empty).length;
    const longest = Buffer.from(encodeFrame({ ...empty, params: 'a'.repeat(room) }));
    const chunks = Array.from({ length: Math.ceil(longest.length / 65_536) }, (_, nth) => {
      return longest.subarray(nth * 65_536, (nth + 1) * 65_536);
    });
    assert.equal(decode(...chunks).length, 1);
    assert.throws(
      () => encodeFrame({ ...empty, params: 'a'.repeat(room + 1) }),
      (e) => Failure.is(e, 'tooLong'),
    );
  });
});

const damaged: readonly [what: string, bytes: Buffer, denial?: string][] = [
  ['one byte over the limit', Buffer.from(`Content-Length: ${maxFrameBytes + 1}\r\n\r\n`), 'oversizedFrame'],
  ['a length of ten nines', Buffer.from('Content-Length: 9999999999\r\n\r\n'), 'oversizedFrame'],
  ['a length without end', Buffer.from('Content-Length: 11111111111')],
  ['a negative length', Buffer.from('Content-Length: -1\r\n\r\n')],
  ['no length', Buffer.from('Content-Length: \r\n\r\n')],
  ['a length of nothing and then more', Buffer.from('Content-Length: 0\r\n\r\n{}')],
  ['another header', Buffer.from('Content-Type: x\r\n\r\n')],
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
  ['line feeds alone', Buffer.from('Content-Length: 2\n\n{}')],
  ['NUL bytes', Buffer.alloc(64)],
  ['a body cut short by the next frame', Buffer.concat([both.subarray(0, 40), both])],
  ['no JSON', frame('{"jsonrpc":')],
  ['a byte order mark', frame('\ufeff{"jsonrpc":"2.0","method":"x"}')],
  ['invalid UTF-8', frame(Buffer.from([0x22, 0xc3, 0x28, 0x22]))],
  ['half a surrogate in UTF-8', frame(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))],
  ['a number', frame('1')],
  ['null', frame('null')],
  ['a batch', frame('[{"jsonrpc":"2.0","method":"x"}]')],
  ['no version', frame('{"method":"x"}')],
  ['neither method nor id', frame('{"jsonrpc":"2.0"}')],
  ['a method that is a number', frame('{"jsonrpc":"2.0","id":1,"method":7}')],
  ['an id that is an object', frame('{"jsonrpc":"2.0","id":{},"method":"x"}')],
  ['an id of null', frame('{"jsonrpc":"2.0","id":null,"method":"x"}')],
  ['an answer without a result', frame('{"jsonrpc":"2.0","id":1}')],
  ['an answer with a broken error', frame('{"jsonrpc":"2.0","id":1,"error":{"code":"x"}}')],
  ['100,000 open brackets', frame('['.repeat(100_000))],
];

describe('a damaged frame', () => {
  for (const [what, bytes, rejection = 'badFrame'] of damaged) {
    it(`is denied: ${what}`, () => {
      for (const chunks of [[bytes], [...bytes].map((byte) => Uint8Array.of(byte))]) {
        assert.throws(
          () => decode(...chunks),
          (e) => e instanceof Denied && e.rejection === rejection,
        );
      }
    });
  }

  it('never yields what was not sent, whatever byte is changed', () => {
    const sent = [first, second].map((message) => JSON.stringify(message));
    fc.assert(
      fc.property(fc.nat(both.length - 1), fc.nat(255), (at, byte) => {
        const changed = Buffer.from(both);
        changed[at] = byte;
        const inHeader = at < 'Content-Length: '.length;
        const got: string[] = [];
        try {
          const decoder = createFrameDecoder();
          for (const message of decoder.push(changed)) got.push(JSON.stringify(message));
        } catch (error) {
          assert.ok(error instanceof Denied, `threw ${error}`);
        }
        if (inHeader && both[at] !== byte) assert.deepEqual(got, []);
        assert.ok(got.length <= sent.length);
      }),
      { numRuns: 500 },
    );
  });
});
