// Bad backlogs and bad words on the command line: exit code 2, each problem with its place, and nothing written.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { runCli } from '../support/cli';

const long = 'x'.repeat(1_000_000);

const backlogs: readonly (readonly [what: string, text: string, ...expected: readonly RegExp[]])[] = [
  [
    'a circle',
    '[{"name":"a","depends_on":["b"]},\n {"name":"b","depends_on":["a"]}]',
    /features\.json:1:14: .*"a" → "b" → "a"/m,
  ],
  [
    'a feature that depends on itself',
    '[{"name":"a",\n"depends_on":["a"]}]',
    /features\.json:2:15: "a" depends on itself/m,
  ],
  [
    'an unknown name',
    '[{"name":"Auth"},{"name":"b","depends_on":["auth"]}]',
    /1:44: No feature is named "auth".*"Auth"/,
  ],
  [
    'a name with a space that is none',
    '[{"name":"User login"},{"name":"b","depends_on":["User\u00a0login"]}]',
    /1:50: No feature is named .*Did you mean "User login"\? The name here has a no-break space/,
  ],
  ['a syntax error', '[\n  {"name": "a"}\n  {"name": "b"}\n]', /features\.json:[23]:\d+: /m],
  ['a truncated file', '[{"name": "a"', /features\.json:1:\d+: /m],
  [
    'wrong types',
    '[{"name": 1, "priority": "high", "files": "a.js"}, 7]',
    /1:3: "name"/,
    /1:14: "priority"/,
    /1:34: "files"/,
    /1:52: A feature/,
  ],
  ['a duplicate', '[{"name":"a"},\n{"name":"a"}]', /features\.json:2:2: "a" is already the name of entry 1/m],
  ['an empty file', '', /features\.json:1:1: /m],
  ['an object', '{"name":"a"}', /features\.json:1:1: The backlog must be a list/m],
  ['an empty list', '[]', /the backlog is an empty list/],
  ['an unknown field', '[{"name":"a","dependson":["b"]}]', /"dependson" is not a field/],
  ['a very long name', JSON.stringify([{ name: long }]), /1000000 characters; the most is 200/],
  ['very deep nesting', '['.repeat(100_000), /features\.json:1:/m],
  [
    'a path out of the workspace',
    '[{"name":"a","files":["../../etc/passwd"]}]',
    /leads out of the workspace/,
  ],
];

const words: readonly (readonly [args: readonly string[], expected: RegExp])[] = [
  [[], /Name a command/],
  [['fly'], /"fly" is not a command/],
  [['run', '--max-agents', 'three'], /--max-agents must be a whole number from 1/],
  [['run', '--max-agents', '0'], /--max-agents must be a whole number from 1/],
  [['run', '--model', 'gpt'], /--model must be haiku, .*provider\/model or agent\/name, not "gpt"/],
  [['run', '--speed', '9'], /--speed/],
  [['run', '--project-dir', '/no/such/folder'], /is not a folder/],
  [['retry'], /needs the id of a feature/],
];

describe('bad input on the command line', () => {
  let dir = '';
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'pa-bad-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  for (const [what, text, ...expected] of backlogs) {
    it(`refuses ${what}`, async () => {
      await writeFile(path.join(dir, 'features.json'), text);
      await writeFile(path.join(dir, 'offline-script.json'), '{}');
      const { code, lines, notes } = await runCli(['run', '--project-dir', dir]);
      for (const pattern of expected) assert.match(notes.join('\n'), pattern);
      assert.equal(code, 2);
      assert.deepEqual(lines, []);
      assert.deepEqual((await readdir(dir)).sort(), ['features.json', 'offline-script.json']);
    });
  }

  it('refuses a script with calls that no tool takes, before anything of the backlog is begun', async () => {
    const turns = [{ tool: 'write_file', input: { path: 'a', text: 'b' } }, { tool: 'fly' }];
    await writeFile(path.join(dir, 'features.json'), '[{"name":"a","verify":"true"},{"name":"b"}]');
    await writeFile(
      path.join(dir, 'offline-script.json'),
      JSON.stringify({ a: [{ tool: 'finish', input: { summary: 's' } }], b: turns }),
    );
    const { code, lines, notes } = await runCli(['run', '--project-dir', dir]);
    const words = notes.join('\n');
    assert.match(
      words,
      /offline-script\.json:1:\d+: "b", turn 1: .*there is no "text"; the fields are path, content/,
    );
    assert.match(words, /offline-script\.json:1:\d+: "b", turn 2: There is no tool "fly"\. The tools are: /);
    assert.equal(code, 2);
    assert.deepEqual(lines, []);
  });

  for (const [args, expected] of words) {
    it(`refuses "${args.join(' ')}"`, async () => {
      const { code, notes } = await runCli(args);
      assert.match(notes.join('\n'), expected);
      assert.equal(code, 2);
    });
  }

  it('says how to go on where there is no backlog', async () => {
    const { code, notes } = await runCli(['run', '--project-dir', dir]);
    assert.match(notes.join('\n'), /There is no features\.json in .*write one/);
    assert.equal(code, 2);
    assert.deepEqual(await readdir(dir), []);
  });

  it('says how to go on where there is no model', async () => {
    await writeFile(path.join(dir, 'features.json'), '[{"name":"a"}]');
    const { code, notes } = await runCli(['run', '--project-dir', dir]);
    assert.match(
      notes.join('\n'),
      /set ANTHROPIC_API_KEY, name another model .*, or put an offline-script\.json/,
    );
    assert.equal(code, 2);
    assert.deepEqual(await readdir(dir), ['features.json']);
  });
});
