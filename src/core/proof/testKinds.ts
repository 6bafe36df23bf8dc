// How tests are written, by language: what declares one, what leaves one out, and what it asserts with.

/** Patterns that are counted in a file's text without its comments. */
export interface TestKind {
  /** Ends of file names, without the dot. */
  readonly endings: readonly string[];
  /** `slash` also for blocks between its two signs. */
  readonly comments: 'slash' | 'hash';
  readonly tests: RegExp;
  /** Leaves a test out, or all others. */
  readonly skips: RegExp;
  readonly assertions: RegExp;
  /** Cannot fail: a test without a body, or what asserts a constant. */
  readonly idle: RegExp;
}

const block = '(?:it|test|specify|describe|suite|context)';

export const testKinds: readonly TestKind[] = [
  {
    endings: ['js', 'jsx', 'mjs', 'cjs', 'ts', 'tsx', 'mts', 'cts', 'vue', 'svelte'],
    comments: 'slash',
    tests: /(?<![.\w$])(?:(?:it|test|specify)(?:\.\w+)*|Deno\.test|[tT]\.test)\s*[(`]/g,
    skips: new RegExp(
      [
        String.raw`(?<![.\w$])${block}(?:\.\w+)*\.(?:skip|skipIf|runIf|todo|fixme|fails|failing|only)\b`,
        String.raw`(?<![.\w$])(?:x|f)(?:it|test|specify|describe|context)\s*\(`,
        String.raw`\b(?:skip|todo|only)\s*:\s*(?!false\b)`,
        String.raw`\b(?:t|this|ctx|context)\.(?:skip|todo)\s*\(`,
        String.raw`\b(?:skip|todo|only)\s+as\b|\{\s*(?:skip|todo|only)\b[^}\n]*\}\s*=`,
        // Of whatever it is called here: as a value, or with a test's name.
        String.raw`\.(?:skip|only|todo|fixme)\b(?=\s*(?:[;,)\n]|\(\s*['"\x60]))|\[\s*['"\x60](?:skip|only|todo)['"\x60]\s*\]`,
        String.raw`\.each\s*\(\s*\[\s*\]\s*\)`,
        String.raw`\bprocess\.exit\s*\(\s*0?\s*\)`,
      ].join('|'),
      'g',
    ),
    assertions:
      /\bassert\w*(?:\.\w+)*\s*\(|\bexpect(?:\.\w+)*\s*\(|\.should\b|\bt\.(?:is|not|ok|notOk|equal|equals|same|like|deepEqual|deepEquals|throws|rejects|true|false|truthy|falsy|assert|match|snapshot|pass|fail)\w*\s*\(/g,
    idle: /\b(?:assert(?:\.\w+)*|expect)\s*\(\s*([\w.$]+(?:\([^()\n]*\))?)\s*(?:,|\)\s*\.to\w+\s*\()\s*\1\s*[,)]|\bassert(?:\.(?:ok|equal|strictEqual|deepEqual|isTrue))?\s*\(\s*(?:true|1|!0)\s*(?:,\s*(?:true|1|!0)\s*)?\)|\bexpect\s*\(\s*(?:true|1|!0)\s*\)|(?<![.\w$])(?:it|test|specify)(?:\.\w+)*\s*\([^\n]*?(?:=>|function\s*\w*\s*\([^)\n]*\))\s*\{\s*(?:return\s*;?\s*)?\}/g,
  },
  {
    endings: ['py', 'pyi'],
    comments: 'hash',
    tests: /^[ \t]*(?:async[ \t]+)?def[ \t]+test\w*[ \t]*\(/gm,
    skips:
      /@(?:\w+\.)*(?:skip|skipif|skipIf|skipUnless|xfail|expectedFailure)\b|\b(?:pytest|self|unittest)\.(?:skip|skipTest|xfail|importorskip|exit)\b|\bSkipTest\b|\b__test__\s*=\s*False|\bpytestmark\b|\bcollect_ignore\w*|\b(?:sys|os)\._?exit\s*\(\s*0?\s*\)/g,
    assertions: /\bassert\b|\bself\.(?:assert|fail)\w*\s*\(|\b(?:pytest\.)?raises\s*\(/g,
    idle: /\bassert[ \t]+(?:True|1|not[ \t]+False)[ \t]*$|\bassertTrue\s*\(\s*True\s*\)|def[ \t]+test\w*[ \t]*\([^)\n]*\)[^:\n]*:\s*(?:pass|return|\.\.\.)[ \t]*$/gm,
  },
  {
    endings: ['go'],
    comments: 'slash',
    tests: /^func[ \t]+(?:Test|Fuzz|Example)\w*[ \t]*\(/gm,
    skips: /\.(?:Skip|Skipf|SkipNow)\s*\(|\bos\.Exit\s*\(\s*0\s*\)/g,
    assertions: /\b[tbf]\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\s*\(|\b(?:assert|require)\.\w+\s*\(/g,
    idle: /^func[ \t]+Test\w*[ \t]*\([^)\n]*\)\s*\{\s*\}/gm,
  },
  {
    endings: ['rs'],
    comments: 'slash',
    tests: /#\[(?:\w+::)*(?:test|rstest|test_case)\b/g,
    skips: /#\[ignore\b|#!?\[cfg\(any\(\)\)\]|\bprocess::exit\s*\(\s*0\s*\)/g,
    assertions: /\b(?:debug_)?assert\w*!|\bpanic!|\bshould_panic\b/g,
    idle: /\bassert!\s*\(\s*true\s*\)/g,
  },
  {
    endings: ['java', 'kt', 'kts', 'scala', 'groovy'],
    comments: 'slash',
    tests: /@(?:Test|ParameterizedTest|RepeatedTest|TestFactory|Property)\b|\btest\s*\(\s*"/g,
    skips: /@(?:Disabled|Ignore|Ignored|EnabledIf\w*|DisabledIf\w*)\b|\bassume\w*\s*\(|\bignore\s*\(\s*"/g,
    assertions: /\b(?:assert|verify|fail|expect|should|check)\w*\s*[({]/gi,
    idle: /\bassertTrue\s*\(\s*true\s*\)|\bassertEquals\s*\(\s*1\s*,\s*1\s*\)/g,
  },
  {
    endings: ['cs', 'fs', 'vb'],
    comments: 'slash',
    tests: /[[<](?:Fact|Theory|Test|TestCase|TestMethod|DataTestMethod|Property)\b/g,
    skips: /\bSkip\s*=|[[<](?:Ignore|Explicit)\b|\bAssert\.(?:Inconclusive|Ignore|Skip)\b/g,
    assertions: /\bAssert\.\w+|\.Should\w*\s*\(/g,
    idle: /\bAssert\.(?:True|IsTrue)\s*\(\s*true\s*\)|\bAssert\.Pass\b/g,
  },
  {
    endings: ['rb'],
    comments: 'hash',
    tests: /^[ \t]*(?:it|specify|scenario|example|test)\b|^[ \t]*def[ \t]+test_\w+/gm,
    skips:
      /^[ \t]*(?:x(?:it|describe|context|specify|example)|f(?:it|describe|context|specify)|pending|skip)\b|\b(?:skip|pending|focus)\s*:|:(?:skip|pending|focus)\b/gm,
    assertions: /\bexpect\b|\bassert\w*|\brefute\w*|\bshould\b|\b(?:must|wont)_\w+/g,
    idle: /\bassert[ \t(]+true\b|\bexpect[ \t]*\([ \t]*true[ \t]*\)/g,
  },
  {
    endings: ['php'],
    comments: 'slash',
    tests: /\bfunction\s+test\w*\s*\(|#\[Test\]|(?<![>:\w$])(?:it|test)\s*\(\s*['"]/g,
    skips: /\bmarkTest(?:Skipped|Incomplete)\b|->(?:skip|todo|only)\s*\(/g,
    assertions: /\bassert\w*\s*\(|\bexpect\w*\s*\(/g,
    idle: /\bassertTrue\s*\(\s*true\s*\)/gi,
  },
  {
    endings: ['swift'],
    comments: 'slash',
    tests: /\bfunc\s+test\w*\s*\(|@Test\b/g,
    skips: /\bXCTSkip\w*|\.disabled\s*\(|\bfunc\s+(?:skip|disabled|x)_?test\w*/g,
    assertions: /\bXCT(?:Assert\w*|Fail|Unwrap)\b|#(?:expect|require)\b/g,
    idle: /\bXCTAssert(?:True)?\s*\(\s*true\s*\)/g,
  },
  {
    endings: ['ex', 'exs'],
    comments: 'hash',
    tests: /^[ \t]*(?:test|property)[ \t]+"/gm,
    skips: /@(?:module|describe)?tag[ \t(]+:?skip\b/g,
    assertions: /\b(?:assert|refute)\w*/g,
    idle: /\bassert[ \t(]+true\b/g,
  },
  {
    endings: ['dart'],
    comments: 'slash',
    tests: /\btest(?:Widgets)?\s*\(/g,
    skips: /\b(?:skip|solo)\s*:|@Skip\b/g,
    assertions: /\bexpect\w*\s*\(/g,
    idle: /\bexpect\s*\(\s*true\s*,\s*(?:true|isTrue)\s*\)/g,
  },
  {
    endings: ['c', 'cc', 'cpp', 'cxx', 'h', 'hpp', 'm', 'mm'],
    comments: 'slash',
    tests: /\b(?:TEST|TEST_F|TEST_P|TYPED_TEST|TEST_CASE|SCENARIO|BOOST_AUTO_TEST_CASE|START_TEST)\s*\(/g,
    skips: /\bGTEST_SKIP\b|\bDISABLED_|\[\.\]|\[!mayfail\]/g,
    assertions: /\b(?:EXPECT|ASSERT|CHECK|REQUIRE|BOOST_(?:CHECK|REQUIRE|TEST))(?:_\w+)?\s*\(|\bassert\s*\(/g,
    idle: /\b(?:EXPECT|ASSERT)_TRUE\s*\(\s*true\s*\)|\bassert\s*\(\s*(?:1|true)\s*\)/g,
  },
  {
    endings: ['sh', 'bash', 'bats', 'zsh'],
    comments: 'hash',
    tests: /^[ \t]*@test\b|^[ \t]*(?:function[ \t]+)?test\w*[ \t]*\(\)/gm,
    skips: /^[ \t]*(?:skip|exit[ \t]+0)\b/gm,
    assertions: /\[\[?[ \t]|\bassert\w*|\bgrep\b|\bdiff\b|\bcmp\b/g,
    idle: /\|\|[ \t]*(?:true|:)(?=[ \t]*$)/gm,
  },
  {
    endings: ['feature'],
    comments: 'hash',
    tests: /^[ \t]*(?:Scenario|Scenario Outline|Example):/gm,
    skips: /@(?:skip|ignore|wip|pending|manual)\b/gi,
    assertions: /^[ \t]*Then\b/gm,
    idle: /(?!)/g,
  },
];
