// Byte order mark and line ends of a file outlive its edits.
import { strict as assert } from 'node:assert';
import { encodeLike, isText, notEncodable, readText, writeText } from '../../../src/adapters/files/textForm';

const cases: { fact: string; old: string | null; content: string; becomes: string }[] = [
  { fact: 'a new file is as given', old: null, content: 'a\r\nb\nc', becomes: 'a\r\nb\nc' },
  { fact: 'LF stays', old: 'x\ny\n', content: 'a\nb\n', becomes: 'a\nb\n' },
  { fact: 'LF wins over CRLF that comes in', old: 'x\ny\n', content: 'a\r\nb\r\n', becomes: 'a\nb\n' },
  { fact: 'CRLF is put into LF that comes in', old: 'x\r\ny\r\n', content: 'a\nb\n', becomes: 'a\r\nb\r\n' },
  {
    fact: 'CRLF that comes in is not doubled',
    old: 'x\r\ny\r\n',
    content: 'a\r\nb\n',
    becomes: 'a\r\nb\r\n',
  },
  {
    fact: 'in a file that mixes line ends, each unchanged line keeps its own',
    old: '1\r\n2\n3\r\n4\n',
    content: '1\n3\n4\n',
    becomes: '1\r\n3\r\n4\n',
  },
  {
    fact: 'a line in the place of another has its end, also in a mixed file',
    old: '1\r\n2\n3\r\n4\n',
    content: '1\nzwei\ndrei\n4\n',
    becomes: '1\r\nzwei\ndrei\r\n4\n',
  },
  {
    fact: 'an added line has the end of the one before it, also in a mixed file',
    old: '1\r\n2\n3\r\n',
    content: '0\n1\n1b\n2\n2b\n3\n4\n5',
    becomes: '0\r\n1\r\n1b\r\n2\n2b\n3\r\n4\r\n5',
  },
  {
    fact: 'a last line without an end gets one when another follows',
    old: '1\r\n2\n3',
    content: '1\n2\n3\n4',
    becomes: '1\r\n2\n3\n4',
  },
  { fact: 'a file without line ends is as given', old: 'x', content: 'a\r\nb', becomes: 'a\r\nb' },
  { fact: 'a mark stays', old: '\ufeffx', content: 'a', becomes: '\ufeffa' },
  { fact: 'a mark is not doubled', old: '\ufeffx', content: '\ufeffa', becomes: '\ufeffa' },
  { fact: 'no mark is added to a file without', old: 'x', content: '\ufeffa', becomes: 'a' },
  { fact: 'a mark and CRLF stay together', old: '\ufeffx\r\n', content: 'a\n', becomes: '\ufeffa\r\n' },
  { fact: 'an emptied file keeps its mark', old: '\ufeffx\n', content: '', becomes: '\ufeff' },
];

describe('textForm', () => {
  for (const { fact, old, content, becomes } of cases) {
    it(fact, () =>
      assert.deepEqual(encodeLike(old === null ? null : Buffer.from(old), content), Buffer.from(becomes)),
    );
  }

  it('knows text from what is not', () => {
    assert.ok(isText(Buffer.from('grüße 🙂\ufeff')));
    assert.ok(!isText(Buffer.from([0xff, 0xfe, 0x61, 0x00])));
    assert.ok(!isText(Buffer.from('a\0b')));
    assert.ok(!isText(Buffer.from('caf\xe9', 'latin1')));
  });

  const encoded: { fact: string; bytes: Buffer; text: string; encoding: string }[] = [
    {
      fact: 'Latin-1',
      bytes: Buffer.from('// café\r\n', 'latin1'),
      text: '// café\r\n',
      encoding: 'Windows-1252',
    },
    {
      fact: 'Windows-1252',
      bytes: Buffer.from([0x80, 0x20, 0x93, 0x94, 0x81]),
      text: '€ “”\u0081',
      encoding: 'Windows-1252',
    },
    {
      fact: 'UTF-16 with a mark',
      bytes: Buffer.from('\ufeffnaïv\n🙂', 'utf16le'),
      text: 'naïv\n🙂',
      encoding: 'UTF-16LE',
    },
    {
      fact: 'UTF-16 without',
      bytes: Buffer.from('naiv\r\n', 'utf16le'),
      text: 'naiv\r\n',
      encoding: 'UTF-16LE',
    },
    {
      fact: 'big-endian UTF-16',
      bytes: Buffer.from('\ufeffnaïv\n', 'utf16le').swap16(),
      text: 'naïv\n',
      encoding: 'UTF-16BE',
    },
    { fact: 'UTF-8 with a mark', bytes: Buffer.from('\ufeffgrüße'), text: 'grüße', encoding: 'UTF-8' },
    {
      fact: 'UTF-8 with an escape',
      bytes: Buffer.from('\x1b[1m\x07'),
      text: '\x1b[1m\x07',
      encoding: 'UTF-8',
    },
  ];
  for (const { fact, bytes, text, encoding } of encoded) {
    it(`reads ${fact} and writes the same bytes`, () => {
      const read = readText(bytes);
      assert.equal(read?.text, text);
      assert.equal(read.form.encoding, encoding);
      assert.deepEqual(writeText(read.text, read.form), bytes);
    });
  }

  const noText: { fact: string; bytes: Buffer }[] = [
    { fact: 'a picture', bytes: Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex') },
    { fact: 'bytes with control characters', bytes: Buffer.from([0xe9, 0x01, 0x02]) },
    { fact: 'half of a UTF-16 character', bytes: Buffer.from([0xff, 0xfe, 0x61]) },
    { fact: 'a lone surrogate', bytes: Buffer.from([0xff, 0xfe, 0x00, 0xd8]) },
    { fact: 'numbers of two bytes', bytes: Buffer.from(new Uint16Array([1, 2, 3, 700, 5]).buffer) },
  ];
  for (const { fact, bytes } of noText)
    it(`takes ${fact} for no text`, () => assert.equal(readText(bytes), undefined));

  it('reads and writes back every byte that is text, whatever encoding it was meant in', () => {
    const gbk = Buffer.from('c4e3bac3a3acbec5b1a1cac0bde70a', 'hex');
    const read = readText(gbk);
    assert.ok(read);
    assert.deepEqual(writeText(read.text, read.form), gbk);
  });

  it('changes the edited word only, and says what the encoding does not have', () => {
    const old = Buffer.from('// café, garçon\r\nint x;\n', 'latin1');
    assert.deepEqual(
      encodeLike(old, '// café, garçon\nint y;\n'),
      Buffer.from('// café, garçon\r\nint y;\n', 'latin1'),
    );
    const refused = encodeLike(old, '// café 中\n');
    assert.ok(!Buffer.isBuffer(refused));
    assert.match(refused.why, /holds "中", which the file's encoding Windows-1252 does not have/);
  });

  it('says what cannot be written', () => {
    assert.equal(notEncodable('grüße 🙂'), undefined);
    assert.match(notEncodable('a\0') ?? '', /NUL/);
    assert.match(notEncodable('🙂'.slice(0, 1)) ?? '', /half/);
  });
});
