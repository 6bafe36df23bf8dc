// Which files are not an agent's to write.
import { strict as assert } from 'node:assert';
import { protection } from '../../../src/adapters/files/protectedPaths';

const protectedFiles = [
  ...[
    '.git',
    '.git/config',
    '.git/hooks/pre-commit',
    'vendor/lib/.git',
    'vendor/lib/.git/HEAD',
    '.GIT/config',
    '.g\u200cit/config',
  ],
  ...[
    '.vscode/settings.json',
    '.vscode/tasks.json',
    'packages/a/.vscode/launch.json',
    '.VSCode/mcp.json',
    '.v\u017fcode/tasks.json',
  ],
  ...[
    'app.code-workspace',
    'sub/App.Code-Workspace',
    '.parallel-agents/agents.db',
    '.parallel-agents/prompts/a.md',
  ],
  ...[
    'features.json',
    'Features.JSON',
    'offline-script.json',
    '.claude/settings.json',
    '.cursor/mcp.json',
    '.codex/config.toml',
  ],
  ...[
    '.gemini/settings.json',
    '.mcp.json',
    'sub/.mcp.json',
    '.husky/pre-commit',
    '.envrc',
    'sub/.envrc',
    '.devcontainer/devcontainer.json',
  ],
];

const free = [
  ...[
    'AGENTS.md',
    'CLAUDE.md',
    '.gitignore',
    '.gitattributes',
    '.github/workflows/ci.yml',
    'src/git/a.ts',
    'a.git/b',
  ],
  ...[
    'src/features.json',
    'vscode/settings.json',
    '.env.example',
    'src/code-workspace.ts',
    'constructor',
    '__proto__',
    'toString/x',
  ],
];

describe('protectedPaths', () => {
  for (const file of protectedFiles) {
    it(`protects ${JSON.stringify(file)}`, () =>
      assert.match(protection(file) ?? '', /^(belongs|holds|tells|is) /));
  }
  for (const file of free) {
    it(`leaves ${file} to agents`, () => assert.equal(protection(file), undefined));
  }
});
