// The table of changes to what a check judges by: those that texts prove to weaken it, those that only add, and all others.
import { strict as assert } from 'node:assert';
import { reachOf } from '../../../src/core/proof/checkReach';
import { proofVerdicts } from '../../../src/core/proof/proofVerdicts';

type Verdict = 'weaker' | 'uncertain' | 'harmless' | 'none';
/** Null: no such file. One text alone: as it is, unchanged. */
type Texts = Readonly<Record<string, string | readonly [before: string | null, after: string | null]>>;

function verdictsOn(command: string, texts: Texts): Readonly<Record<string, Verdict>> {
  const changes = Object.entries(texts).flatMap(([path, text]) =>
    typeof text === 'string' ? [] : [{ path, before: text[0], after: text[1], isDeclared: false }],
  );
  const before = (path: string) => {
    const text = texts[path];
    return (typeof text === 'string' ? text : text?.[0]) ?? null;
  };
  const { files, wants } = reachOf(
    command,
    changes.map(({ path }) => path),
    before,
  );
  assert.deepEqual(wants, []);
  const { weaker, uncertain, harmless } = proofVerdicts(command, changes, files);
  const said = new Map<string, Verdict>(changes.map(({ path }) => [path, 'none']));
  for (const { path } of weaker) said.set(path, 'weaker');
  for (const path of uncertain) said.set(path, 'uncertain');
  for (const path of harmless) said.set(path, 'harmless');
  return Object.fromEntries(said);
}

const head =
  "import test from 'node:test';\nimport assert from 'node:assert';\nimport { sum } from '../src/sum.js';\n";
const adds = "test('adds', () => {\n  assert.equal(sum(1, 2), 3);\n});\n";
const more = "test('adds more', () => {\n  assert.equal(sum(2, 2), 4);\n});\n";
const both = head + adds + more;
const besideInRust = `pub fn sum<'a>(a: i32, b: i32) -> i32 { a - b }

#[cfg(not(test))]
fn quiet() {}

#[cfg(test)]
mod tests {
    use super::*;

    fn opens(c: char) -> bool { c == '{' }

    #[test]
    fn adds() {
        assert_eq!(sum(1, 2), 3);
    }
    #[test]
    fn raw() { assert_eq!(r#"}"{"#.len(), 3); assert!(opens('{')); }
}
`;
const besideForVitest = `export const sum = (a, b) => a - b;
if (import.meta.vitest) {
  const { it, expect } = import.meta.vitest;
  it('adds', () => { expect(sum(1, 2)).toBe(3); });
}
`;
type Change = readonly [old: string, now: string];
const besideInOthers: readonly (readonly [
  path: string,
  command: string,
  text: string,
  weaken: Change,
  mend: Change,
])[] = [
  [
    'src/doc.rs',
    'cargo test',
    '/// One.\n/// ```\n/// assert_eq!(a::one(), 1);\n/// ```\npub fn one() -> i32 { 0 }\n',
    ['one(), 1', 'one(), 0'],
    ['{ 0 }', '{ 1 }'],
  ],
  [
    'src/left.rs',
    'cargo test',
    '//! ```\n//! assert_eq!(a::one(), 1);\n//! ```\npub fn one() -> i32 { 0 }\n',
    ['//! ```\n//! assert', '//! ```ignore\n//! assert'],
    ['{ 0 }', '{ 1 }'],
  ],
  [
    'src/plain.rs',
    'cargo test',
    'pub mod deep {\n  pub fn one() -> i32 { 0 }\n  #[test]\n  fn t() { assert_eq!(one(), 1); }\n}\n',
    ['one(), 1', 'one(), 0'],
    ['{ 0 }', '{ 1 }'],
  ],
  [
    'src/words.rs',
    'cargo test',
    'pub fn one() -> i32 { 0 }\n#[test]\nfn t() { assert_eq!(word(), "a b"); }\n',
    ['a b', 'ab'],
    ['{ 0 }', '{ 1 }'],
  ],
  [
    'one.py',
    'python3 -m doctest one.py',
    'def one():\n    """One.\n\n    >>> one()\n    1 2\n    """\n    return 0\n',
    ['    1 2\n', '    12\n'],
    ['return 0', 'return 1'],
  ],
  [
    'README.md',
    'python3 -m doctest README.md',
    'Adds up.\n\n    >>> 1 + 1\n    2\n\nAnd more.\n',
    ['    2\n', '    3\n'],
    ['Adds', 'It adds'],
  ],
  [
    'docs/use.md',
    'cargo test',
    'Adds up.\n```rust\nassert_eq!(sum(1, 1), 2);\n```\nAnd more.\n',
    ['```rust', '```rust,ignore'],
    ['Adds', 'It adds'],
  ],
  [
    'left.py',
    'pytest --doctest-modules',
    'def one():\n    """One.\n\n    >>> one()\n    1\n    """\n    return 0\n',
    ['>>> one()', '>>> one()  # doctest: +SKIP'],
    ['"""One.', '"""One.\n\n    >>> one() + 1\n    2\n'],
  ],
  [
    'beside.py',
    'python3 -m pytest .',
    'import unittest\ndef one():\n    return 0\n\nclass TestOne(unittest.TestCase):\n    def test_one(self):\n        self.assertEqual(one(), 1)\n',
    ['one(), 1', 'one(), 0'],
    ['return 0', 'return 1'],
  ],
  [
    'more.py',
    'python3 -m pytest .',
    'def one():\n    return 0\n\nclass TestOne:\n    def test_one(self):\n        assert one() == 1\n',
    ['== 1', '== 0'],
    ['class TestOne:\n', 'class TestOne:\n    def test_more(self):\n        assert one() != 2\n\n'],
  ],
  [
    'src/one.mjs',
    'node --test src/one.mjs',
    "import test from 'node:test';\nexport const one = () => 0;\ntest('one', () => {\n  equal(one(), 1);\n});\n",
    ['one(), 1', 'one(), 0'],
    ['() => 0', '() => 1'],
  ],
  [
    'src/one.ts',
    'deno test',
    "import { equal } from '@std/assert';\nexport const one = () => 0;\nDeno.test('one', () => equal(one(), 1));\n",
    ["'@std/assert'", "'./other.ts'"],
    ['() => 0', '() => 1'],
  ],
  [
    'src/one.zig',
    'zig build test',
    'fn one() i32 { return 0; }\ntest "one" {\n    try expect(one() == 1);\n}\n',
    ['== 1', '== 0'],
    ['return 0', 'return 1'],
  ],
  [
    'source/one.d',
    'dub test',
    'int one() { return 0; }\n@safe unittest {\n    assert(one() == 1);\n}\n',
    ['== 1', '== 0'],
    ['return 0', 'return 1'],
  ],
  [
    'one.c',
    'gcc -DSELFTEST one.c && ./a.out',
    'int one(void){ return 0; }\n#ifdef SELFTEST\nint main(void){ return one() != 1; }\n#endif\n',
    ['one() != 1', '0'],
    ['return 0', 'return 1'],
  ],
  [
    'one.cpp',
    'make check',
    'int one() { return 0; }\nTEST_CASE("one") {\n  CHECK(one() == 1);\n}\n',
    ['== 1', '== 0'],
    ['return 0', 'return 1'],
  ],
  [
    'lib/one.ex',
    'mix test',
    'defmodule One do\n  @doc """\n      iex> One.one()\n      1\n  """\n  def one, do: 0\nend\n',
    ['      1\n', '      0\n'],
    ['do: 0', 'do: 1'],
  ],
  [
    'src/One.hs',
    'cabal test',
    'module One where\n-- | One.\n-- >>> one\n-- 1\none :: Int\none = 0\n',
    ['-- 1', '-- 0'],
    ['one = 0', 'one = 1'],
  ],
  [
    'one.rb',
    'rake',
    'def one = 0\n\nif __FILE__ == $PROGRAM_NAME\n  exit(one == 1)\nend\n',
    ['one == 1', 'true'],
    ['def one = 0', 'def one = 1'],
  ],
  [
    'src/one.ml',
    'dune runtest',
    'let one = 0\n\nlet%test "one" =\n  one = 1\n\nlet two = 2\n',
    ['one = 1', 'one = 0'],
    ['let one = 0', 'let one = 1'],
  ],
  [
    'src/one.nim',
    'nim c -r src/one.nim',
    'proc one(): int = 0\n\nwhen isMainModule:\n  doAssert one() == 1\n',
    ['== 1', '== 0'],
    ['int = 0', 'int = 1'],
  ],
];
const pkg = (scripts: object, rest: object = {}) => JSON.stringify({ name: 'x', scripts, ...rest });
const npmTest = pkg({ test: 'node --test' });

