// Which files a check judges by: tests, the answers kept beside them, and what says which of them are run, and how.
import { isLockfile } from '../guardrails/lockfiles';

/**
 * `test`, `snapshot` and `configuration` are a check's alone. `support` is what tests most likely read; `settings` (of
 * compilers, linters, bundlers) and `manifest` decide more than what is proved: only a trial shows whether they were bent.
 */
export type ProofFile = 'test' | 'snapshot' | 'configuration' | 'support' | 'settings' | 'manifest';

/** Folders that hold tests, whatever the files in them are called. */
const testFolders =
  /^(?:(?:integration|unit|e2e|functional|acceptance|system|api|smoke|browser)[-_.]?)?(?:tests?|specs?)$|^__(?:tests?|specs?)__$|^(?:e2e|testing|cypress)$/i;
/** What tests read, and what they put in place of the real. */
const supportFolders =
  /^(?:cassettes|fixtures?|__fixtures__|__mocks__|mocks|testdata|test[-_](?:data|support|helpers?|utils?|fixtures?))$/i;
/** Data that tests compare with. */
const compared =
  /^(?:expected|expectations?|baselines?|references?|goldens?|snapshots?|approvals?|approved)$/i;
const codeNames = /\.(?:[cm]?[jt]sx?|vue|svelte|py|rb|go|rs|java|kt|cs|php|c|cc|cpp|h|swift|scala|ex|exs)$/i;
/** Code that only tests use, by what it is called where it does not lie among sources. */
const judgeNames =
  /^(?:custom[-_.]?)?(?:expect|assert(?:ion|ions|s)?|matchers?|harness)\.[^.]+$|^tests?[-_]?(?:helpers?|utils?|kit|lib|support|harness|data|env)\.[^.]+$/i;
const supportNames =
  /^(?:expected|golden|baseline|fixtures?)(?:[._-][^/]*)?\.[^.]+$|[._-](?:expected|golden|baseline|fixtures?|mock)\.[^.]+$/i;

/** `sum.test.ts`, `sum_test.go`, `test_sum.py`, `SumTest.java`, `tests.py`, `sum.t`, `sum.bats`. */
const testNames = [
  /[._-](?:test|tests|spec|specs|e2e|cy|it)\.[^.]+$/i,
  /^(?:test|tests|spec|specs)(?:[._-].*)?\.[^.]+$/i,
  /[a-z0-9](?:Test|Tests|TestCase|Spec|Specs|IT)\.[^.]+$/,
  /\.(?:t|bats|feature)$/,
];

const snapshotNames = [
  /\.(?:snap|snapshot|ambr|golden|approved|verified)$/i,
  /\.(?:golden|approved|verified|expected|snap)\.[^.]+$/i,
];
const snapshotFolders = /^(?:__snapshots__|__image_snapshots__|.+-snapshots)$/i;
/** They hold answers where they lie among tests, and anything elsewhere. */
const answerFolders = /^(?:snapshots?|goldens?|approvals)$/i;

/** What the tools of tests read before they run any. */
const configurationNames = [
  /^(?:jest|vitest|karma|playwright|cypress|ava|wdio|protractor|nightwatch|testcafe|web-test-runner|jasmine|stryker)[.-](?:config|conf|workspace|projects|setup)[^/]*$/i,
  /^\.(?:mocharc|nycrc|c8rc|taprc|coveragerc|rspec|rspec-local|simplecov|tarpaulin)(?:\..+)?$/i,
  /^(?:vitest\.(?:workspace|setup)|jest\.setup|setup-?tests?|test-?setup|nyc\.config|c8\.config)[^/]*$/i,
  /^(?:pytest\.ini|\.pytest\.ini|tox\.ini|noxfile\.py|conftest\.py|nose2?\.cfg|unittest\.cfg)$/i,
  /^(?:phpunit\.xml(?:\.dist)?|phpunit\.dist\.xml|pest\.php|codeception\.ya?ml|behat\.ya?ml)$/i,
  /^(?:spec_helper|rails_helper|test_helper)\.(?:rb|exs)$/i,
  /^(?:nextest\.toml|tarpaulin\.toml|testng\.xml|junit-platform\.properties|xunit\.runner\.json|.+\.runsettings)$/i,
  /^(?:dart_test\.yaml|ctesttestfile\.cmake|jasmine\.json|\.?codecov\.ya?ml)$/i,
];

const sources = /(?:^|\/)(?:src|lib|app|sources?|public|dist|pkg|cmd|internal|components|pages)\//i;
const anySettings = /^[^/]+\.(?:config|conf|setup|preset|workspace|options|settings)\.[^.]+$/i;
const knownSettings =
  /^(?:vite|vitest|webpack|rollup|esbuild|tsup|swc|babel|postcss|eslint|prettier|stylelint|commitlint|metro|rspack|rsbuild|snowpack|parcel|next|nuxt|astro|svelte|jest|karma|cypress|playwright|wallaby|tsd|knip)\./i;

