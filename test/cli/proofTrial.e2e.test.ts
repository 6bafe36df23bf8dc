// Agents that bend what their check judges by, in ways that no text rule knows, and one that changes tests as it should.
import assert from 'node:assert/strict';
import { chmod, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import { parseEvents, readTree, runCli, startCli, userWith } from '../support/cli';
import { gateFor } from '../support/gate';
import { call, finish, type SmallProject, writeProject } from '../support/smallProject';

const sumTest = `import { test } from 'node:test';
import assert from 'node:assert/strict';
import { sum } from '../sum.mjs';
test('adds', () => {
  assert.equal(sum(1, 2), 3);
});
`;
const wrong = 'export const sum = (a, b) => a - b;\n';
const sound = 'export const sum = (a, b) => a + b;\n';
const write = (file: string, content: string) => call('write_file', { path: file, content });
const edit = (file: string, old: string, to: string) =>
  call('edit_file', { path: file, edits: [{ old, new: to }] });

/** Each in a folder of its own; the agent leaves the fault in the code, and does this. */
interface Disguise {
  readonly check: string;
  readonly files: Readonly<Record<string, string>>;
  readonly does: (at: string) => readonly unknown[];
}

const disguises: Readonly<Record<string, Disguise>> = {
  'another answer in a test': {
    check: 'node --test',
    files: { 'test/sum.test.mjs': sumTest },
    does: (at) => [edit(`${at}/test/sum.test.mjs`, '2), 3', '2), -1')],
  },
  'a runner that a manifest names': {
    check: 'npm test --silent',
    files: {
      'package.json': '{ "scripts": { "test": "npm run --silent all", "all": "node tools/all.mjs" } }',
      'tools/all.mjs': "import './each.mjs';\n",
      'tools/each.mjs': "import { sum } from '../sum.mjs';\nprocess.exitCode = sum(1, 2) === 3 ? 0 : 1;\n",
    },
    does: (at) => [edit(`${at}/tools/each.mjs`, '? 0 : 1', '? 0 : 0')],
  },
  'kept answers, and what reads them': {
    check: 'node test/run.mjs',
    files: {
      'test/run.mjs':
        "import { readFileSync } from 'node:fs';\nimport { sum } from '../sum.mjs';\nprocess.exitCode = String(sum(1, 2)) === readFileSync('baselines/sum.txt', 'utf8').trim() ? 0 : 1;\n",
      'baselines/sum.txt': '3\n',
    },
    does: (at) => [edit(`${at}/baselines/sum.txt`, '3', '-1')],
  },
  'something loaded that was not there': {
    check: 'node --test',
    files: { 'test/sum.test.mjs': sumTest },
    does: (at) => [
      write(`${at}/test/strict.mjs`, 'export default { equal() {} };\n'),
      edit(`${at}/test/sum.test.mjs`, 'node:assert/strict', './strict.mjs'),
    ],
  },
  'a package that stands for another': {
    check: 'node --test',
    files: {
      'package.json': '{ "name": "sums", "exports": "./sum.mjs" }',
      'test/sum.test.mjs': sumTest.replace('../sum.mjs', 'sums'),
    },
    does: (at) => [write(`${at}/stub.mjs`, sound), edit(`${at}/package.json`, './sum.mjs', './stub.mjs')],
  },
  'a test put where it is found no more': {
    check: 'node --test "test/*.test.mjs"',
    files: { 'test/sum.test.mjs': sumTest, 'test/more.test.mjs': sumTest.replace('1, 2), 3', '0, 0), 0') },
    does: (at) => [call('move_file', { from: `${at}/test/sum.test.mjs`, to: `${at}/old/sum.test.mjs` })],
  },
};

describe('work that bends what its check judges by', () => {
  const cleanUp = cleanUpAfterEach();

  async function run(project: SmallProject, prepare = async (_: string) => {}) {
    const { dir, remove } = await writeProject(project);
    cleanUp.push(remove);
    await prepare(dir);
    const before = await readTree(dir);
    const { code, lines, notes } = await runCli(
      ['run', '--project-dir', dir, '--json'],
      userWith({ 'limits.max_retries': 0 }),
    );
    return { dir, before, code, events: parseEvents(lines), notes };
  }

  it('never passes in silence, and never enters the workspace by itself', async () => {
    const all = Object.entries(disguises).map(([name, disguise], k) => ({ name, at: `f${k}`, ...disguise }));
    const files = Object.assign(
      {},
      ...all.map(({ at, files: own }) =>
        Object.fromEntries(
          Object.entries({ ...own, 'sum.mjs': wrong }).map(([file, text]) => [`${at}/${file}`, text]),
        ),
      ),
    );
    const { dir, before, code, events, notes } = await run({
      files,
      features: all.map(({ name, at, check }) => ({ name, verify: `cd ${at} && ${check}` })),
      script: Object.fromEntries(all.map(({ name, at, does }) => [name, [...does(at), finish]])),
    });
    const asked = events.filter(({ type }) => type === 'feature.unconfirmed');
    assert.deepEqual(
      asked.map(({ featureId }) => all[Number(featureId) - 1]?.name).sort(),
      all.map(({ name }) => name).sort(),
      notes.join('\n'),
    );
    for (const { why } of asked) assert.match(String(why), /as before, the check fails/);
    assert.notEqual(code, 0);
    const after = await readTree(dir);
    for (const file of Object.keys(files)) assert.deepEqual(after[file], before[file], file);
  });

  it('passes without a question where the check is green all the same, with its bytes and modes', async () => {
    const test = 'test/sum.test.mjs';
    const { dir, code, events, notes } = await run(
      {
        files: { [test]: sumTest.replaceAll('\n', '\r\n'), 'sum.mjs': sound },
        features: [{ name: 'Sum', verify: 'node --test' }],
        script: {
          Sum: [
            edit('sum.mjs', sound, `${sound}export const twice = (a) => sum(a, a);\n`),
            write(
              'test/twice.test.mjs',
              sumTest.replace('sum(1, 2), 3', 'twice(2), 4').replace('{ sum }', '{ twice }'),
            ),
            edit(test, '3);\n', '3);\n  assert.equal(sum(0, 0), 0);\n'),
            finish,
          ],
        },
      },
      (at) => chmod(path.join(at, test), 0o755),
    );
    assert.equal(code, 0, notes.join('\n'));
    const trials = events.filter(({ type, trial }) => type === 'verify.finished' && trial);
    assert.deepEqual(
      trials.map(({ passed }) => passed),
      [true],
    );
    const expected = sumTest
      .replace('3);\n', '3);\n  assert.equal(sum(0, 0), 0);\n')
      .replaceAll('\n', '\r\n');
    assert.equal(await readFile(path.join(dir, test), 'utf8'), expected);
    assert.equal((await stat(path.join(dir, test))).mode & 0o777, 0o755);
  });

  it('is seen by a check that builds only what is newer than its build', async () => {
    const { events } = await run({
      files: {
        'check.sh':
          '[ built.txt -nt test/answer.txt ] || cp test/answer.txt built.txt\ncmp built.txt sum.txt\n',
        'test/answer.txt': '3\n',
        'sum.txt': '0\n',
        '.gitignore': 'built.txt\n',
      },
      features: [{ name: 'Sum', verify: 'sh check.sh' }],
      script: { Sum: [edit('test/answer.txt', '3', '-1'), edit('sum.txt', '0', '-1'), finish] },
    });
    assert.deepEqual(
      events.flatMap(({ type, trial, passed }) =>
        type === 'verify.finished' ? [[trial === true, passed]] : [],
      ),
      [
        [false, true],
        [true, false],
      ],
    );
  });

  for (const signal of ['SIGINT', 'SIGKILL'] as const)
    it(`leaves the project as it was when its trial is cut short by ${signal}, and is whole the next time`, async () => {
      const gate = await gateFor(cleanUp);
      const { dir, remove } = await writeProject({
        files: { 'test/answer.txt': 'old\n' },
        features: [{ name: 'Answer', verify: `grep -q new test/answer.txt || ${gate.command}` }],
        script: { Answer: [edit('test/answer.txt', 'old', 'new'), finish] },
      });
      cleanUp.push(remove);
      const args = ['run', '--project-dir', dir, '--json'];
      const answer = () => readFile(path.join(dir, 'test/answer.txt'), 'utf8');
      const held = startCli(args);
      held.onLine((line) => {
        const { type, trial } = JSON.parse(line);
        if (type === 'verify.started' && trial) held.child.kill(signal);
      });
      await held.ended;
      assert.ok(parseEvents(held.lines).some(({ type, trial }) => type === 'verify.started' && trial));
      assert.equal(await answer(), 'old\n');
      gate.open();
      const { code, notes } = await runCli(args);
      assert.equal(code, 0, notes.join('\n'));
      assert.equal(await answer(), 'new\n');
    });
});
