// Which files a check judges by: tests, the answers kept beside them, and what says which of them are run.

export type ProofFile = 'test' | 'snapshot' | 'configuration';

/** Folders that hold tests, whatever the files in them are called. */
const testFolders = new Set(
  'test tests __tests__ spec specs __specs__ e2e testing cypress integration-tests'.split(' '),
);

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

/** By name alone; undefined for a file that no check judges by as such. */
export function proofFileOf(path: string): ProofFile | undefined {
  const names = path.split('/');
  const name = names.at(-1) ?? '';
  const folders = names.slice(0, -1);
  if (configurationNames.some((pattern) => pattern.test(name))) return 'configuration';
  if (snapshotNames.some((pattern) => pattern.test(name))) return 'snapshot';
  const inTests = folders.some((folder) => testFolders.has(folder.toLowerCase()));
  const isAnswers = (folder: string) =>
    snapshotFolders.test(folder) || (inTests && answerFolders.test(folder));
  if (folders.some(isAnswers)) return 'snapshot';
  return isTestByName(name) || inTests ? 'test' : undefined;
}

/** Is it a test by what it is called, not only by where it lies? */
export function isTestByName(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return testNames.some((pattern) => pattern.test(name));
}
