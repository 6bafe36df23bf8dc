// A key is in no text, in whatever form it stands there and however the text is cut.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { Redactor } from '../../../src/core/guardrails/redactor';

const key = 'sk-ant-api03-A/b+C9_d-0123456789~xyzXYZ==';

function redactorOf(...keys: readonly string[]): Redactor {
  const redactor = new Redactor();
  for (const one of keys) redactor.add(one);
  return redactor;
}

/** The ways in which Node itself writes a key down, none of them ours. */
const encodings: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  base64: (text) => Buffer.from(text).toString('base64'),
  'base64 behind one byte': (text) => Buffer.from(`:${text}`).toString('base64'),
  'base64 of a header': (text) => Buffer.from(`x-api-key: ${text}\r\nhost: a`).toString('base64'),
  base64url: (text) => Buffer.from(`ab${text}`).toString('base64url'),
  'base64 without padding': (text) => Buffer.from(text).toString('base64').replace(/=+$/, ''),
  hex: (text) => Buffer.from(text).toString('hex'),
  'hex in capitals': (text) => Buffer.from(text).toString('hex').toUpperCase(),
  'url-encoded': encodeURIComponent,
  'url-encoded in small letters': (text) =>
    encodeURIComponent(text).replace(/%../g, (found) => found.toLowerCase()),
  'every character url-encoded': (text) => Buffer.from(text).toString('hex').replace(/../g, '%$&'),
  'url-encoded twice': (text) => encodeURIComponent(Buffer.from(text).toString('hex').replace(/../g, '%$&')),
  'in hex of UTF-16': (text) => Buffer.from(text, 'utf16le').toString('hex'),
  'in base64 of UTF-16': (text) => Buffer.from(text, 'utf16le').toString('base64'),
  'in base64 of UTF-16 behind a word': (text) => Buffer.from(`a ${text}`, 'utf16le').toString('base64'),
  'in base64 of UTF-16, the higher byte first': (text) =>
    Buffer.from(text, 'utf16le').swap16().toString('base64'),
  'in hex of UTF-16, the higher byte first': (text) => Buffer.from(text, 'utf16le').swap16().toString('hex'),
  'in base64 of base64': (text) => inBase64(inBase64(text)),
  'in base64 of base64 of a pair, as clusters keep it': (text) =>
    inBase64(JSON.stringify({ a: inBase64(`b:${text}`) })),
  'in base64 of hex': (text) => inBase64(Buffer.from(text).toString('hex')),
  'in hex of base64': (text) => Buffer.from(inBase64(text)).toString('hex'),
  'in base64 of JSON': (text) => Buffer.from(JSON.stringify(text)).toString('base64'),
  'in base64 of a form': (text) => Buffer.from(`k=${encodeURIComponent(text)}&`).toString('base64'),
  'in base32': (text) => base32(Buffer.from(text)),
  'in base32 behind a word': (text) => base32(Buffer.from(`key=${text}`)),
  'as JSON': (text) => JSON.stringify(text),
  'as JSON with slashes escaped': (text) => JSON.stringify(text).replaceAll('/', '\\/'),
  'every character escaped as in JSON': (text) => Buffer.from(text).toString('hex').replace(/../g, '\\u00$&'),
  'every character escaped as in a shell': (text) =>
    Buffer.from(text).toString('hex').replace(/../g, '\\x$&'),
};
/** Node has none of its own. */
function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('');
}

/** As the tools print them, 16 bytes a line. */
const dumps: Readonly<Record<string, (line: Buffer, at: number) => string>> = {
  xxd: (line, at) =>
    `${hexOf(at, 8)}: ${line
      .toString('hex')
      .replace(/.{1,4}/g, '$& ')
      .padEnd(40)} ${asShown(line)}`,
  'hexdump -C': (line, at) =>
    `${hexOf(at, 8)}  ${line
      .toString('hex')
      .replace(/../g, '$& ')
      .replace(/^.{24}/, '$& ')
      .padEnd(49)} |${asShown(line)}|`,
  'od -c': (line, at) =>
    at.toString(8).padStart(7, '0') +
    [...line].map((byte) => (byte === 10 ? '\\n' : String.fromCharCode(byte)).padStart(4)).join(''),
  'od -t x1': (line, at) =>
    `${at.toString(8).padStart(7, '0')} ${line.toString('hex').replace(/../g, '$& ')}`,
};
const hexOf = (number: number, digits: number) => number.toString(16).padStart(digits, '0');
const asShown = (line: Buffer) => line.toString('latin1').replace(/[^ -~]/g, '.');
function dumped(text: string, write: (line: Buffer, at: number) => string): string {
  const bytes = Buffer.from(text);
  const lines = Array.from({ length: Math.ceil(bytes.length / 16) }, (_, k) =>
    write(bytes.subarray(16 * k, 16 * k + 16), 16 * k),
  );
  return `${lines.join('\n')}\n`;
}

function inBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** As a terminal or `base64` breaks long lines. */
const broken = (text: string, width: number) => text.replace(new RegExp(`.{${width}}`, 'gs'), '$&\n');

const keys = fc
  .array(fc.constantFrom(...'abcXYZ0189_-.~+/=:%"\\'), { minLength: 16, maxLength: 120 })
  .map((chars) => chars.join(''))
  .filter((text) => new Set(text).size > 5);
const around = fc.string({ maxLength: 40 });

function cut(text: string, sizes: readonly number[]): readonly string[] {
  const pieces: string[] = [];
  let at = 0;
  for (let k = 0; at < text.length; k++) {
    const size = sizes[k % sizes.length] ?? 1;
    pieces.push(text.slice(at, at + size));
    at += size;
  }
  return pieces;
}

describe('the redactor', () => {
  it('takes out a key as a page shows it that escapes what HTML has a meaning for', () => {
    const secret = `pa<ss'wo>rd&4"711=x`;
    const [start] = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').split("'");
    for (const written of ["'", '&#39;', '&#039;', '&#x27;', '&apos;'])
      for (const quote of written === "'" ? ['"', '&quot;'] : ['&quot;']) {
        const shown = `${start}${written}wo&gt;rd&amp;4${quote}711=x`;
        assert.equal(redactorOf(secret).text(`<b>${shown}</b>`), '<b>[key]</b>');
      }
  });

  for (const [name, encode] of Object.entries(encodings)) {
    it(`takes out a key ${name}, whole or broken over lines`, () => {
      for (const encoded of [encode(key), broken(encode(key), 20)]) {
        const text = redactorOf(key).text(`before ${encoded} after`);
        assert.match(text, /^before .*\[key\].* after$/s);
        const middle = encode(key).slice(encode(key).length / 2);
        assert.ok(!text.replace(/\s+/g, '').includes(middle.slice(0, 8)), text);
      }
    });

    it(`takes out any key ${name}, whatever stands around it and however it is cut`, () =>
      fc.assert(
        fc.property(
          keys,
          around,
          around,
          fc.option(fc.integer({ min: 5, max: 76 })),
          fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 10 }),
          (secret, before, after, width, sizes) => {
            fc.pre(!before.endsWith('\\')); // what it escapes is then another text
            const encoded = encode(secret);
            const text = before + (width === null ? encoded : broken(encoded, width)) + after;
            const redactor = redactorOf('some-other-key', secret);
            const stream = redactor.stream();
            const streamed =
              cut(text, sizes)
                .map((piece) => stream.push(piece))
                .join('') + stream.end();
            for (const shown of [redactor.text(text), streamed]) {
              assert.ok(shown.includes('[key]'), shown);
              assert.ok(!shown.replace(/\s+/g, '').includes(encoded.replace(/[\s=]+$/g, '')), shown);
            }
          },
        ),
        { numRuns: 60 },
      ));
  }

  for (const [tool, write] of Object.entries(dumps)) {
    it(`takes a key out of what \`${tool}\` shows, in pieces too`, () => {
      for (let before = 0; before < 16; before++) {
        const text = dumped(
          `${'token = '.slice(0, before)}${'x'.repeat(Math.max(0, before - 8))}${key}\nend\n`,
          write,
        );
        const stream = redactorOf(key).stream();
        const streamed =
          cut(text, [7, 23, 64])
            .map((piece) => stream.push(piece))
            .join('') + stream.end();
        for (const shown of [redactorOf(key).text(text), streamed]) {
          assert.match(shown, /\[key\]/, text);
          for (const part of ['api03', 'A/b', '456789', 'xyzXYZ', '61 70', '6170', '3435', '34 35'])
            assert.ok(!shown.replace(/ {3}/g, '').includes(part), `${part} in\n${shown}`);
        }
      }
    });
  }

  it('passes every other text on as it is, in pieces too', () =>
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom('sk-', key.slice(0, 11), '%7', '\\u0', '\n  '))),
        (pieces) => {
          const redactor = redactorOf(key);
          const text = pieces.join('');
          const stream = redactor.stream();
          assert.equal(pieces.map((piece) => stream.push(piece)).join('') + stream.end(), text);
          assert.equal(redactor.text(text), text);
        },
      ),
    ));

  it('holds back no more than what may become a key, and little however much white space there is', () => {
    const stream = redactorOf(key).stream();
    assert.equal(stream.push('no key here.'), 'no key here.');
    assert.equal(stream.push('a task-'), 'a ta');
    assert.equal(stream.push('forcing'), 'sk-forcing');
    assert.equal(stream.push(key.slice(0, 10)), '');
    assert.equal(stream.push(key.slice(10)), '[key]');
    const shown = stream.push(key.slice(0, 10) + ' '.repeat(100_000));
    assert.ok(shown.length > 90_000);
  });

  for (const short of ['', ' \n', 'abc', 'hunter2', 'a b c d e f'])
    it(`does not look for ${JSON.stringify(short)}, which is too short to be told from words`, () => {
      const text = `abc hunter2 a b c d e f ${Buffer.from(short).toString('base64')} \n `;
      const stream = redactorOf(short).stream();
      assert.equal(redactorOf(short).text(text), text);
      assert.equal(stream.push(text), text);
    });

  it('takes out a key of many lines, as it is and as JSON', () => {
    const pem = '-----BEGIN KEY-----\nabcdefghijklmnop\nqrstuvwxyz012345\n-----END KEY-----\n';
    assert.equal(redactorOf(pem).text(`a ${pem}b`), 'a [key]\nb');
    assert.equal(redactorOf(pem).text(`{"k":${JSON.stringify(pem)}}`), '{"k":"[key]\\n"}');
  });

  for (const [name, encode] of Object.entries(encodings).filter(([name]) => !name.startsWith('every')))
    it(`takes out the piece of a key ${name} that a limit has left at either end`, () => {
      const encoded = encode(key).replaceAll('"', '');
      const [first, last] = [encoded.slice(0, -15), encoded.slice(15)];
      const redactor = redactorOf(key);
      for (const text of [`${last} it was`, `…${last} it was`])
        assert.match(redactor.text(text), /^…?\[key\][\w=]* it was$/);
      for (const text of [`it is ${first}`, `it is ${first}…`])
        assert.match(redactor.text(text), /^it is [\w+/-]*\[key\][\w%=]*…?$/);
      assert.equal(redactor.text(key.slice(0, 11)), key.slice(0, 11), 'less of it may be anything');
    });

  it('goes through plain data, leaves words of closed sets, and copies nothing that is clean', () => {
    const clean = { type: 'x', list: [{ n: 1 }, null, undefined, true], text: 'words' };
    const redactor = redactorOf(key, 'feature.passed');
    assert.equal(redactor.data(clean), clean);
    const data = { ...clean, type: 'feature.passed', deep: { reason: `was ${key}`, kept: clean } };
    const shown = redactor.data(data);
    assert.deepEqual(shown, { ...data, deep: { reason: 'was [key]', kept: clean } });
    assert.equal(shown.deep.kept, clean);
    assert.equal(shown.list, clean.list);
  });

  const bytes = (text: string) => [...Buffer.from(text)];
  const disguises: Readonly<Record<string, (text: string) => string>> = {
    'with characters between that are not shown': (text) => [...text].join('\u200b'),
    'with a soft hyphen in it': (text) => `${text.slice(0, 9)}\u00ad${text.slice(9)}`,
    'with a character taken back': (text) => `${text.slice(0, 9)}x\b${text.slice(9)}`,
    'with every character written twice': (text) => [...text].map((char) => `${char}\b${char}`).join(''),
    'underlined by backspaces': (text) => [...text].map((char) => `_\b${char}`).join(''),
    'with a return behind every character': (text) => [...text].join('\r'),
    'written over from where it stood': (text) => `${text.slice(0, 9)}\b\b\b${text.slice(6)}`,
    'in colours': (text) => [...text].map((char) => `\u001b[1;31m${char}\u001b[0m`).join(''),
    'with a title of the window in it': (text) => `${text.slice(0, 9)}\u001b]0;t\u0007${text.slice(9)}`,
    'with NUL between': (text) => [...text].join('\0'),
    'over two names of a path': (text) => `e/${text.slice(0, 13)}/${text.slice(13)}`,
    'put together from two texts': (text) => `"${text.slice(0, 13)}" + '${text.slice(13)}'`,
    'in capitals': (text) => text.toUpperCase(),
    'in hex with colons': (text) =>
      bytes(text)
        .map((byte) => byte.toString(16))
        .join(':'),
    'as a list in hex': (text) =>
      bytes(text)
        .map((byte) => `0x${byte.toString(16)}`)
        .join(', '),
    'as a list of numbers': (text) => `[${bytes(text).join(', ')}]`,
    'in octal escapes': (text) =>
      bytes(text)
        .map((byte) => `\\${byte.toString(8)}`)
        .join(''),
    'in long octal escapes': (text) =>
      bytes(text)
        .map((byte) => `\\${byte.toString(8).padStart(3, '0')}`)
        .join(''),
    'in entities of HTML': (text) =>
      bytes(text)
        .map((byte) => `&#${byte};`)
        .join(''),
    'in entities of HTML in hex': (text) =>
      bytes(text)
        .map((byte) => `&#x${byte.toString(16)};`)
        .join(''),
    'in braced escapes': (text) =>
      bytes(text)
        .map((byte) => `\\u{${byte.toString(16)}}`)
        .join(''),
  };
  for (const [name, disguise] of Object.entries(disguises))
    it(`takes out a key ${name}, in pieces too`, () => {
      const text = `before ${disguise(key)} after`;
      const redactor = redactorOf(key);
      const stream = redactor.stream();
      const streamed =
        cut(text, [3, 7])
          .map((piece) => stream.push(piece))
          .join('') + stream.end();
      for (const shown of [redactor.text(text), streamed]) {
        assert.ok(shown.startsWith('before ') && shown.endsWith(' after'), shown);
        assert.match(shown, /\[key\]/);
        assert.ok(shown.length < 40, shown);
      }
    });

  const overwritten: Readonly<Record<string, (text: string) => string>> = {
    'with two characters taken back': (text) => `${text.slice(0, 5)}XY\b\b${text.slice(5)}`,
    'with characters gone back over': (text) => `${text.slice(0, 5)}XYZ\u001b[3D${text.slice(5)}`,
    'with its head written over the line': (text) => `XXXXX${text.slice(5)}\r${text.slice(0, 5)}`,
    'in a line that was erased': (text) =>
      `ab${text.slice(2, 5)}XY\b\b\u001b[K${text.slice(5)}\r${text.slice(0, 2)}`,
  };
  for (const [name, disguise] of Object.entries(overwritten))
    it(`takes out a key ${name}, as a terminal shows it`, () => {
      for (const secret of [key, 'hunter2-A9!x']) {
        const shown = redactorOf(secret).text(`before\r\n${disguise(secret)}\nafter`);
        assert.match(shown, /^before\r\n(?:ab|XXXXX)?\[key\]\nafter$/);
      }
    });

  for (const name of [
    'with every character written twice',
    'underlined by backspaces',
    'in colours',
    'with NUL between',
  ])
    it(`takes out a short key ${name}, in pieces too`, () => {
      const text = `before ${disguises[name]?.('hunter2-A9!x')}`;
      const stream = redactorOf('hunter2-A9!x').stream();
      const streamed = cut(text, [4, 3]).map((piece) => stream.push(piece));
      for (const shown of [redactorOf('hunter2-A9!x').text(text), streamed.join('') + stream.end()])
        assert.ok(shown.includes('[key]') && shown.length < 'before [key]'.length + 12, shown);
    });

  it('takes out a key in which there is a sign that is not shown', () =>
    assert.equal(redactorOf('abc\u0001defgh').text('it is abc\u0001defgh.'), 'it is [key].'));

  it('leaves what a terminal writes over as it is where no key comes of it', () => {
    const bar = '\u001b[2K 10 %\r\u001b[32m 20 %\u001b[0m\r\n\u001b]0;a title\u0007N\bNA\bAME\u001b[';
    assert.equal(redactorOf(key).text(bar), bar);
    const stream = redactorOf(key).stream();
    assert.equal([...bar].map((char) => stream.push(char)).join('') + stream.end(), bar);
  });

  /** Comparisons of a form with a place of the text: all that grows with texts and keys but one look at each place. */
  function comparisons(text: string, keys: number): number {
    const redactor = redactorOf(...Array.from({ length: keys }, (_, k) => `${k}${key}${k}`));
    const own = String.prototype.startsWith;
    let calls = 0;
    String.prototype.startsWith = function (...args) {
      calls += 1;
      return own.apply(this, args);
    };
    try {
      redactor.text(text);
    } finally {
      String.prototype.startsWith = own;
    }
    return calls;
  }
  const line = '1sk-ant, GET /a/path?with=some%20thing 200 in 15 ms, as a server logs "it"\\n\n';

  it('compares in proportion to the text, and hardly more for many keys', () => {
    const once = comparisons(line.repeat(100), 4);
    assert.ok(once > 0);
    assert.ok(comparisons(line.repeat(800), 4) <= 8 * once + 100);
    assert.ok(comparisons(line.repeat(100), 50) <= 4 * once, "a head is one key's, or few");
  });
});
