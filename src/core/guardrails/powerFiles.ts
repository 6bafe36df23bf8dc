// Files that have power over the user's machine, over other tools or over the run itself: one table, each with its reason.
import { lenientName } from '../shared/lenientName';

/** What a path has power over, and what an agent may do about it. */
export interface PowerFile {
  /** `never`: not an agent's to write. `declared`: only for a feature that names it, and with the user's approval. */
  readonly may: 'never' | 'declared';
  /** The end of a sentence that begins with the path. */
  readonly why: string;
  /** The names in the path that make it one, and how the table writes them: `.github/workflows`. */
  readonly names: readonly string[];
  readonly pattern: readonly string[];
}

/**
 * The patterns stand apart by white space. Each is a name, or names in a row, wherever they lie, with all that is below;
 * `/` before them means the top of the workspace only, and `*` any end or beginning of a name. By name alone, so that what
 * does not exist yet counts as well.
 *
 * `never` is what runs without anyone looking at it, and what no feature is about. `declared` is what people do have
 * written: it is read by other machines and other agents, or run at the next commit or install.
 */
const table: readonly (readonly [PowerFile['may'], string, string])[] = [
  [
    'never',
    'belongs to Git, which runs what it finds there',
    `
      .git
    `,
  ],
  [
    'never',
    'tells Git what to run or where to fetch from',
    `
      .gitconfig .gitmodules .gitattributes .lfsconfig
    `,
  ],
  [
    'never',
    'holds hooks that Git runs',
    `
      .githooks .git-hooks .husky
    `,
  ],
  [
    'never',
    'belongs to version control, which runs what its settings name',
    `
      .hg .hgsub .hgsubstate .svn .bzr .jj .sl .pijul _darcs .fossil-settings
    `,
  ],
  [
    'never',
    'belongs to Parallel Agents',
    `
      .parallel-agents
    `,
  ],
  [
    'never',
    'is the backlog',
    `
      /features.json
    `,
  ],
  [
    'never',
    "is the offline model's script",
    `
      /offline-script.json
    `,
  ],
  [
    'never',
    'tells an editor what to run',
    `
      .vscode .vscode-server .vs .idea .zed .fleet .nova .devcontainer .devcontainer.json *.code-workspace
      *.sublime-project .dir-locals.el .dir-locals-2.el .exrc .nvimrc .nvim.lua .vimrc .lvimrc .vim
      .local.vimrc .lazy.lua .neoconf.json .nvim-dap.json .vimspector.json .ycm_extra_conf.py .helix .kakrc
      .theia .idx .codesandbox .gitpod.yml .gitpod.dockerfile .replit .project .externalToolBuilders .settings
      nbproject .void .factorypath .luarc.json .luarc.jsonc .solargraph.yml
    `,
  ],
  // The settings of OpenCode and Crush name servers and commands to start; they are no instructions.
  [
    'never',
    'tells a coding agent what to run',
    `
      .claude .claude.json .cursor .codex .gemini .windsurf .continue .roo .cline .kilocode .opencode
      .amazonq .kiro .junie .qwen .trae .augment .crush .goose .factory .openhands .amp .pi .warp .mcp
      .aider.conf.yml
      .aider.conf.yaml .continuerc.json mcp.json .mcp.json mcp_settings.json cline_mcp_settings.json
      claude_desktop_config.json opencode.json opencode.jsonc .opencode.json .opencode.jsonc crush.json
      .crush.json .devin .codebuddy .copilot .firebender firebender.json .zencoder .rovodev .antigravity .kilo
      .grok .codeium .sourcegraph .claude-plugin .tabnine .pearai .ruler .gitlab/duo .github/mcp.json
    `,
  ],
  [
    'never',
    'is run by the shell that enters the folder',
    `
      .envrc .direnv .rvmrc .shadowenv.d .autoenv .autoenv.zsh .autoenv_leave.zsh .smartcd .powrc .powenv
    `,
  ],
  [
    'never',
    'tells npm where packages come from and which shell runs their scripts',
    `
      .npmrc
    `,
  ],
  [
    'never',
    'tells a package manager where packages come from',
    `
      .yarnrc pip.conf pip.ini
    `,
  ],
  [
    'never',
    'holds installed packages, which run unseen; list them in the manifest instead',
    `
      node_modules site-packages .venv pyvenv.cfg .eggs bower_components vendor/bundle
    `,
  ],
  [
    'never',
    'is run by Python whenever it starts',
    `
      *.pth
    `,
  ],
  [
    'declared',
    'tells other coding agents what to do',
    `
      AGENTS.md AGENTS.override.md AGENT.md CODEBUDDY.md CLAUDE.md CLAUDE.local.md GEMINI.md QWEN.md WARP.md CRUSH.md
      JULES.md SKILL.md replit.md .agents .agent .rules .goosehints .augment-guidelines .cursorrules .windsurfrules .clinerules*
      .voidrules .openhands_instructions .roorules* .roomodes .kilocoderules* .kilocodemodes .continuerules .aiassistant
      .github/copilot-instructions.md .github/instructions .github/prompts .github/agents
      .github/git-commit-instructions.md .github/chatmodes .github/skills .github/hooks .coderabbit.* .sourcery.yaml .sweep.yaml sweep.yaml greptile.json
    `,
  ],
  [
    'declared',
    'tells other coding agents what to leave alone',
    `
      .cursorignore .cursorindexingignore .aiignore .aiexclude .geminiignore .clineignore .rooignore
      .codeiumignore .continueignore .aiderignore .augmentignore
    `,
  ],
  [
    'declared',
    'tells a build server what to run, with the keys it holds',
    `
      .github/workflows .github/actions .gitea/workflows .forgejo/workflows .gitlab-ci.* .gitlab/ci
      .circleci azure-pipelines.* .azure-pipelines .azuredevops Jenkinsfile Jenkinsfile.* .jenkins
      .travis.yml appveyor.yml .appveyor.yml bitbucket-pipelines.yml .buildkite .drone.* .woodpecker
      .woodpecker.* .cirrus.* .semaphore .teamcity cloudbuild.yaml cloudbuild.yml cloudbuild.json
      buildspec.yml buildspec.yaml codemagic.yaml .builds .build.yml .tekton .zuul.* .zuul.d zuul.yaml zuul.d
      screwdriver.yaml wercker.yml bitrise.yml
    `,
  ],
  [
    'declared',
    'decides who must look at a change',
    `
      CODEOWNERS .github/settings.yml .github/settings.yaml .mergify.* .mergify .github/mergify.* .kodiak.toml
      .github/.kodiak.toml bors.toml .github/bors.toml .policy.yml
    `,
  ],
  [
    'declared',
    'names commands that Git runs at a commit',
    `
      .pre-commit-config.* .pre-commit-hooks.* prek.toml lefthook.* .lefthook.* .lefthook lefthook-local.*
      .lefthook-local.* .lefthook-local .lintstagedrc* lint-staged.config.* .huskyrc* husky.config.*
      simple-git-hooks.* .simple-git-hooks.* .overcommit.yml captainhook.json grumphp.yml grumphp.dist.yml
      hk.pkl .trunk
    `,
  ],
  [
    'declared',
    'is run by the package manager or build tool at every call',
    `
      .pnpmfile.cjs .pnpmfile.mjs pnpmfile.js .yarnrc.yml .yarn/releases .yarn/plugins .pnp.cjs .pnp.js
      .pnp.loader.mjs bunfig.toml .cargo .bundle .mvn gradle/wrapper gradlew gradlew.bat mvnw mvnw.cmd
      .bazelrc .bazeliskrc tools/bazel .jvmopts .sbtopts .mill-jvm-opts rust-toolchain rust-toolchain.toml sitecustomize.py
      usercustomize.py
    `,
  ],
  [
    'declared',
    'tells a package manager where packages come from, or whose scripts it runs',
    `
      pnpm-workspace.yaml uv.toml nuget.config
    `,
  ],
  [
    'declared',
    'is run by the shell of a language or database that is started beside it',
    `
      .Rprofile .Renviron .irbrc .pryrc .pdbrc .psqlrc .sqliterc .ghci .ocamlinit ipython_config.py
    `,
  ],
  [
    'declared',
    'sets up the shell or the tools of whoever enters the folder',
    `
      mise.toml .mise.toml mise.*.toml .mise.*.toml .mise .config/mise .tool-versions shell.nix flake.nix
      devenv.nix devbox.json replit.nix .bashrc .profile .bash_profile
      .bash_login .bash_aliases .zshrc .zshenv .zprofile .zlogin .cshrc .tcshrc .config/fish .ripgreprc
      .gdbinit .lldbinit
    `,
  ],
];

