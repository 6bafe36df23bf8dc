// Which commands are plain looks at files, and that nothing rides on one.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { wordsLookedAt } from '../../../src/core/guardrails/lookingCommands';

describe('wordsLookedAt', () => {
  const looks: readonly (readonly [command: string, files: readonly string[]])[] = [
    ['cat src/a.js', ['src/a.js']],
    ['cat \'a file.txt\' "b c.txt"', ['a file.txt', 'b c.txt']],
    ["cat .en'v'", ['.env']],
    ["sed -n '1,200p' src/a.js", ['src/a.js']],
    ['sed -n 1,5p a.js', ['a.js']],
    ["nl -ba src/a.js | sed -n '10,40p'", ['src/a.js']],
    ['head -n 40 a.txt && tail -n +3 b.txt; wc -l c.txt', ['a.txt', 'b.txt', 'c.txt']],
    ['ls -la .', ['.']],
    ['pwd && ls', []],
    ["rg -n 'foo|bar' src test", ['src', 'test']],
    ['rg --files src', ['src']],
    ['grep -n "a b" a.js 2>/dev/null', ['a.js']],
    ["find src -maxdepth 2 -type f -name '*.ts'", ['src']],
    ['cat a\n', ['a']],
  ];
  for (const [command, files] of looks)
    it(`finds what is looked at by: ${command}`, () => assert.deepEqual(wordsLookedAt(command), files));

  const others = [
    '',
    'npm test',
    'rm a',
    'node a.js',
    '/bin/cat a',
    'FOO=1 cat a',
    'git status',
    'echo hi',
    'cat',
    'cat a > b',
    'cat a >> b',
    'cat < a',
    'cat a &',
    'cat a & rm b',
    'cat a | sh',
    'cat a; rm b',
    'cat a\nrm b',
    'cat $(rm b)',
    'cat `rm b`',
    'cat "$(rm b)"',
    'cat "`rm b`"',
    'cat $HOME',
    'cat "$HOME"',
    'cat <(rm b)',
    'cat {a,b}',
    'cat *',
    'cat a?',
    'cat ~/.ssh/id',
    'cat a\\ b',
    "cat $'a'",
    'cat !$',
    'cat %USERPROFILE%',
    "sed -i '1,5p' a",
    "sed -n '1,5w b' a",
    "sed -n '1e rm b' a",
    "sed -n 's/a/b/' a",
    'sed -n -f x a',
    'find . -delete',
    'find . -exec rm {} +',
    'find . -fprint x',
    'rg --pre sh x',
    'rg -f x',
    'rg -z x',
    'rg --hidden x',
    'rg -uuu x',
    "rg -g '*.env' x",
    'grep -r x .',
    'grep -f x a',
    'tail -f a',
    'ls -R',
    'cat a |',
    'cat a 2>b',
    'cat a 2>/dev/nullb',
    'cat a || rm b',
    '| cat a',
    'cat a,.env',
  ].filter((command) => command !== 'cat');
  for (const command of others)
    it(`takes for no look: ${JSON.stringify(command)}`, () =>
      assert.equal(wordsLookedAt(command), undefined));

  it('lets no sign that a shell gives a meaning ride on a look', () => {
    const meaning = fc.constantFrom(
      '$',
      '`',
      '>',
      '<',
      '&',
      '(',
      ')',
      '{',
      '}',
      '*',
      '?',
      '[',
      '~',
      '\\',
      '\r',
      '\n',
      '#',
      '!',
    );
    fc.assert(
      fc.property(fc.string(), meaning, fc.string(), (before, sign, after) => {
        const isQuoted = /['"]/.test(before);
        const isEnd = sign === '\n' && after.trim() === '';
        const isChain = sign === '&' && (before.endsWith('&') || after.startsWith('&'));
        if (isQuoted || isEnd || isChain) return;
        assert.equal(wordsLookedAt(`cat a${before}${sign}${after}`), undefined);
      }),
    );
  });
});
