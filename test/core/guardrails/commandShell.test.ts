// Which shells may be named, and when a failed check is said to be written for another one.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { describeShell, wrongShell } from '../../../src/core/guardrails/commandShell';

describe('the name of a shell', () => {
  for (const name of ['bash', '/usr/bin/zsh', 'C:\\Program Files\\Git\\bin\\bash.exe'])
    it(`may be ${name}`, () => assert.equal(wrongShell(name), undefined));
  for (const name of ['./bash', 'bin/bash', 'bash -e', '..\\sh.exe'])
    it(`is not ${name}`, () => assert.match(wrongShell(name) ?? '', /shell/));
});

describe('a check that may be written for another shell', () => {
  const sh = '/bin/sh';
  const misread: readonly (readonly [shell: string, command: string, output: string])[] = [
    [sh, 'x', '/bin/sh: 1: source: not found'],
    [sh, 'x', 'before\n/bin/sh: 3: [[: not found\nafter'],
    [sh, 'x', '/bin/sh: 1: Bad substitution'],
    [sh, 'x', '/bin/sh: 1: set: Illegal option -o pipefail'],
    [sh, 'x', '/bin/sh: 1: Syntax error: "(" unexpected'],
    [sh, 'x', '/bin/sh: 1: Syntax error: redirection unexpected'],
    [sh, 'x', '/bin/sh: 2: Syntax error: Bad for loop variable'],
    [sh, 'x', '/bin/sh: 1: [: abc: unexpected operator'],
    [sh, 'x', '/bin/sh: 1: i++: not found'],
    [sh, 'x', '/bin/sh: 1: x+=1: not found'],
    [sh, 'x', '/bin/sh: 1: declare: not found'],
    [sh, 'x', "/bin/sh: -c: line 1: syntax error near unexpected token `('"],
    [sh, 'x', '/bin/sh: source: not found'],
    ['/usr/bin/dash', 'x', '/usr/bin/dash: 1: shopt: not found'],
    // What it met was not printed where it is seen.
    [sh, 'source ./env.sh 2>/dev/null && npm test', ''],
    [sh, '[[ $x == a* ]] 2>&-', ''],
    [sh, 'test "$(echo {1..3})" = "1 2 3"', '{1..3}'],
    [sh, 'diff <(cat a) <(cat b)', ''],
    [sh, 'npm test &> log', ''],
    [sh, 'set -eo pipefail; npm test', ''],
    [sh, 'a=(1 2)', ''],
    [sh, '((1 < 2)) && npm test', ''],
    [sh, 'test "$(echo -e \'a\\tb\')" = x', ''],
    [sh, 'cat src/{one,two}.txt', ''],
    [sh, 'x', '/bin/sh: 1: arithmetic expression: expecting primary: "i++"'],
    [sh, 'x', '/bin/sh: 1: time: not found'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's, not ours
    [sh, 'echo ${name^^}', ''],
  ];
  for (const [shell, command, output] of misread)
    it(`is ${JSON.stringify([command, output])}`, () => {
      const words = describeShell({ command, output }, shell) ?? '';
      assert.ok(words.startsWith(`The check ran in ${shell}, `), words);
      assert.match(words, /parallelAgents\.verify\.shell/);
    });

  const others: readonly (readonly [shell: string, command: string, output: string])[] = [
    [sh, 'npm test', 'expected 1, got 2'],
    // Another shell's word, or a program's own, which the setting would not change.
    [sh, './test.sh', './test.sh: 3: [[: not found'],
    [sh, 'npm test', 'sh: 1: source: not found'],
    [sh, 'node x.js', 'SyntaxError: Unexpected token'],
    [sh, 'eslint', '/bin/sh: 1: eslint: not found'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's, not ours
    [sh, 'grep -q \'done$\' log && test -n "${HOME:-}" && echo ${name%.js} $((1 + 2))', ''],
    [sh, 'node -e "const {a,b} = f((1 + 2) * 3)" && echo -n x', ''],
    [sh, '. ./env.sh && [ "$X" = 1 ]', ''],
    ['/bin/bash', '[[ a == b ]]', ''],
    ['bash', 'set -o pipefail; (exit 3) | cat', ''],
  ];
  for (const [shell, command, output] of others)
    it(`is not ${JSON.stringify([shell, command, output])}`, () =>
      assert.equal(describeShell({ command, output }, shell), undefined));
});
