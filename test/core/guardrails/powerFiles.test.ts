// The table of files that have power over the machine, over other tools or over the run, and what it leaves alone.
import { strict as assert } from 'node:assert';
import { powerOf } from '../../../src/core/guardrails/powerFiles';

const never = `
  .git | .git/config | .git/hooks/pre-commit | vendor/lib/.git | vendor/lib/.git/HEAD | GIT~1/config
  .gitconfig | .gitmodules | .gitattributes | sub/.gitattributes | .githooks/pre-push | .husky/pre-commit
  .hg/hgrc | .svn/x | .parallel-agents/agents.db | .parallel-agents/prompts/a.md
  features.json | offline-script.json | .vscode/settings.json | packages/a/.vscode/launch.json | .idea/x.xml
  .devcontainer/devcontainer.json | .devcontainer.json | app.code-workspace | sub/a.sublime-project | .nvim.lua
  .claude/settings.json | .claude/CLAUDE.md | .cursor/mcp.json | .cursor/rules/a.mdc | .codex/config.toml
  .gemini/settings.json | .roo/mcp.json | .kiro/hooks/a | .junie/guidelines.md | .aider.conf.yml
  mcp.json | .mcp.json | sub/.mcp.json | opencode.json | .opencode.json | sub/.opencode.jsonc | crush.json
  .envrc | sub/.envrc | .npmrc | packages/a/.npmrc | .yarnrc
  node_modules | node_modules/new/index.js | packages/a/node_modules/.bin/x | node_modules/x/AGENTS.md | .venv/bin/python
  .idx/dev.nix | .theia/tasks.json | .codesandbox/tasks.json | .gitpod.yml | .replit | .helix/languages.toml | .lazy.lua
  .neoconf.json | .nvim-dap.json | .vimspector.json | .local.vimrc | sub/.ycm_extra_conf.py | .kakrc
  .amp/settings.json | .pi/settings.json | .warp/x.yaml | .mcp/config.json | .direnv/bin/x
  .lfsconfig | .sl/config | .pijul/config | _darcs/prefs/defaults | .fossil-settings/x | .project | nbproject/project.xml
  .externalToolBuilders/a.launch | .settings/org.eclipse.core.prefs | .void/tasks.json | .devin/rules | firebender.json
  .codebuddy/settings.json | .copilot/mcp-config.json | .rovodev/config.yml | .grok/settings.json | .sourcegraph/cody.json
  .hgsub | .factorypath | sub/.luarc.json | .solargraph.yml | .claude-plugin/plugin.json | .ruler/ruler.toml
  .gitlab/duo/mcp.json | .github/mcp.json | .tabnine/mcp_servers.json | .rvmrc | sub/.autoenv.zsh | .shadowenv.d/x.lisp
  env/pyvenv.cfg | evil.pth | .pth | .eggs/x | bower_components/x.js | vendor/bundle/x.rb
  VSCODE~1/tasks.json | NODE_M~1/x.js | sub/CLAUDE~2/settings.json | MCP~1.JSO | GI4F2A~1/config
`;

const declared = `
  AGENTS.md | packages/a/AGENTS.md | AGENTS.override.md | CLAUDE.md | CLAUDE.local.md | GEMINI.md | QWEN.md | WARP.md
  .cursorrules | .windsurfrules | .clinerules | .clinerules/a.md | .clinerules-code | .roomodes | .goosehints | .rules
  .github/copilot-instructions.md | .github/instructions/a.instructions.md | .agents/skills/a/SKILL.md | .cursorignore
  .github/workflows/ci.yml | sub/.github/workflows/a/b.yml | .github/actions/x/action.yml | .gitlab-ci.yml
  .circleci/config.yml | azure-pipelines.yml | Jenkinsfile | Jenkinsfile.release | .travis.yml | bitbucket-pipelines.yml
  CODEOWNERS | .github/CODEOWNERS | .pre-commit-config.yaml | lefthook.yml | .config/lefthook.toml | .lefthook.json
  lefthook-local.yml | .lintstagedrc | .lintstagedrc.json | lint-staged.config.mjs | simple-git-hooks.cjs | hk.pkl
  .pnpmfile.cjs | .yarnrc.yml | .yarn/releases/yarn.cjs | .pnp.cjs | bunfig.toml | .cargo/config.toml | .mvn/jvm.config
  gradlew | gradle/wrapper/gradle-wrapper.properties | mise.toml | .bashrc | .config/mise/config.toml
  replit.md | .agent/rules/x.md | .Rprofile | .irbrc | .pryrc | .psqlrc | .sqliterc | pnpm-workspace.yaml | uv.toml
  CODEBUDDY.md | .coderabbit.yaml | .sourcery.yaml | greptile.json | .jvmopts | .sbtopts | rust-toolchain.toml | .ghci
  .ocamlinit | ipython_config.py | JULES.md | .voidrules | .github/git-commit-instructions.md | .tekton/push.yaml
  zuul.d/jobs.yaml | .zuul.yaml | bitrise.yml | .github/settings.yml | .mergify.yml | .github/mergify.yml | bors.toml
  .trunk/trunk.yaml | .bazeliskrc | tools/bazel
  NuGet.Config | .tool-versions | shell.nix | flake.nix
`;