interface Row extends Omit<PowerFile, 'names'> {
  readonly atTop: boolean;
}

const rows: readonly Row[] = table.flatMap(([may, why, patterns]) =>
  patterns
    .trim()
    .split(/\s+/)
    .map((text) => {
      const pattern = text.replace(/^\//, '').split('/').map(lenientName);
      return { may, why, pattern, atTop: text.startsWith('/') };
    }),
);

/** Rows by their first name, as far as that has no `*`; a walk through a large folder asks for every file in it. */
const byName = new Map<string, Row[]>();
const byWildcard: Row[] = [];
for (const row of rows) {
  const [first = ''] = row.pattern;
  if (first.includes('*')) byWildcard.push(row);
  else byName.set(first, [...(byName.get(first) ?? []), row]);
}
const anyWildcard = new RegExp(
  byWildcard.map(({ pattern }) => expression(pattern[0] ?? '').source).join('|'),
);

/**
 * What Windows makes of a name that is too long for it or begins with a dot: `.git` is also `GIT~1`. Which file such a
 * name stands for depends on what lies beside it, and no one names a file so.
 */
const shortName = /^(?=[^.]{3,8}(\.|$))[^.~ ]{1,6}~\d{1,6}(\.[^. ]{1,3})?$/;
const shortNameWhy = 'is named like a short name of Windows, which may stand for another file';

/** What power `path` (with `/` between names) has; undefined for an ordinary file. The strictest row counts. */
export function powerOf(path: string): PowerFile | undefined {
  const names = path.split('/');
  const lenient = names.map(lenientName);
  let found: PowerFile | undefined;
  for (const [at, name] of lenient.entries()) {
    if (shortName.test(name))
      return { may: 'never', why: shortNameWhy, pattern: [name], names: names.slice(at, at + 1) };
    const candidates = [...(byName.get(name) ?? []), ...(anyWildcard.test(name) ? byWildcard : [])];
    for (const { atTop, pattern, may, why } of candidates) {
      const fits = pattern.every((part, k) => isNamedBy(part, lenient[at + k]));
      if (!fits || (atTop && lenient.length > 1)) continue;
      const power = { may, why, pattern, names: names.slice(at, at + pattern.length) };
      if (may === 'never') return power;
      found ??= power;
    }
  }
  return found;
}

function isNamedBy(part: string, name: string | undefined): boolean {
  return name !== undefined && (part.includes('*') ? expression(part).test(name) : part === name);
}

function expression(part: string): RegExp {
  const escaped = part.split('*').map((piece) => piece.replace(/[.+?^$()[\]{}|\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`);
}
