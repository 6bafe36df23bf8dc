// What an agent may run, against everything that tries to ride on an allowed command.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { judgeCommand } from '../../../src/core/guardrails/commandPolicy';

const allow = ['npm test *', 'git status', 'make -s build && echo ok'];
const check = 'node --test test/a.test.js';

describe('judgeCommand', () => {
  const allowed: [what: string, command: string][] = [
    ['the check', check],
    ['the check with white space around it', `  ${check}\n`],
    ['an entry to the letter', 'git status'],
    ['an entry with shell syntax, to the letter', 'make -s build && echo ok'],
    ...[
      'login',
      'test/a.test.js',
      '-- --grep=Login',
      '--reporter dot',
      'src/a-b_c.test.ts',
      'a@1.2.3',
      '-t x,y',
      './a.js',
      '1..3',
    ].map((rest): [string, string] => ['plain arguments', `npm test ${rest}`]),
  ];
  for (const [what, command] of allowed) {
    it(`allows ${what}: ${command.trim()}`, () => {
      assert.deepEqual(judgeCommand(command, check, allow), { ok: true, value: command.trim() });
    });
  }

  /** Each rides on the allowed `npm test *`. */
  const riders = [
    '; rm -rf /',
    '&& rm x',
    '& rm x',
    '|| rm x',
    '| sh',
    '\nrm x',
    '\r\nrm x',
    '\u2028rm x',
    '$(rm x)',
    '`rm x`',
    '<(rm x)',
    '>(rm x)',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's, not ours
    '${x@P}',
    '$HOME',
    '$IFS',
    "$'\\x3b'",
    '"$(x)"',
    "'; x'",
    '> out',
    '>> out',
    '< in',
    '2>&1',
    '<< EOF',
    '<<< x',
    '&> out',
    '*',
    '?',
    '[a]',
    '{a,b}',
    '~',
    '~root',
    '!!',
    '!x',
    '^a^b',
    '#x',
    '\\x',
    '(x)',
    'a;b',
    '%PATH%',
    '%COMSPEC%',
    'x\u0000y',
    'x\ty',
    'x\u00a0y',
    'x\u202ey',
    'ü',
    '\ufeffx',
    '..',
    '../x',
    'a/../../x',
    '--prefix=../x',
    '--prefix=a/../..',
    '-C../x',
    '-C..',
    'a:../x',
    'a,../x',
    '@../x',
    '/etc/passwd',
    '--prefix=/tmp',
    '--prefix /tmp',
    '-C/tmp',
    'a:/tmp',
    'a,/tmp',
    '@/tmp/x',
    'C:/x',
    '-o=/x',
    'https://example.org/x.js',
    'file:///etc/passwd',
    '//server/share',
  ];
  for (const rider of riders) {
    it(`lets nothing ride on an allowed start: ${JSON.stringify(rider)}`, () => {
      for (const command of [`npm test ${rider}`, `npm test x ${rider}`, `npm test ${rider} x`]) {
        assert.equal(judgeCommand(command, check, allow).ok, false, JSON.stringify(command));
      }
    });
  }

  const others: [what: string, command: string][] = [
    ['nothing', ''],
    ['white space', ' \n'],
    ['a longer word', 'npm tester'],
    ['a start glued to more', 'npm test;rm x'],
    ['the same with other white space', 'npm\ttest x'],
    ['an environment before it', 'PAGER=x npm test x'],
    ['a wrapper before it', 'env npm test x'],
    ['more after an entry without a star', 'git status -s'],
    ['more after the check', `${check} x`],
    ['the check chained', `${check}; rm x`],
    ['a part of an entry', 'make -s build'],
    ['another case', 'NPM test x'],
    ...[
      'rm -rf /',
      'git push --force',
      'git -C .. status',
      'find . -exec rm {} +',
      'xargs rm',
      'tar --to-command=sh -xf a',
    ].map((command): [string, string] => ['what was never named', command]),
  ];
  for (const [what, command] of others) {
    it(`refuses ${what}: ${JSON.stringify(command)}`, () => {
      const judged = judgeCommand(command, check, allow);
      assert.equal(judged.ok ? undefined : judged.error.code, 'commandDenied');
    });
  }

  it('never lets a text through that is no entry and holds anything but plain words', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 12 }), (rest) => {
        const judged = judgeCommand(`npm test ${rest}`, check, allow);
        assert.ok(!judged.ok || /^npm test [\w@+=:,./ -]*$/.test(judged.value));
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives a star alone no meaning', () => {
    for (const entry of ['*', ' *', '']) assert.equal(judgeCommand('rm x', undefined, [entry]).ok, false);
  });

  it('says what may be run instead', () => {
    const withCheck = judgeCommand('rm x', check, []);
    assert.equal(
      withCheck.ok ? '' : withCheck.error.message,
      `"rm x" is not allowed here. You may run the check: ${check}. Other commands must be named in commands.allow.`,
    );
    const without = judgeCommand('rm x', undefined, []);
    assert.match(without.ok ? '' : without.error.message, /This feature has no check of its own to run\./);
  });
});