/** What other tools go by that a check may run, or be run by. */
const settingsNames = [
  /^\.[\w-]+rc(?:\..+)?$/i,
  /^\.(?!git|npm|docker|vercel|helm|gcloud)[\w-]+ignore$/i,
  /^(?:ts|js|pyright)config(?:[.-][^/]*)?\.json$/i,
  /^\.?(?:biome|deno|turbo|nx|project|workspace|lerna|rush|angular|import[-_]?map|tslint|wallaby|vitest|karma|webpack)\.jsonc?$/i,
  /^(?:bunfig|ruff|clippy|rustfmt|mypy|pylint|pytype|bandit|taplo|typos|deny)\.toml$|^\.(?:ruff|rustfmt|clippy)\.toml$/i,
  /^\.?(?:mypy\.ini|flake8|pylintrc|pydocstyle|isort\.cfg|setup\.cfg|pycodestyle|yamllint|editorconfig|shellcheckrc|clang-tidy|clang-format)$/i,
  /^\.?(?:rubocop|golangci|swiftlint|detekt|phpstan|psalm|credo|scalafmt|scalafix|stylelint|markdownlint|pre-commit)[^/]*\.(?:ya?ml|neon(?:\.dist)?|xml|exs|conf|json|toml)$/i,
  /^(?:checkstyle|pmd|spotbugs|findbugs)[^/]*\.xml$/i,
  // A module in the folder that tests are run from goes before an installed one.
  /^(?:sitecustomize|usercustomize|pytest|_pytest|unittest|doctest|nose2?|coverage|hypothesis)\.py$/i,
];

/** By them programs find out what to run, and which packages to run it with. */
const manifestNames = [
  /^(?:package|composer|dub|bower)\.json$|^deno\.jsonc?$|^(?:pnpm-workspace|pubspec|stack)\.ya?ml$/i,
  /^(?:GNU|BSD)?makefile(?:\.[^/]+)?$|\.mk$|^\.?justfile$|\.just$|^taskfile\.(?:dist\.)?ya?ml$|^earthfile$|^snakefile$/i,
  /^(?:rake|grunt|gulp|jake|cake|dange?r|fast|just|gem|pip|brew|tilt|mage)file(?:\.[^/]+)?$|\.(?:rake|gemspec|podspec)$|^magefiles?\.go$/i,
  /^(?:build|settings|init)\.(?:gradle|sbt|zig|xml|sc|boot|clj|cake|ps1|fsx)(?:\.kts?)?$|\.gradle(?:\.kts)?$|^gradle\.properties$|\.versions\.toml$/i,
  /^(?:pom|ivy|build)\.xml$|^mix\.exs$|^rebar\.config$|\.cabal$|^project\.clj$|^deps\.edn$|^package\.swift$|^dune(?:-project)?$/i,
  /^(?:conanfile|wscript|waf)(?:\.py)?$|^pyproject\.toml$|^pipfile$|^(?:requirements|constraints)[\w.-]*\.txt$|^requirements$/i,
  /^cargo\.toml$|^go\.(?:mod|sum|work)$|^cmake(?:lists\.txt|presets\.json)$|\.cmake$|^meson(?:\.build|_options\.txt)$|^s(?:construct|conscript)$|^configure(?:\.ac)?$/i,
  /^(?:build|workspace|module)(?:\.bazel)?$|\.bzl$|\.(?:cs|fs|vb|vcx)proj$|\.slnx?$|^directory\.(?:build|packages)\.(?:props|targets)$|^global\.json$/i,
];

/** At the top only: elsewhere such modules have other tasks. */
const manifestsAtTop = /^(?:tasks|fabfile|dodo|setup)\.py$/i;

/** By name alone; undefined for a file that no check judges by as such. */
export function proofFileOf(path: string): ProofFile | undefined {
  const names = path.split('/');
  const name = names.at(-1) ?? '';
  const folders = names.slice(0, -1);
  if (configurationNames.some((pattern) => pattern.test(name))) return 'configuration';
  if (snapshotNames.some((pattern) => pattern.test(name))) return 'snapshot';
  const inTests = folders.some((folder) => testFolders.test(folder));
  const isAnswers = (folder: string) =>
    snapshotFolders.test(folder) || (inTests && answerFolders.test(folder));
  if (folders.some(isAnswers)) return 'snapshot';
  const isSource = isAmongSources(path);
  if (isTestByName(name) || (inTests && !(isSource && isOwnName(folders)))) return 'test';
  if (manifestNames.some((pattern) => pattern.test(name)) || manifestsAtTop.test(path) || isLockfile(path))
    return 'manifest';
  if (settingsNames.some((pattern) => pattern.test(name)) || knownSettings.test(name)) return 'settings';
  if (anySettings.test(name) && !isSource) return 'settings';
  if (/^docs?$/i.test(folders[0] ?? '')) return undefined;
  const isSupport =
    supportNames.test(name) ||
    (judgeNames.test(name) && !isSource) ||
    folders.some((folder) => supportFolders.test(folder));
  const isAnswer = !isCode(name) && folders.some((folder) => compared.test(folder));
  return isSupport || isAnswer ? 'support' : undefined;
}

/** Does it lie where what is tested does? There such names are most likely the project's own. */
export function isAmongSources(path: string): boolean {
  return sources.test(path);
}

/** Are the folders that seem to hold tests called so for what the project is about, such as `src/spec`? */
function isOwnName(folders: readonly string[]): boolean {
  return !folders.some((folder) => testFolders.test(folder) && !/^(?:specs?|testing)$/i.test(folder));
}

/** Is it a test by what it is called, not only by where it lies? */
export function isTestByName(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return testNames.some((pattern) => pattern.test(name));
}

export function isCode(path: string): boolean {
  return codeNames.test(path);
}

/** What nothing runs, and nothing obeys because of where it lies. */
export function isData(path: string): boolean {
  return /\.(?:json5?|jsonl|ndjson|txt|csv|tsv|xml|html?|md|sql|svg|ya?ml|toml|log|snap|golden|expected|out|in|dat|diff|patch)$/i.test(
    path,
  );
}
