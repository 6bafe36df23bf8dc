// Byte order mark and line ends of a file outlive its edits.
import { strict as assert } from 'node:assert';
import { encodeLike, isText, notEncodable } from '../../../src/adapters/files/textForm';

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
  { fact: 'mostly CRLF becomes all CRLF', old: 'x\r\ny\r\nz\n', content: 'a\nb\n', becomes: 'a\r\nb\r\n' },
  { fact: 'mostly LF is as given', old: 'x\ny\nz\r\n', content: 'a\nb\r\n', becomes: 'a\nb\r\n' },
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
      assert.equal(encodeLike(old === null ? null : Buffer.from(old), content).toString(), becomes),
    );
  }

  it('knows text from what is not', () => {
    assert.ok(isText(Buffer.from('grüße 🙂\ufeff')));
    assert.ok(!isText(Buffer.from([0xff, 0xfe, 0x61, 0x00])));
    assert.ok(!isText(Buffer.from('a\0b')));
    assert.ok(!isText(Buffer.from('caf\xe9', 'latin1')));
  });

  it('says what cannot be written', () => {
    assert.equal(notEncodable('grüße 🙂'), undefined);
    assert.match(notEncodable('a\0') ?? '', /NUL/);
    assert.match(notEncodable('🙂'.slice(0, 1)) ?? '', /half/);
  });
});
