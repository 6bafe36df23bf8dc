// The table of what makes a check prove less, and of what does not.
import { strict as assert } from 'node:assert';
import { type ProvedChange, weakenings } from '../../../src/core/proof/weakenings';

type Texts = Readonly<Record<string, readonly [before: string | null, after: string | null]>>;

const flagged = (command: string, texts: Texts, declared: readonly string[] = []) =>
  weakenings(
    command,
    Object.entries(texts).map(
      ([path, [before, after]]): ProvedChange => ({
        path,
        before,
        after,
        isDeclared: declared.includes(path),
      }),
    ),
  ).map(({ path, why }) => `${path} ${why}`);

const js = (body: string) => `import test from 'node:test';\n${body}\n`;
const sum = "test('sum', () => {\n  assert.equal(sum(1, 2), 3);\n});";
const more = "test('more', () => {\n  assert.equal(sum(2, 2), 4);\n});";
const manifest = (scripts: object, rest: object = {}) => JSON.stringify({ name: 'x', scripts, ...rest });
const make = (test: string, other = 'cp x y', value = '1') =>
  `V = ${value}\n.PHONY: test\ndeploy:\n\t${other}\ntest: unit lint\n\techo ok\nunit:\n\t${test}\nlint: ; eslint .\n`;

describe('what makes a check prove less', () => {
  const cases: readonly (readonly [fact: string, command: string, texts: Texts, says: string])[] = [
    [
      'a test deleted',
      'node --test',
      { 'sum.test.js': [js(sum), null] },
      'sum.test.js is a test, and was deleted',
    ],
    [
      'a test of an unknown language deleted',
      'make',
      { 't/sum.t': ['ok(1)', null] },
      't/sum.t is a test, and was deleted',
    ],
    [
      'a test moved to where nothing runs it',
      'node --test',
      { 'sum.test.js': [js(sum), null], 'old/sum.txt': [null, js(sum)] },
      'sum.test.js is a test, and was deleted',
    ],
    [
      'one of two tests taken out',
      'node --test',
      { 'sum.test.js': [js(sum + more), js(sum)] },
      'sum.test.js has 1 of its 2 tests no more',
    ],
    [
      'a test commented out',
      'node --test',
      { 'sum.test.js': [js(`${sum}\n${more}`), js(`${sum}\n/* ${more} */`)] },
      'sum.test.js has 1 of its 2 tests no more',
    ],
    ...(
      [
        ['sum.test.js', js(sum), js(sum.replace("'sum',", "'sum', { skip: true },"))],
        ['sum.test.js', js(sum), js(sum.replace('test(', 'test.skip('))],
        ['sum.test.js', js(sum), js(sum.replace('test(', 'test.only('))],
        ['sum.test.js', js(sum), js(`process.exit(0);\n${sum}`)],
        ['a/sum.spec.ts', js(sum.replace('test(', 'it(')), js(sum.replace('test(', 'xit(') + sum)],
        ['a/sum.spec.ts', `describe('a', () => {${sum}})`, `describe.skip('a', () => {${sum}})`],
        [
          'test_a.py',
          'def test_a():\n    assert f() == 1\n',
          '@pytest.mark.skip\ndef test_a():\n    assert f() == 1\n',
        ],
        [
          'test_a.py',
          'def test_a():\n    assert f() == 1\n',
          'def test_a():\n    pytest.skip("x")\n    assert f() == 1\n',
        ],
        [
          'a_test.go',
          'func TestA(t *testing.T) {\n\tt.Error(1)\n}\n',
          'func TestA(t *testing.T) {\n\tt.Skip()\n\tt.Error(1)\n}\n',
        ],
        ['src/a.rs', '#[test]\nfn a() { assert!(f()); }\n', '#[test]\n#[ignore]\nfn a() { assert!(f()); }\n'],
        [
          'src/test/java/ATest.java',
          '@Test void a() { assertTrue(f()); }',
          '@Disabled @Test void a() { assertTrue(f()); }',
        ],
        [
          'spec/a_spec.rb',
          'it "a" do\n  expect(f).to eq 1\nend\n',
          'xit "a" do\n  expect(f).to eq 1\nend\nit "b" do\nend\n',
        ],
        [
          'tests/ATest.php',
          'function testA() { $this->assertTrue(f()); }',
          'function testA() { $this->markTestSkipped(); $this->assertTrue(f()); }',
        ],
      ] as const
    ).map(
      ([path, before, after]) =>
        [
          'a test left out',
          'x',
          { [path]: [before, after] },
          `${path} has tests that are left out now`,
        ] as const,
    ),
    ...(
      [
        ['sum.test.js', js(sum), js("test('sum', () => {});")],
        ['sum.test.js', js(sum), js("test('sum', async function () { return; });")],
        ['sum.test.js', js(sum), js("test('sum', () => {\n  assert.ok(true);\n});")],
        [
          'sum.test.js',
          js(sum.replace('assert.equal(', 'expect(')),
          js("test('sum', () => {\n  expect(true).toBe(true);\n});"),
        ],
        ['tests/test_a.py', 'def test_a():\n    assert f() == 1\n', 'def test_a():\n    pass\n'],
        ['tests/test_a.py', 'def test_a():\n    assert f() == 1\n', 'def test_a():\n    assert True\n'],
        ['a_test.go', 'func TestA(t *testing.T) {\n\tt.Error(1)\n}\n', 'func TestA(t *testing.T) {\n}\n'],
      ] as const
    ).map(
      ([path, before, after]) =>
        [
          'a test emptied',
          'x',
          { [path]: [before, after] },
          `${path} has tests that cannot fail now`,
        ] as const,
    ),
    [
      'what is asserted taken out',
      'node --test',
      { 'sum.test.js': [js(sum), js("test('sum', () => {\n  sum(1, 2);\n});")] },
      'sum.test.js asserts nothing any more',
    ],
    [
      'a snapshot rewritten',
      'npx jest',
      { 'src/__snapshots__/a.test.ts.snap': ['exports[`a`] = `1`;', 'exports[`a`] = `2`;'] },
      'src/__snapshots__/a.test.ts.snap holds answers that tests compare with',
    ],
    [
      'a picture rewritten',
      'npx playwright test',
      { 'e2e/a.spec.ts-snapshots/a.png': ['', ''] },
      'e2e/a.spec.ts-snapshots/a.png holds answers that tests compare with',
    ],
    [
      'a golden file deleted',
      'go test ./...',
      { 'internal/testdata/a.golden': ['1', null] },
      'internal/testdata/a.golden holds answers that tests compare with',
    ],
    ...[
      'jest.config.js',
      'packages/a/vitest.config.ts',
      '.mocharc.yml',
      'pytest.ini',
      'tests/conftest.py',
      'tox.ini',
      'phpunit.xml',
      '.rspec',
      'playwright.config.ts',
      'src/setupTests.ts',
    ].map(
      (path) =>
        ['what configures tests', 'x', { [path]: ['a', 'b'] }, `${path} configures the tests`] as const,
    ),
    [
      'a new configuration',
      'npx jest',
      { 'jest.config.js': [null, 'x'] },
      'jest.config.js configures the tests',
    ],
    ...(
      [
        ['npm test --silent', { test: 'node --test' }, { test: 'exit 0 # node --test' }, '"test"'],
        ['npm t', { test: 'node --test' }, { test: 'true' }, '"test"'],
        ['CI=1 npm --prefix packages/a test', { test: 'node --test' }, { test: 'true' }, '"test"'],
        [
          'npm ci && npm run check',
          { check: 'npm run unit', unit: 'mocha' },
          { check: 'npm run unit', unit: 'true' },
          '"unit"',
        ],
        [
          'yarn verify',
          { verify: 'run-s test:*', 'test:a': 'mocha' },
          { verify: 'run-s test:*', 'test:a': ':' },
          '"test:a"',
        ],
        ['pnpm -r test', { test: 'vitest' }, { test: 'vitest', pretest: 'exit 0' }, '"pretest"'],
        ['npm test', {}, { test: 'exit 0' }, '"test"'],
        ['npm test', { test: 'node --test' }, {}, '"test"'],
        ['bash -c "cd a && npm run-script test"', { test: 'a' }, { test: 'b' }, '"test"'],
        ['turbo run test', { test: 'a' }, { test: 'b' }, '"test"'],
        ['node --run test', { test: 'a' }, { test: 'b' }, '"test"'],
      ] as const
    ).map(
      ([command, before, after, names]) =>
        [
          'a script that the check runs',
          command,
          { 'package.json': [manifest(before), manifest(after)] },
          `package.json says what the check runs: ${names}`,
        ] as const,
    ),
    [
      'a manifest that is none any more',
      'npm test',
      { 'package.json': [manifest({ test: 'a' }), '{'] },
      'package.json says what the check runs: "test"',
    ],
    [
      'settings of tests in a manifest',
      'npx jest',
      { 'package.json': [manifest({}), manifest({}, { jest: { testPathIgnorePatterns: ['sum'] } })] },
      'package.json says what the check runs: "jest"',
    ],
    [
      'settings of tests in a project file',
      'pytest',
      {
        'pyproject.toml': [
          '[tool.pytest.ini_options]\naddopts = ""\n',
          '[tool.pytest.ini_options]\naddopts = "-k not_sum"\n',
        ],
      },
      'pyproject.toml says what the check runs: "tool.pytest.ini_options"',
    ],
    [
      'a target',
      'make test',
      { Makefile: [make('go test'), make('true')] },
      'Makefile says what the check runs: "unit"',
    ],
    [
      'the first target',
      'make',
      { Makefile: ['all:\n\tgo test\n', 'all:\n\ttrue\n'] },
      'Makefile says what the check runs: "all"',
    ],
    [
      'a variable of a Makefile',
      'make unit',
      { Makefile: [make('$(V)'), make('$(V)', 'cp x y', '2')] },
      'Makefile says what the check runs: "unit"',
    ],
    [
      'a task',
      'task test',
      {
        'Taskfile.yml': [
          'tasks:\n  test:\n    cmds:\n      - go test\n',
          'tasks:\n  test:\n    cmds:\n      - "true"\n',
        ],
      },
      'Taskfile.yml says what the check runs: "test"',
    ],
    [
      'a script of the check',
      './scripts/verify.sh fast',
      { 'scripts/verify.sh': ['a', 'b'] },
      'scripts/verify.sh is what the check runs',
    ],
    [
      'a script of the check deleted',
      'node check.mjs',
      { 'check.mjs': ['a', null] },
      'check.mjs is what the check runs',
    ],
  ];
  for (const [fact, command, texts, says] of cases)
    it(`${fact}: ${says}`, () => {
      assert.deepEqual(flagged(command, texts), [says]);
      // What the feature declares is its own to change.
      assert.deepEqual(flagged(command, texts, Object.keys(texts)), []);
    });
});

