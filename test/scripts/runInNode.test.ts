// The runner of unit and e2e tests: whatever way a suite ends, its result is counted and nothing passes by silence.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { repoRoot } from '../support/repoRoot';

const cases: { suite: string; code: string; expected: object }[] = [
  { suite: 'that passes', code: 'it("a", () => {})', expected: { passed: 1, failed: 0, skipped: 0 } },
  {
    suite: 'with one test of each kind',
    code: 'it("a", () => {}); it("b", () => { throw new Error(); }); it.skip("c", () => {})',
    expected: { passed: 1, failed: 1, skipped: 1 },
  },
  {
    suite: 'that dies',
    code: 'it("a", () => process.kill(process.pid, "SIGKILL"))',
    expected: { passed: 0, failed: 1, skipped: 0 },
  },
  {
    suite: 'that ends itself as if all were well',
    code: 'it("a", () => process.exit(0))',
    expected: { passed: 0, failed: 1, skipped: 0 },
  },
  { suite: 'that cannot be loaded', code: 'it(', expected: { passed: 0, failed: 1, skipped: 0 } },
  {
    suite: 'with a forgotten .only',
    code: 'it.only("a", () => {})',
    expected: { passed: 0, failed: 1, skipped: 0 },
  },
  {
    suite: 'that leaks a timer',
    code: 'it("a", () => { setInterval(() => {}, 1000); })',
    expected: { passed: 1, failed: 1, skipped: 0 },
  },
];

describe('a suite', function () {
  this.timeout(30_000);

  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'suite-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const { suite, code, expected } of cases) {
    it(`${suite} gives ${JSON.stringify(expected)}`, () => {
      const file = path.join(folder, 'planted.cjs');
      writeFileSync(file, code);
      assert.deepEqual(runPlanted(file), expected);
    });
  }

  it('of several files, each in its own process and two at a time, is counted whole, whatever becomes of one', () => {
    const plant = (name: string, code: string) => {
      writeFileSync(path.join(folder, name), code);
      return path.join(folder, name);
    };
    // Each waits for the other's mark, so one after the other they would not pass.
    const meets = (own: string, other: string) => `it("meets", async () => {
      const fs = require("node:fs");
      fs.writeFileSync(${JSON.stringify(path.join(folder, own))}, "");
      while (!fs.existsSync(${JSON.stringify(path.join(folder, other))})) await new Promise((r) => setTimeout(r, 5));
    })`;
    const files = [
      plant('one.cjs', meets('one', 'two')),
      plant('two.cjs', meets('two', 'one')),
      plant('dies.cjs', 'it("a", () => {}); it("b", () => process.kill(process.pid, "SIGKILL"))'),
      plant('last.cjs', 'it("a", () => {}); it.skip("b", () => {})'),
    ];
    const { counts, printed } = run('runEachInNode', files, { atOnce: 2, timeoutMs: 20_000 });
    assert.deepEqual(counts, { passed: 3, failed: 1, skipped: 1 });
    assert.match(printed, /dies\.cjs" crashed \(SIGKILL\)/);
  });

  function runPlanted(file: string): unknown {
    return run('runInNode', [file], { timeoutMs: 1000 }).counts;
  }

  /** In a process of its own, so that the planted suite's report does not mix with ours. */
  function run(
    runner: string,
    files: readonly string[],
    limits: object,
  ): { counts: unknown; printed: string } {
    const outFolder = mkdtempSync(path.join(folder, 'out-'));
    const scripts = path.join(repoRoot, 'scripts', 'testing', 'runInNode.mjs');
    const args = ['planted', files, outFolder, limits].map((argument) => JSON.stringify(argument));
    const program = `
      import { ${runner} } from ${JSON.stringify(scripts)};
      const counts = await ${runner}(${args.join(', ')});
      console.log('\\n' + JSON.stringify(counts));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      encoding: 'utf8',
    });
    return { counts: JSON.parse(stdout.trim().split('\n').at(-1) ?? ''), printed: stdout + stderr };
  }
});