describe('what a check judges by, when it is changed', () => {
  type Row = readonly [
    fact: string,
    command: string,
    texts: Texts,
    verdicts: Readonly<Record<string, Verdict>>,
  ];
  const one = (
    verdict: Verdict,
    fact: string,
    command: string,
    path: string,
    texts: Texts[string],
    rest: Texts = {},
  ): Row => [fact, command, { [path]: texts, ...rest }, { [path]: verdict }];
  const test = (verdict: Verdict, fact: string, after: string | null, before = both) =>
    one(verdict, fact, 'npm test', 'test/sum.test.js', [before, after], { 'package.json': npmTest });

  const rows: readonly Row[] = [
    // Tests that stand in the file that they test.
    ...(
      [
        ['uncertain', 'another answer', 'sum(1, 2), 3', 'sum(1, 2), -1'],
        [
          'uncertain',
          'a panic that is welcome',
          '#[test]\n    fn adds',
          '#[test]\n    #[should_panic]\n    fn adds',
        ],
        [
          'uncertain',
          'a feature that nobody switches on',
          '#[cfg(test)]',
          '#[cfg(all(test, feature = "slow"))]',
        ],
        [
          'uncertain',
          'an assertion of its own',
          'use super::*;',
          'use super::*;\n    macro_rules! assert_eq { ($($t:tt)*) => {} }',
        ],
        [
          'uncertain',
          'an assertion of the whole file',
          'pub fn',
          'macro_rules! assert_eq { ($($t:tt)*) => {} }\npub fn',
        ],
        ['uncertain', 'another helper', "c == '{'", "c != '{'"],
        ['uncertain', 'one taken away, another in its place', 'fn adds', 'fn other'],
        ['none', 'the code above', 'a - b', "a + b /* it's '{' */"],
        ['none', 'new code', 'pub fn', "pub fn more<'a>(x: &'a str) -> &'a str { x }\npub fn"],
        [
          'none',
          'one more',
          '#[test]\n    fn adds',
          '#[test]\n    fn more() { assert_eq!(sum(2, 2), 4); }\n    #[test]\n    fn adds',
        ],
        [
          'none',
          'another layout',
          'assert_eq!(sum(1, 2), 3);',
          '// why\n        assert_eq!(\n            sum(1, 2),\n            3,\n        );',
        ],
      ] as const
    ).map(([verdict, fact, old, now]) =>
      one(verdict, `beside what is tested in Rust: ${fact}`, 'cargo test', 'src/a.rs', [
        besideInRust,
        besideInRust.replace(old, now),
      ]),
    ),
    one('uncertain', 'a test in a source for Vitest', 'vitest run', 'src/sum.ts', [
      `${besideForVitest}export const x = 1;\n`,
      `${besideForVitest.replace('toBe(3)', 'toBe(-1)')}export const x = 1;\n`,
    ]),
    ...besideInOthers.flatMap(([path, command, text, weaken, mend]) => [
      one('uncertain', `a test in ${path}, another answer`, command, path, [text, text.replace(...weaken)]),
      one('none', `a test in ${path}, what it tests`, command, path, [text, text.replace(...mend)]),
    ]),
    one('none', 'a source with a test in it for Vitest', 'vitest run', 'src/sum.ts', [
      besideForVitest,
      besideForVitest.replace('a - b', 'a + b'),
    ]),
    ...['expect.mjs', 'a/assertions.ts', 'custom-matchers.js', 'testHelpers.ts', 'test_utils.py'].map(
      (path) => one('uncertain', `what tests assert with: ${path}`, 'npm test', path, ['a', 'b']),
    ),
    ...['src/assert.ts', 'unexpected.ts', 'latest_utils.py', 'lib/matcher.js'].map((path) =>
      one('none', `what is only called like it: ${path}`, 'npm test', path, ['a', 'b']),
    ),
    one('uncertain', 'what Git is not to find', 'node run.mjs $(git ls-files -co a)', 'a/.gitignore', [
      'x',
      'y',
    ]),
    one('none', 'what Git is not to find, where nobody asks it', 'npm test', 'a/.gitignore', ['x', 'y']),
    // Answers, by what is compared with them.
    ...[
      './run | diff - m/want.txt',
      'diff -u m/want.txt <(node app.js)',
      'node app.js > out.txt && cmp -s out.txt m/want.txt',
      'node app.js | tee out.txt; diff ./m/want.txt out.txt',
      'node app.js > /tmp/out && diff /tmp/out m/want.txt',
      'cd m && ./run | diff - want.txt',
      'test "$(./run)" = "$(cat m/want.txt)"',
      '[ "$(< m/want.txt)" = "$(./run)" ]',
      './run | grep -qFxf m/want.txt',
    ].map((command) =>
      one('uncertain', `what \`${command}\` compares with`, command, 'm/want.txt', ['a', 'b']),
    ),
    ...[
      'diff m/want.txt other.txt',
      'test "$(cat m/want.txt)" = 2',
      'test "$(cat m/want.txt)" = "$(cat b.txt)"',
      './run > m/want.txt; diff m/want.txt b.txt',
      './run | grep -q m/want.txt',
    ].map((command) => one('none', `what \`${command}\` may be about`, command, 'm/want.txt', ['a', 'b'])),
    // Files that are named by what the check comes to.
    one('uncertain', 'a file that a script of the manifest runs', 'npm test', 'tools/all.mjs', ['a', 'b'], {
      'package.json': pkg({ test: 'node tools/all.mjs' }),
    }),
    one('uncertain', 'one at the top', 'npm test', 'all.mjs', ['a', 'b'], {
      'package.json': pkg({ test: 'node all.mjs' }),
    }),
    one('uncertain', 'one that runs before', 'npm t', 'go.js', ['a', 'b'], {
      'package.json': pkg({ pretest: 'node go', test: 'mocha' }),
    }),
    one('uncertain', 'one behind two scripts', 'npm run check', 'run/unit.js', ['a', 'b'], {
      'package.json': pkg({
        check: 'npm run lint && npm run unit',
        unit: 'node ./run/unit.js',
        lint: 'eslint .',
      }),
    }),
    one('uncertain', 'one of a package', 'npm test -w packages/a', 'packages/a/go.js', ['a', 'b'], {
      'packages/a/package.json': pkg({ test: 'node go.js' }),
    }),
    one('uncertain', 'one that the check runs itself', 'node tools/run-all.mjs', 'tools/run-all.mjs', [
      'a',
      'b',
    ]),
    one('uncertain', 'one that calls the tests, whatever its name', 'sh bin/go', 'bin/go', [
      'node --test\n',
      'true\n',
    ]),
    one('uncertain', 'one that another runs', 'npm test', 'tools/cases.mjs', ['a', 'b'], {
      'package.json': pkg({ test: 'node tools/all.mjs' }),
      'tools/all.mjs': "import { cases } from './cases.mjs';\nfor (const one of cases) one();\n",
    }),
    one('uncertain', 'one that is loaded before', 'node --import ./reg.mjs --test', 'reg.mjs', ['a', 'b']),
    one('uncertain', 'one that is loaded in short', 'mocha -r src/hooks.js', 'src/hooks.js', ['a', 'b']),
    one('uncertain', 'one that settings load', 'npx mocha', 'reg.cjs', ['a', 'b'], {
      '.mocharc.json': '{"require": ["./reg.cjs"]}',
    }),
    one('uncertain', 'one that a Makefile runs', 'make check', 'go.sh', ['a', 'b'], {
      Makefile: 'all:\n\tcc x\ncheck: unit\nunit:\n\tsh go.sh\n',
    }),
    one('uncertain', 'one that a Makefile includes', 'make check', 'rules/unit.inc', ['a', 'b'], {
      Makefile: 'include rules/unit.inc\ncheck:\n\t$(CHECK)\n',
    }),
    one('uncertain', 'one that tox runs', 'tox', 'go.py', ['a', 'b'], {
      'tox.ini': '[testenv]\ncommands = python go.py\n',
    }),
    one('uncertain', 'one that a Rakefile runs', 'bundle exec rake', 'go.rb', ['a', 'b'], {
      Rakefile: "task(:default) { ruby 'go.rb' }\n",
    }),
    one('uncertain', 'a module of Python', 'python -m tools.go', 'tools/go.py', ['a', 'b']),
    one('weaker', 'a script of a check by its name', 'npm test', 'tools/verify.mjs', ['a', 'b'], {
      'package.json': pkg({ test: 'node tools/verify.mjs' }),
    }),
    one('none', 'the program that the check is about', 'node app.js | grep -q hello', 'app.js', ['a', 'b']),
    one('none', 'what the scripts of others run', 'node --test', 'go.js', ['a', 'b'], {
      'package.json': pkg({ x: 'node go.js' }),
    }),
    one('none', 'a source that a script runs', 'npm test', 'src/main.js', ['a', 'b'], {
      'package.json': pkg({ test: 'node src/main.js --self-test' }),
    }),
    one('none', 'a source that tests load', 'npm test', 'src/sum.js', ['a', 'b'], {
      'package.json': npmTest,
      'test/sum.test.js': both,
    }),

    ...(
      [
        ['sh -c "node tools/x.mjs"', 'tools/x.mjs'],
        ["bash -c './tools/x.sh && true'", 'tools/x.sh'],
        ['CI=1 npx tsx ./tools/x.ts --all', 'tools/x.ts'],
        ['uv run tools/x.py', 'tools/x.py'],
        ['go run ./tools/x.go', 'tools/x.go'],
        ['deno run -A tools/x.ts', 'tools/x.ts'],
        ['python3 -u tools/x.py', 'tools/x.py'],
        ['./tools/x', 'tools/x'],
        ['cd tools && ./x.sh', 'tools/x.sh'],
        ['NODE_OPTIONS="--import ./x.mjs" npm test', 'x.mjs'],
        ['npx mocha "tools/*.mjs"', 'tools/x.mjs'],
        ['node --test tools/', 'tools/x.mjs'],
        ['docker compose run app', 'compose.yml'],
        ['cargo test', 'build.rs'],
      ] as const
    ).map(([command, path]) => one('uncertain', `what \`${command}\` runs`, command, path, ['a', 'b'])),
    one('uncertain', 'a script that ends red by itself', 'node probe.mjs', 'probe.mjs', [
      "if (sum(1, 2) !== 3) throw new Error('no');\n",
      '\n',
    ]),
    one('uncertain', 'one that compares', 'sh go.sh', 'go.sh', [
      './a < in > out\ndiff out wanted\n',
      'true\n',
    ]),
    one('none', 'a program whose output is looked at', 'node hi.mjs | grep -q hi', 'hi.mjs', [
      'process.exitCode = 1',
      'b',
    ]),
    one('uncertain', 'one behind a script of a shell', './ci/all', 'go.mjs', ['a', 'b'], {
      'ci/all': '#!/bin/sh\nnpm run --silent unit\n',
      'package.json': pkg({ unit: 'node go.mjs' }),
    }),
    one('uncertain', 'one behind a script in a language', 'node tools/all.mjs', 'go.mjs', ['a', 'b'], {
      'tools/all.mjs': "execSync('npm run unit');\n",
      'package.json': pkg({ unit: 'node go.mjs' }),
    }),
    one('uncertain', 'one that runs beside another', 'npm test', 'go.mjs', ['a', 'b'], {
      'package.json': pkg({ test: 'concurrently "npm:unit" npm:lint', unit: 'node go.mjs' }),
    }),
    one('uncertain', 'one of wireit', 'npm test', 'go.mjs', ['a', 'b'], {
      'package.json': pkg({ test: 'wireit' }, { wireit: { test: { command: 'node go.mjs' } } }),
    }),
    one('uncertain', 'one of another Makefile', 'make -f rules/unit.mk', 'go.py', ['a', 'b'], {
      'rules/unit.mk': 'all:\n\tpython go.py\n',
    }),
    one('uncertain', 'what settings have set up', 'npx vitest run', 'start.ts', ['a', 'b'], {
      'vitest.config.ts': "export default { test: { setupFiles: ['./start.ts'] } };\n",
    }),
    one('uncertain', 'a list that a script goes by', 'node tools/all.mjs', 'list.txt', ['a', 'b'], {
      'tools/all.mjs': "for (const one of readFileSync('../list.txt')) run(one);\n",
    }),
    one('uncertain', 'what make calls by a variable', 'make', 'go.py', ['a', 'b'], {
      Makefile: 'PYTHON = python3\nall:\n\t@$(PYTHON) go.py\n',
    }),
    ...(
      [
        ['npx eslint tools/x.mjs', 'tools/x.mjs'],
        ['shellcheck scripts/x.sh', 'scripts/x.sh'],
        ['bash -n scripts/x.sh', 'scripts/x.sh'],
        ['node --check tools/x.mjs', 'tools/x.mjs'],
        ['make && wc -c bin/x.js', 'bin/x.js'],
        ['npm test && test -f scripts/x.sh', 'scripts/x.sh'],
        ['grep -q strict tsconfig.json', 'tsconfig.json'],
        ['test -f package.json && jq -e .bin package.json', 'package.json'],
        [`node -e "require('./package.json').bin.x"`, 'package.json'],
        ['! grep -rq "a && b" test/data.json', 'test/data.json'],
      ] as const
    ).map(([command, path]) =>
      one('none', `what \`${command}\` looks at`, command, path, ['{}', '{ "a": 1 }']),
    ),
    one(
      'uncertain',
      'what is looked at, and run by a test',
      'grep -q a package.json && npm test',
      'package.json',
      [pkg({}), pkg({}, { type: 'module' })],
    ),
    one(
      'uncertain',
      'what a program in a command runs',
      `python -c "import subprocess; subprocess.run('pytest')"`,
      'tests/data.json',
      ['1', '2'],
    ),
    one('none', 'a program by its name that a script runs', 'npm test', 'index.js', ['a', 'b'], {
      'package.json': pkg({ test: 'eslint index.js && node index.js --self-test && mocha' }),
    }),

    // Tests.
    test('weaker', 'all of a test after a return', both.replace('=> {\n', '=> {\n  return;\n')),
    test('weaker', 'all of a test in what is never true', both.replace('=> {\n  ', '=> {\n  if (false) ')),
    test(
      'weaker',
      'one test emptied while others assert',
      both.replace('assert.equal(sum(1, 2), 3)', 'sum(1, 2)'),
    ),
    test('weaker', 'a value compared with itself', both.replace('sum(1, 2), 3', 'sum(1, 2), sum(1, 2)')),
    test(
      'weaker',
      'one that asserts nothing in place of another',
      `${head}${more}test('works', () => {\n  sum(1, 2);\n});\n`,
    ),
    test('weaker', 'another meaning of the word', both.replace('import test', 'import { skip as test }')),
    test(
      'weaker',
      'the same by what is taken out of it',
      both.replace(adds, `const { skip } = test;\nskip${adds.slice(4)}`),
    ),
    test(
      'weaker',
      'the same under another name',
      `${both.replace('import test', 'import base')}\nconst test = base.skip;\n`,
    ),
    test('weaker', 'a suite of none', `describe.each([])('all', () => {\n${adds}${more}});\n`),
    test('weaker', 'a test that is gone', head + adds),
    test('weaker', 'a whole file', null),
    test(
      'uncertain',
      'what a test throws caught',
      both.replace(
        '  assert.equal(sum(1, 2), 3);',
        '  try { assert.equal(sum(1, 2), 3); } catch (e) { log(e); }',
      ),
    ),
    test('uncertain', 'another answer', both.replace('3)', '0)')),
    test(
      'uncertain',
      'a test that comes to its end before',
      both.replace('=> {\n', '=> {\n  if (Date.now() > 1) return;\n'),
    ),
    test(
      'uncertain',
      'something put in place of what asserts',
      `${head}assert.equal = () => {};\n${adds}${more}`,
    ),
    test(
      'uncertain',
      'something put in place of it by another test',
      `${both}test('b', () => {\n  assert.equal = () => {};\n});\n`,
    ),
    test(
      'uncertain',
      'more in a test that is there',
      both.replace('3);', '3);\n  assert.equal(sum(0, 0), 0);'),
    ),
    test(
      'harmless',
      'a new test behind the others',
      `${both}\ntest('takes none', () => {\n  assert.equal(sum(), 0);\n});\n`,
    ),
    test(
      'harmless',
      'a new test, and what it needs',
      `import { min } from '../src/min.js';\n${both}test('m', () => assert.equal(min(1), 1));\n`,
    ),
    test(
      'uncertain',
      'a new test with a word in another meaning',
      `import { none as it } from './none.js';\n${both.replaceAll('test(', 'it(')}`,
      both.replaceAll('test(', 'it('),
    ),
    test(
      'harmless',
      'a new test in a suite',
      `describe('sum', () => {\n  ${adds}  it('b', () => {\n    expect(sum(1)).toBe(1);\n  });\n});\n`,
      `describe('sum', () => {\n  ${adds}});\n`,
    ),
    test(
      'uncertain',
      'a suite around those that are there',
      `${head}describe('x', () => {\n${adds}${more}});\n`,
    ),
    one('harmless', 'a new file of tests', 'npm test', 'test/min.test.js', [null, both]),
    one('uncertain', 'a new file that ends the process', 'npm test', 'test/a.test.js', [
      null,
      `${both}process.exit(0);\n`,
    ]),
    one('uncertain', 'a new file that reaches for others', 'npm test', 'test/a.test.js', [
      null,
      "const assert = require('assert');\nassert.equal = () => {};\n",
    ]),
    one('harmless', 'a new file that the check names', 'node test/a.js', 'test/a.js', [null, 'x']),
    one('harmless', 'new data of tests', 'npm test', 'test/fixtures/a.json', [null, '{}']),
    one('uncertain', 'new code beside tests', 'npm test', 'test/setup.js', [null, 'x']),
    one('harmless', 'a new test in Python', 'pytest', 'tests/test_a.py', [
      'from a import f\n\ndef test_a():\n    assert f() == 1\n',
      'from a import f\n\ndef test_a():\n    assert f() == 1\n\ndef test_b():\n    assert f(2) == 2\n',
    ]),
    one('uncertain', 'a test in Python that takes the place of another', 'pytest', 'tests/test_a.py', [
      'from a import f\n\ndef test_a():\n    assert f() == 1\n',
      'from a import f\n\ndef test_a():\n    assert f() == 1\n\ndef test_a():\n    assert f() != 1\n',
    ]),
    one('weaker', 'a return at the head in Python', 'pytest', 'tests/test_a.py', [
      'def test_a():\n    assert f() == 1\n\ndef test_b():\n    assert f() == 2\n',
      'def test_a():\n    return\n    assert f() == 1\n\ndef test_b():\n    assert f() == 2\n',
    ]),
    [
      'a test, and as many that assert nothing of it in its place',
      'npm test',
      {
        'test/sum.test.js': [both, null],
        'test/a.test.js': [null, both.replaceAll('adds', 'works').replaceAll('sum(', 'one(')],
      },
      { 'test/sum.test.js': 'weaker', 'test/a.test.js': 'harmless' },
    ],
    [
      'a test under a name that nothing runs',
      'npm test',
      { 'test/sum.test.js': [both, null], 'test/sum.test.js.bak': [null, both] },
      { 'test/sum.test.js': 'weaker', 'test/sum.test.js.bak': 'uncertain' },
    ],
    [
      'a test where no runner may look',
      'npm test',
      { 'test/sum.test.js': [both, null], 'old/sum.test.js': [null, both] },
      { 'test/sum.test.js': 'uncertain', 'old/sum.test.js': 'harmless' },
    ],

    ...(
      [
        [
          'src/a.rs',
          '#[test]\nfn a() {\n    assert!(f());\n}\n#[test]\nfn b() {\n    assert!(g());\n}\n',
          'assert!(f())',
          'f()',
        ],
        [
          'src/test/java/ATest.java',
          '  @Test\n  void a() {\n    assertTrue(f());\n  }\n  @Test public void b() {\n    assertTrue(g());\n  }\n',
          'assertTrue(f())',
          'f()',
        ],
        [
          'a/SumTests.cs',
          '  [Fact]\n  public void A()\n  {\n    Assert.True(F());\n  }\n  [Fact]\n  public void B()\n  {\n    Assert.True(G());\n  }\n',
          'Assert.True(F())',
          'return; Assert.True(F())',
        ],
        [
          'tests/ATest.php',
          '  public function testA() {\n    $this->assertTrue(f());\n  }\n  public function testB() {\n    $this->assertTrue(g());\n  }\n',
          '$this->assertTrue(f())',
          'f()',
        ],
        [
          'Tests/ATests.swift',
          '  func testA() {\n    XCTAssert(f())\n  }\n  func testB() {\n    XCTAssert(g())\n  }\n',
          'XCTAssert(f())',
          'f()',
        ],
        [
          'a_test.go',
          'func TestA(t *testing.T) {\n\tassert.True(t, f())\n}\nfunc TestB(t *testing.T) {\n\tassert.True(t, g())\n}\n',
          'assert.True(t, f())',
          'f()',
        ],
      ] as const
    ).map(([path, before, asserts, does]) =>
      one('weaker', `one test emptied: ${path}`, 'make check', path, [
        before,
        before.replace(asserts, () => does),
      ]),
    ),

    // Answers.
    one('harmless', 'more answers in a file of them', 'npx jest', 'a/__snapshots__/a.test.js.snap', [
      '// Jest\n\nexports[`b 1`] = `\n"b"\n`;\n',
      '// Jest\n\nexports[`a 1`] = `"a"`;\n\nexports[`b 1`] = `\n"b"\n`;\n',
    ]),
    one('weaker', 'more of an answer', 'npx jest', 'a/__snapshots__/a.test.js.snap', [
      'exports[`b 1`] = `\n"b"\n`;\n',
      'exports[`b 1`] = `\n"b"\n"c"\n`;\n',
    ]),
    one('weaker', 'an answer within a test', 'npx jest', 'a.test.js', [
      'it("a", () => { expect(a()).toMatchInlineSnapshot(`"1"`); });',
      'it("a", () => { expect(a()).toMatchInlineSnapshot(`"2"`); });',
    ]),
    ...[
      'test/expected.json',
      'expected/a.txt',
      'baselines/a.png',
      'spec/reference/a.out',
      'fixtures/a.json',
      'golden/a.txt',
      'a.expected.json',
    ].map((path) =>
      one(path === 'a.expected.json' ? 'weaker' : 'uncertain', `answers: ${path}`, 'npm test', path, [
        '1',
        '2',
      ]),
    ),
    ...[
      'src/references/find.ts',
      'src/app.config.ts',
      'src/spec/openapi.ts',
      'shop/tasks.py',
      'src/snapshots/take.js',
      'lib/testing/index.js',
    ].map((path) => one('none', `the project's own: ${path}`, 'npm test', path, ['1', '2'])),
    one('none', 'what is called like answers among documents', 'npm test', 'docs/reference/a.md', ['1', '2']),

    // What tools go by.
    ...[
      'vite.config.ts',
      'turbo.json',
      'packages/a/project.json',
      'nx.json',
      'bunfig.toml',
      'deno.json',
      'tsconfig.build.json',
      'eslint.config.js',
      '.eslintrc.cjs',
      '.eslintignore',
      'biome.json',
      'ruff.toml',
      'mypy.ini',
      '.swcrc',
      'babel.config.js',
      'pnpm-workspace.yaml',
      'sitecustomize.py',
      'vitest.setup.mts'.replace('vitest.', 'x.'),
      'build.gradle.kts',
      'pom.xml',
      'mix.exs',
      'tasks.py',
      'packages/a/app/vite.config.mts',
      'src/test/java/Util.java',
      'Gruntfile.js',
      'gulpfile.mjs',
      'composer.json',
      'Rakefile',
      'justfile',
      'CMakeLists.txt',
    ].map((path) => one('uncertain', `settings: ${path}`, 'npm run lint', path, ['1', '2'])),
    ...[
      'vite.config.ts',
      'eslint.config.js',
      'sitecustomize.py',
      'pytest.py',
      'tsconfig.json',
      'Makefile',
      'deno.json',
    ].map((path) => one('uncertain', `new settings: ${path}`, 'npm test', path, [null, '2'])),
    ...['conftest.py', 'vitest.config.ts', '.mocharc.json', 'jest.setup.js'].map((path) =>
      one('weaker', `new settings of tests: ${path}`, 'npm test', path, [null, '2']),
    ),
    ...(
      [
        ['weaker', 'wireit', {}, { wireit: { test: { command: 'true' } } }],
        ['weaker', 'mocha', {}, { mocha: { spec: [] } }],
        ['weaker', 'c8', { c8: { lines: 90 } }, { c8: { lines: 1 } }],
        [
          'weaker',
          'another package by a name',
          { devDependencies: { mocha: '^10' } },
          { devDependencies: { mocha: 'npm:true@1' } },
        ],
        ['uncertain', 'a new package by another', {}, { devDependencies: { mocha: 'npm:true@1' } }],
        ['uncertain', 'eslintConfig', {}, { eslintConfig: {} }],
        ['uncertain', 'nx', {}, { nx: {} }],
        ['uncertain', 'xo', {}, { xo: {} }],
        ['uncertain', 'config', { config: { a: 1 } }, { config: { a: 2 } }],
        ['uncertain', 'workspaces', { workspaces: ['a', 'b'] }, { workspaces: ['a'] }],
        ['uncertain', 'imports', { imports: { '#a': './a.js' } }, { imports: { '#a': './stub.js' } }],
        ['uncertain', 'exports', { exports: './a.js' }, { exports: './stub.js' }],
        [
          'uncertain',
          'another version',
          { devDependencies: { mocha: '^10' } },
          { devDependencies: { mocha: '^1' } },
        ],
        ['uncertain', 'a package less', { devDependencies: { c8: '1' } }, { devDependencies: {} }],
        [
          'harmless',
          'a package more',
          { dependencies: { a: '1' } },
          { dependencies: { a: '1', b: '^2.0.0' } },
        ],
        ['harmless', 'the first package', {}, { devDependencies: { b: '~2.1' } }],
        ['harmless', 'a version', { version: '1.0.0' }, { version: '1.1.0', description: 'x' }],
      ] as const
    ).map(([verdict, fact, before, after]) =>
      one(verdict, `package.json: ${fact}`, 'npm test', 'package.json', [
        pkg({ test: 'x' }, before),
        pkg({ test: 'x' }, after),
      ]),
    ),
    one('weaker', 'a script, behind a sign at the beginning', 'npm test', 'package.json', [
      `\ufeff${npmTest}`,
      `\ufeff${pkg({ test: 'true' })}`,
    ]),
    one('uncertain', 'a manifest that cannot be read', 'npm test', 'package.json', [
      '// x\n{}',
      '// x\n{"type": "module"}',
    ]),
    one('harmless', 'a script that the check does not come to', 'npm test', 'package.json', [
      npmTest,
      pkg({ test: 'node --test', docs: 'x' }),
    ]),
    one('uncertain', 'one that npm runs by itself', 'npm test', 'package.json', [
      npmTest,
      pkg({ test: 'node --test', prepare: 'x' }),
    ]),
    one('harmless', 'a locked package more', 'npm test', 'package-lock.json', [
      JSON.stringify({ packages: { '': { a: 1 }, 'node_modules/a': { version: '1' } } }),
      JSON.stringify({
        packages: { '': { a: 2 }, 'node_modules/a': { version: '1' }, 'node_modules/b': {} },
      }),
    ]),
    one('uncertain', 'another locked package', 'npm test', 'package-lock.json', [
      JSON.stringify({ packages: { 'node_modules/a': { version: '1' } } }),
      JSON.stringify({ packages: { 'node_modules/a': { version: '1', resolved: 'elsewhere' } } }),
    ]),
    one('harmless', 'a package of Python more', 'pytest', 'requirements.txt', ['a==1\n', 'a==1\nb>=2\n']),
    one('uncertain', 'a list of packages that leads elsewhere', 'pytest', 'requirements.txt', [
      'a==1\n',
      'a==1\n--index-url http://x\n',
    ]),
    one('harmless', 'a crate more', 'cargo test', 'Cargo.toml', [
      '[dependencies]\na = "1"\n',
      '[dependencies]\na = "1"\nb = "2"\n',
    ]),
    one('uncertain', 'a crate from elsewhere', 'cargo test', 'Cargo.toml', [
      '[dependencies]\na = "1"\n',
      '[dependencies]\na = "1"\n[patch.crates-io]\nb = { path = "x" }\n',
    ]),
  ];
  for (const [fact, command, texts, verdicts] of rows)
    it(`${fact}: ${Object.values(verdicts).join(', ')}`, () =>
      assert.deepEqual(verdictsOn(command, texts), verdicts));
});