const free = `
  src/a.ts | src/git/a.ts | a.git/b | src/features.json | docs/offline-script.json | vscode/settings.json | .gitignore
  .ignore | sub/.gitignore | .dockerignore | Dockerfile | Makefile | package.json | package-lock.json | README.md
  .github/ISSUE_TEMPLATE/bug.md | .github/dependabot.yml | workflows/ci.yml | github/workflows/a.yml | docs/agents.ts
  MY_AGENTS.md | AGENTS.mdx | AGENTS | src/mcp.json.ts | code-workspace | lefthook | config/lefthooks.yml | hooks/x.ts
  .eslintrc.json | .prettierrc | tsconfig.json | .env.example | constructor | __proto__ | toString/x | hasOwnProperty
  settings/a.ts | src/project.ts | project/build.sbt | void.ts | toolchain.toml | gradle.properties | pyproject.toml
  tools/bazel.md | src/zuul.ts | settings.yml | .github/settings.md | trunk/a.ts | bazel | .gitlab/a.md
  a.b~1 | ~1 | draft~10.html | chapter~one.md | vendor/lib/bundle.js | models/pth | idx/a.ts | replit.ts
`;

const list = (text: string) =>
  text.split(/[|\n]/).flatMap((path) => (path.trim() === '' ? [] : [path.trim()]));

describe('power files', () => {
  for (const path of list(never))
    it(`never lets an agent write ${path}`, () => assert.equal(powerOf(path)?.may, 'never'));
  for (const path of list(declared))
    it(`wants ${path} declared`, () => assert.equal(powerOf(path)?.may, 'declared'));
  for (const path of list(free)) it(`leaves ${path} to agents`, () => assert.equal(powerOf(path), undefined));

  it('gives each its reason, as the end of a sentence', () => {
    for (const path of list(never + declared))
      assert.match(powerOf(path)?.why ?? '', /^(belongs|holds|tells|is|names|decides|sets) .*[^.]$/, path);
  });

  it('reads names as the most lenient file system does', () => {
    const twins = [
      '.GIT/config',
      '.g\u200cit/config',
      '.git./config',
      '.git /config',
      '.git::$INDEX_ALLOCATION/config',
      '.VSCode/mcp.json',
      '.v\u017fcode/tasks.json',
      'App.Code-Workspace',
      'Features.JSON',
      '.NPMRC',
      '.npmrc. ',
      'agents.MD',
      'AGENTS.md.',
      'AGENTS.md ',
      'AGENTS.md::$DATA',
      'A\u200dGENTS.md',
      '.GitHub/Workflows/ci.yml',
      'LEFTHOOK.yml',
      '.\u212airo/hooks/a',
      'Node_Modules/x.js',
    ];
    for (const path of twins) assert.ok(powerOf(path), JSON.stringify(path));
  });

  it('names the part of the path that makes it one', () => {
    assert.deepEqual(powerOf('a/.github/Workflows/ci.yml')?.names, ['.github', 'Workflows']);
    assert.deepEqual(powerOf('a/lefthook.yml')?.pattern, ['lefthook.*']);
  });
});
