// Three sides of one file come to one, in its own form, or to an overlap.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { hashOf } from '../../../src/adapters/files/contentHash';
import { mergeFile } from '../../../src/adapters/isolation/mergeFile';

type Side = string | Buffer | null;

const cases: {
  fact: string;
  base: Side;
  ours: Side;
  theirs: Side;
  becomes: Side | 'overlap';
  both?: true;
}[] = [
  { fact: 'only theirs', base: 'a\n', ours: 'a\n', theirs: 'b\n', becomes: 'b\n' },
  { fact: 'only ours', base: 'a\n', ours: 'b\n', theirs: 'a\n', becomes: 'b\n' },
  { fact: 'the same on both sides', base: 'a\n', ours: 'b\n', theirs: 'b\n', becomes: 'b\n' },
  { fact: 'lines apart', base: '1\n2\n3\n', ours: 'A\n2\n3\n', theirs: '1\n2\nC\n', becomes: 'A\n2\nC\n' },
  { fact: 'the same line', base: '1\n2\n3\n', ours: 'A\n2\n3\n', theirs: 'B\n2\n3\n', becomes: 'overlap' },
  { fact: 'removed and changed', base: 'a\n', ours: null, theirs: 'b\n', becomes: 'overlap' },
  { fact: 'changed and removed', base: 'a\n', ours: 'b\n', theirs: null, becomes: 'overlap' },
  { fact: 'removed, and as it was', base: 'a\n', ours: 'a\n', theirs: null, becomes: null },
  { fact: 'two new files', base: null, ours: 'a\n', theirs: 'b\n', becomes: 'overlap' },
  { fact: 'two new shared files', base: null, ours: 'a\n', theirs: 'b\n', becomes: 'b\na\n', both: true },
  {
    fact: 'lines added at one spot',
    base: '1\n2\n',
    ours: '1\na\n2\n',
    theirs: '1\nb\n2\n',
    becomes: 'overlap',
  },
  {
    fact: 'lines added at one spot of a shared file',
    both: true,
    base: '1\n2\n',
    ours: '1\na\n2\n',
    theirs: '1\nb\n2\n',
    becomes: '1\nb\na\n2\n',
  },
  {
    fact: 'lines added at the end of a shared file that ends without one',
    both: true,
    base: '1\n2',
    ours: '1\n2\na',
    theirs: '1\n2\nb',
    becomes: '1\n2\nb\na',
  },
  {
    fact: 'a shared line that both changed',
    base: '1\n',
    ours: 'a\n',
    theirs: 'b\n',
    becomes: 'overlap',
    both: true,
  },
  {
    fact: 'line ends that theirs changed, and a line that ours did',
    base: '1\n2\n3\n',
    ours: '1\nB\n3\n',
    theirs: '1\r\n2\r\n3\r\n',
    becomes: '1\r\nB\r\n3\r\n',
  },
  {
    fact: 'line ends that are mixed',
    base: '1\r\n2\n3\r\n4\n',
    ours: '1\r\n2\n3\r\nD\n',
    theirs: 'A\r\n2\n3\r\n4\n',
    becomes: 'A\r\n2\n3\r\nD\n',
  },
  {
    fact: 'text in Latin-1',
    base: latin('é\n2\n3\n'),
    ours: latin('é\n2\nü\n'),
    theirs: latin('è\n2\n3\n'),
    becomes: latin('è\n2\nü\n'),
  },
  {
    fact: 'what the encoding of theirs lacks',
    base: '1\n2\n3\n',
    ours: '1\n2\n中\n',
    theirs: latin('é\n2\n3\n'),
    becomes: 'overlap',
  },
  {
    fact: 'bytes that are no text',
    base: Buffer.from([0, 1]),
    ours: Buffer.from([0, 2]),
    theirs: Buffer.from([0, 3]),
    becomes: 'overlap',
  },
  {
    fact: 'a mark that theirs added',
    base: '1\n2\n3\n',
    ours: '1\n2\nC\n',
    theirs: '\ufeff1\n2\n3\n',
    becomes: '\ufeff1\n2\nC\n',
  },
];

describe('mergeFile', () => {
  for (const { fact, base, ours, theirs, becomes, both } of cases) {
    it(fact, () => assert.deepEqual(merged(base, ours, theirs, both), bytesOf(becomes)));
  }

  it('is an overlap where nobody has what both started from, unless a hash tells', () => {
    const lost = { hash: hashOf(Buffer.from('a\n')), bytes: undefined };
    assert.deepEqual(mergeFile(lost, contentOf('b\n'), contentOf('c\n'), false), { kind: 'overlap' });
    assert.deepEqual(mergeFile(lost, contentOf('a\n'), contentOf('c\n'), false), { kind: 'theirs' });
  });

  it('has what each side put in, and gives a side back when only it changed', () => {
    const edit = fc.constantFrom('keep', 'keep', 'drop', 'add');
    const line = fc.record({ text: fc.constantFrom('a', 'b', 'c', 'd', ''), ours: edit, theirs: edit });
    const side = (lines: readonly { text: string; edit: string }[], added: string) =>
      lines
        .flatMap(({ text, edit }) => (edit === 'drop' ? [] : edit === 'add' ? [text, added] : [text]))
        .map((text) => `${text}\n`)
        .join('');
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.boolean(), (lines, both) => {
        const base = lines.map(({ text }) => `${text}\n`).join('');
        const ours = side(
          lines.map(({ text, ours: edit }) => ({ text, edit })),
          'ours',
        );
        const theirs = side(
          lines.map(({ text, theirs: edit }) => ({ text, edit })),
          'theirs',
        );
        assert.deepEqual(merged(base, base, theirs, both), Buffer.from(theirs));
        assert.deepEqual(merged(base, ours, base, both), Buffer.from(ours));
        const one = merged(base, ours, theirs, both);
        if (!Buffer.isBuffer(one)) return;
        const count = (all: string, line: string) => all.split('\n').filter((each) => each === line).length;
        assert.equal(count(one.toString(), 'ours'), count(ours, 'ours'));
        assert.equal(count(one.toString(), 'theirs'), count(theirs, 'theirs'));
      }),
      { numRuns: 2000 },
    );
  });
});

function merged(base: Side, ours: Side, theirs: Side, both = false): Buffer | null | 'overlap' {
  const outcome = mergeFile(contentOf(base), contentOf(ours), contentOf(theirs), both);
  switch (outcome.kind) {
    case 'ours':
      return bytesOf(ours);
    case 'theirs':
      return bytesOf(theirs);
    case 'merged':
      return outcome.bytes;
    case 'overlap':
      return 'overlap';
    default:
      return outcome satisfies never;
  }
}

function bytesOf<T extends Side | 'overlap'>(side: T) {
  return typeof side === 'string' && side !== 'overlap'
    ? Buffer.from(side)
    : (side as Buffer | null | 'overlap');
}

function contentOf(side: Side) {
  const bytes = side === 'overlap' ? null : bytesOf(side);
  return Buffer.isBuffer(bytes) ? { hash: hashOf(bytes), bytes } : null;
}

function latin(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