describe('what leaves a check as good as it was', () => {
  const cases: readonly [fact: string, command: string, texts: Texts][] = [
    ['a new test', 'node --test', { 'sum.test.js': [null, js(sum)] }],
    [
      'a new test with one that is left out',
      'node --test',
      { 'sum.test.js': [null, js(sum.replace('test(', 'test.skip('))] },
    ],
    [
      'one more test in a file that the check names',
      'node --test sum.test.js',
      { 'sum.test.js': [js(sum), js(sum + more)] },
    ],
    ['a test that is changed', 'node --test', { 'sum.test.js': [js(sum), js(sum.replace('3)', '4)'))] }],
    [
      'a test that runs again',
      'node --test',
      { 'sum.test.js': [js(sum.replace('test(', 'test.skip(')), js(sum)] },
    ],
    [
      'a test file with another name',
      'node --test',
      { 'sum.test.js': [js(sum), null], 'add.test.js': [null, js(sum)] },
    ],
    [
      'a test file in two',
      'node --test',
      { 'sum.test.js': [js(sum + more), null], 'a.test.js': [null, js(sum)], 'b.test.js': [null, js(more)] },
    ],
    [
      'a test in another file',
      'node --test',
      { 'a.test.js': [js(sum + more), js(sum)], 'b.test.js': [js(sum), js(sum + more)] },
    ],
    [
      'what tests share',
      'node --test',
      { 'test/shared.js': ['export const a = 1;', null], 'tests/data.json': ['1', '2'] },
    ],
    ['a new snapshot', 'npx jest', { 'src/__snapshots__/a.test.ts.snap': [null, 'x'] }],
    [
      'a snapshot that goes with its test',
      'npx jest',
      { 'a/__snapshots__/a.test.ts.snap': ['x', null], 'b/__snapshots__/a.test.ts.snap': [null, 'x'] },
    ],
    [
      'another script',
      'npm test',
      { 'package.json': [manifest({ test: 'a' }), manifest({ test: 'a', build: 'b' })] },
    ],
    [
      'a dependency',
      'npm test',
      { 'package.json': [manifest({ test: 'a' }), manifest({ test: 'a' }, { dependencies: { x: '1' } })] },
    ],
    [
      'scripts where the check names none',
      'node --test',
      { 'package.json': [manifest({ test: 'a' }), manifest({ test: 'b' })] },
    ],
    [
      'a target that the check does not come to',
      'make test',
      { Makefile: [make('go test'), make('go test', 'cp a b')] },
    ],
    [
      'a dependency of tests',
      'pytest',
      { 'pyproject.toml': ['[project]\ndependencies = []\n', '[project]\ndependencies = ["pytest"]\n'] },
    ],
    ['the program that the check runs', 'node app.js | grep -q hello', { 'app.js': ['a', 'b'] }],
    ['what the check looks at', 'grep -q hello src/check.txt.md', { 'src/app.txt': ['a', 'b'] }],
    ['a script like many', 'sh bin/run.sh', { 'bin/run.sh': ['a', 'b'] }],
    ['a script of the check that is new', 'node check.mjs', { 'check.mjs': [null, 'a'] }],
    [
      'a file with a word like a test',
      'node --test',
      { 'src/contest.js': ['a', null], 'src/latest.ts': ['a', null] },
    ],
  ];
  for (const [fact, command, texts] of cases) it(fact, () => assert.deepEqual(flagged(command, texts), []));
});

describe('counting tests', () => {
  it('comes to an end whatever the text is', () => {
    for (const piece of [
      'test(',
      "it('a', () => {",
      '/*',
      '"',
      'assert(',
      ' ',
      'def test_a(',
      '#',
      'expect.',
      '\n',
    ]) {
      const text = piece.repeat(Math.ceil(100_000 / piece.length));
      for (const path of ['a.test.js', 'test_a.py', 'a_test.go', 'tests/a.rb', 'tests/a.sh'])
        flagged('x', { [path]: [text, `${text}x`] });
    }
  });
});
