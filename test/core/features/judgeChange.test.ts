// When an agent may change a file: freely, with the user's approval, or not at all, by what its feature declares.
import { strict as assert } from 'node:assert';
import { judgeChange } from '../../../src/core/features/judgeChange';
import { isSecret } from '../../../src/core/guardrails/secretFiles';

/** Path, what the feature declares, and whether that is enough to change it with the user's approval. */
const declaring: readonly (readonly [string, readonly string[], boolean])[] = [
  ['AGENTS.md', [], false],
  ['AGENTS.md', ['src/**', 'AGENTS.md'], true],
  ['AGENTS.md', ['./AGENTS.md'], true],
  ['AGENTS.md', ['agents.md'], true],
  ['AGENTS.md', ['packages/a/AGENTS.md'], false],
  ['packages/a/AGENTS.md', ['AGENTS.md'], false],
  ['packages/a/AGENTS.md', ['packages/*/AGENTS.md'], true],
  ['packages/a/AGENTS.md', ['**/AGENTS.md'], true],
  ['packages/a/AGENTS.md', ['packages\\a\\AGENTS.md'], true],
  ...['**', '*', '*.md', 'A*', './', '{AGENTS,CLAUDE}.md', '[A]GENTS.md', 'AGENTS.md/../**'].map(
    (glob) => ['AGENTS.md', [glob], false] as const,
  ),
  ['.github/workflows/ci.yml', ['.github/workflows/**'], true],
  ['.github/workflows/ci.yml', ['.github/workflows/'], true],
  ['.github/workflows/ci.yml', ['.github/workflows'], true],
  ['.github/workflows/ci.yml', ['.github/workflows/*.yml'], true],
  ['.github/workflows/ci.yml', ['.github/workflows/ci.yml'], true],
  ['.github/workflows/ci.yml', ['.github/workflows/cd.yml'], false],
  ['.github/workflows/ci.yml', ['.github/**'], false],
  ['.github/workflows/ci.yml', ['**/*.yml'], false],
  ['.github/workflows/ci.yml', ['sub/.github/workflows/**'], false],
  ['lefthook.yml', ['lefthook.*'], true],
  ['lefthook.yml', ['lefthook*'], false],
  ['.clinerules/a.md', ['.clinerules/**'], true],
];

describe('judging a change', () => {
  for (const [path, files, isEnough] of declaring)
    it(`${isEnough ? 'takes' : 'does not take'} ${JSON.stringify(files)} for a declaration of ${path}`, () =>
      assert.equal(judgeChange(path, files, isSecret).kind, isEnough ? 'approval' : 'denied'));

  it('names the mend where a declaration would help', () => {
    assert.deepEqual(judgeChange('a/AGENTS.md', ['**'], isSecret), {
      kind: 'denied',
      message:
        '"a/AGENTS.md" tells other coding agents what to do; only a feature that declares it may change it. ' +
        'To allow that, add "a/AGENTS.md" to the feature\'s "files" in the backlog.',
    });
  });

  it('never allows what no agent may write, declared or not', () => {
    for (const path of [
      '.git/config',
      '.vscode/tasks.json',
      '.npmrc',
      'node_modules/a/b.js',
      '.claude/CLAUDE.md',
    ])
      assert.match(messageOf(path, [path, '**']), /; agents do not write it\.$/, path);
  });

  it('leaves secrets to the user, in the same words for one that is there and one that is not', () => {
    assert.equal(
      messageOf('.env', ['.env']),
      '".env" may hold secrets, so agents neither read nor write it; leave it to the user.',
    );
  });

  it('lets every other file be changed', () => {
    for (const path of ['src/a.ts', '.gitignore', 'package.json', '.env.example'])
      assert.deepEqual(judgeChange(path, [], isSecret), { kind: 'free' });
  });
});

function messageOf(path: string, files: readonly string[]): string {
  const verdict = judgeChange(path, files, isSecret);
  return verdict.kind === 'denied' ? verdict.message : verdict.kind;
}
