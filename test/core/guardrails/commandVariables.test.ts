// Which variables a user may have given to commands, and what is said where a failed check missed one.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { describeMissed, wrongVariable } from '../../../src/core/guardrails/commandVariables';

describe('an entry of commands.env', () => {
  for (const name of [
    'DATABASE_URL',
    'GITHUB_TOKEN',
    'NODE_OPTIONS',
    'npm_config_//r.example/:_authToken',
    'ProgramFiles(x86)',
  ])
    it(`may be ${name}`, () => assert.equal(wrongVariable(name), undefined));

  const wrong: readonly (readonly [entry: string, why: RegExp])[] = [
    ['API_TOKEN=abc123', /^"API_TOKEN" is to be named without a value/],
    ['', /^an entry is empty$/],
    ['  ', /^an entry is empty$/],
    ['$HOME', /^"\$HOME" is to be written as the plain name/],
    ['DB_*', /^"DB_\*" is to be written as the plain name/],
    ['%PATH%', /plain name/],
    ['A B', /^"A B" is no name of a variable$/],
    ['A\nB', /^"A B" is no name of a variable$/],
    ['VSCODE_IPC_HOOK_CLI', /leads into your editor/],
    ['ELECTRON_RUN_AS_NODE', /leads into your editor/],
    ['Anthropic_Api_Key', /model's own key and address are kept/],
    ['PARALLEL_AGENTS_SLOT', /sets it itself/],
    ['GIT_DIR', /leads Git out of the agent's copy/],
  ];
  for (const [entry, why] of wrong)
    it(`is not ${JSON.stringify(entry)}, and that is said`, () => {
      const words = wrongVariable(entry) ?? '';
      assert.match(words, why);
      assert.doesNotMatch(words, /abc123/);
    });
});

describe('a variable that a failed check missed', () => {
  const withheld = ['DATABASE_URL', 'DB', 'DISPLAY', 'my_var', 'ANTHROPIC_API_KEY', 'name'];
  const cases: readonly (readonly [command: string, output: string, named: readonly string[]])[] = [
    ['test -n "$DATABASE_URL"', '', ['DATABASE_URL']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's, not ours
    ['test -n "${DB:-}"', '', ['DB']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's, not ours
    ['echo $my_var ${#name}', '', ['my_var', 'name']],
    ['npm test', 'Error: DATABASE_URL is not set', ['DATABASE_URL']],
    ['npm test', "KeyError: 'DISPLAY'", ['DISPLAY']],
    ['printenv DISPLAY', '', ['DISPLAY']],
    ['npm test', "KeyError: 'my_var'", ['my_var']],
    ['npm test', 'name is wrong, DB is down', []],
    ['echo $DATABASE_URLS $my_variable', 'TEST_DATABASE_URL DATABASE_URL2', []],
  ];
  for (const [command, output, named] of cases)
    it(`is ${named.join(', ') || 'none'} in ${JSON.stringify([command, output])}`, () => {
      const words = describeMissed({ command, output }, withheld) ?? '';
      if (named.length === 0) return assert.equal(words, '');
      assert.ok(
        words.startsWith(`${named.join(', ')} ${named.length === 1 ? 'is' : 'are'} set where`),
        words,
      );
      assert.match(words, /parallelAgents\.commands\.env/);
    });

  it('is told to be kept from checks where no setting could give it', () => {
    const words = describeMissed({ command: 'test $ANTHROPIC_API_KEY', output: '' }, withheld) ?? '';
    assert.match(words, /^ANTHROPIC_API_KEY is never given to checks: /);
    assert.doesNotMatch(words, /commands\.env/);
  });

  it('is one of five, and the rest are counted', () => {
    const many = Array.from({ length: 8 }, (_, at) => `VAR_${at}`);
    assert.match(
      describeMissed({ command: 'x', output: many.join(' ') }, many) ?? '',
      /VAR_4 and 3 more are set/,
    );
  });
});