describe('what a check is about', () => {
  const check = 'sh s/check.sh';
  /** The work's own files: whether it makes or changes them, they are what is judged. */
  const own: readonly (readonly [fact: string, command: string, path: string, rest: Texts])[] = [
    ['a file that a script looks for', check, 'new.txt', { 's/check.sh': 'set -e\ntest -f new.txt\n' }],
    [
      'a file that a script reads',
      check,
      'greeting.txt',
      { 's/check.sh': 'grep -q hello greeting.txt || exit 1\n' },
    ],
    [
      'a file that a script of make reads',
      'make test',
      'data/out.json',
      { Makefile: 'test:\n\tjq -e .ok data/out.json\n' },
    ],
    ['a program whose output is looked at', 'node app.js | grep -q hello', 'app.js', {}],
    ['a program that a script runs', check, 'app.js', { 's/check.sh': 'node app.js | grep -q hello\n' }],
    ['a program of Python', 'python3 main.py | grep -q hello', 'main.py', {}],
    ['a module that a program loads', 'node -e "require(\'./lib/greet\').greet()"', 'lib/greet.js', {}],
    [
      'a module that tests load',
      'npm test',
      'greet.js',
      { 'package.json': pkg({ test: 'node test.js' }), 'test.js': "require('./greet')\n" },
    ],
    [
      'a program that is compiled',
      'make test',
      'main.c',
      { Makefile: 'test: main.c\n\tcc main.c -o app && ./app\n' },
    ],
    ['a page', 'grep -q "<h1>" index.html', 'index.html', {}],
    ['a module of Go', 'go test ./...', 'sum.go', {}],
    ['a crate', 'cargo test', 'src/lib.rs', {}],
    ['a command of the project', './bin/tool --version', 'bin/tool', {}],
  ];
  for (const [fact, command, path, rest] of own)
    for (const [how, texts] of [
      ['made', [null, 'hello\n']],
      ['changed', ['hallo\n', 'hello\n']],
    ] as const)
      it(`is left to it: ${fact}, ${how}`, () => {
        const verdict = verdictsOn(command, { [path]: texts, ...rest })[path];
        assert.ok(verdict === 'none' || verdict === 'harmless', verdict);
      });
});

