// The runner of unit and e2e tests: whatever way a suite ends, its result is counted and nothing passes by silence.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { repoRoot } from '../support/repoRoot';

const cases: { suite: string; code: string; expected: object }[] = [
  {
    suite: 'that passes',
    code: 'it("a", () => {})',
    expected: { passed: 1, failed: 0, skipped: 0, failures: [] },
  },
  {
    suite: 'with one test of each kind',
    code: 'it("a", () => {}); describe("s", () => it("b", () => { throw new Error(); })); it.skip("c", () => {})',
    expected: { passed: 1, failed: 1, skipped: 1, failures: ['s b'] },
  },
  {
    suite: 'that dies',
    code: 'it("a", () => process.kill(process.pid, "SIGKILL"))',
    expected: { passed: 0, failed: 1, skipped: 0, failures: ['it crashed (SIGKILL)'] },
  },
  {
    suite: 'that ends itself as if all were well',
    code: 'it("a", () => process.exit(0))',
    expected: { passed: 0, failed: 1, skipped: 0, failures: ['it crashed (0)'] },
  },
  {
    suite: 'that cannot be loaded',
    code: 'it(',
    expected: { passed: 0, failed: 1, skipped: 0, failures: ['it crashed (1)'] },
  },
  {
    suite: 'with a forgotten .only',
    code: 'it.only("a", () => {})',
    expected: { passed: 0, failed: 1, skipped: 0, failures: ['it crashed (1)'] },
  },
  {
    suite: 'that leaks a timer',
    code: 'it("a", () => { setInterval(() => {}, 1000); })',
    expected: { passed: 1, failed: 1, skipped: 0, failures: ['it leaked'] },
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

  /** In a process of its own, so that the planted suite's report does not mix with ours. */
  function runPlanted(file: string): unknown {
    const outFolder = mkdtempSync(path.join(folder, 'out-'));
    const scripts = path.join(repoRoot, 'scripts', 'testing', 'runInNode.mjs');
    const args = ['planted', [file], outFolder, { timeoutMs: 1000 }].map((argument) =>
      JSON.stringify(argument),
    );
    const program = `
      import { runInNode } from ${JSON.stringify(scripts)};
      const counts = await runInNode(${args.join(', ')});
      console.log('\\n' + JSON.stringify(counts));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      encoding: 'utf8',
    });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  }
});