describe('finding out what a check comes to', () => {
  it('comes to an end whatever the texts are', () => {
    for (const piece of [
      'npm run test ',
      'make -C a ',
      './a/',
      'test/a.js ',
      '../',
      'include ',
      '"',
      'cd x && ',
      '/(',
    ]) {
      const text = piece.repeat(Math.ceil(10_000 / piece.length));
      const { wants } = reachOf(text, ['a/b/c/d.js', 'test/a.js'], () => text);
      assert.deepEqual(wants, []);
      proofVerdicts(
        text,
        [{ path: 'test/a.test.js', before: text, after: `${text}x`, isDeclared: false }],
        new Set(),
      );
      proofVerdicts(
        text,
        [{ path: 'test_a.py', before: text, after: `${text}\nx`, isDeclared: false }],
        new Set(),
      );
    }
  });
});

describe('looking for tests beside what they test', () => {
  it('comes to an end whatever the text is', () => {
    for (const piece of [
      '#[',
      '#[test]',
      '#[test]\n',
      'r#"',
      "'a",
      '{',
      '}',
      ';',
      'cfg ',
      'if\n',
      'macro_rules! ',
      'mod a {',
      '/// ```\n',
      '>>> \n',
      '  def test_a',
      '@a\n',
      'class Test(\n',
      'unittest ',
      'test {',
      '#if TEST\n',
      'let%test\n',
      'test(',
    ]) {
      const text = `#[cfg(test)] import.meta.vitest unittest >>> #if TEST let%test Deno.test\n${piece.repeat(Math.ceil(100_000 / piece.length))}`;
      for (const path of ['rs', 'ts', 'py', 'd', 'zig', 'c', 'ml', 'rb'].map((end) => `src/a.${end}`))
        verdictsOn('x', { [path]: [text, `${text}x`] });
    }
  });
});
