// The offline model's script: what it may say, and which turns an attempt gets.

import { strict as assert } from 'node:assert';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { OfflineScriptFile } from '../../../src/adapters/files/offlineScriptFile';
import { atOnce } from '../../../src/core/shared/steps';
import { repoRoot } from '../../support/repoRoot';
import { tempFolder } from './tempWorkspace';

function scriptOf(content: string): OfflineScriptFile {
  const file = path.join(tempFolder(), 'offline-script.json');
  writeFileSync(file, content);
  return new OfflineScriptFile(file);
}

/** What the feature plays in the attempt, or why it plays nothing. */
async function play(script: OfflineScriptFile, name: string, attempt: number) {
  const played = await script.turnsFor(name, attempt);
  return played.ok ? played.turns : played.message;
}

const table: { fact: string; content: string; problems: string[] }[] = [
  { fact: 'an empty file', content: '', problems: ['1:1 The file is empty. Write {'] },
  { fact: 'a list', content: '[]', problems: ['1:1 The script must be an object'] },
  { fact: 'a broken file', content: '{"a": [', problems: ['1:8 The file ends too early'] },
  { fact: 'a broken turn', content: '{"b": [],\n"a": [{"say" "x"}]}', problems: ['2:14 "\\"x'] },
  {
    fact: 'a feature given twice',
    content: '{"a": [],\n"a": []}',
    problems: ['2:1 The field "a" is given twice'],
  },
  {
    fact: 'a feature given in both forms of an accent',
    content: '{"a": [], "Caf\u00e9": [], "Cafe\u0301": []}',
    problems: ['1:1 The script must be an object'],
  },
  {
    fact: 'a feature without turns',
    content: '{"b": [{"say":"x"}],\n"a": {}}',
    problems: ['2:6 The turns of a feature'],
  },
  {
    fact: 'turns beside attempts',
    content: '{"a": [[{"say":"x"}],\n{"say":"y"}]}',
    problems: ['2:1 One attempt here is a list'],
  },
  { fact: 'a turn that is no object', content: '{"a": ["x"]}', problems: ['1:8 A turn must be an object'] },
  {
    fact: 'an empty turn',
    content: '{"a": [{"delayMs":1}]}',
    problems: ['1:8 A turn needs "say" or "tool"'],
  },
  {
    fact: 'wrong fields',
    content: '{"a": [[{"say":1,\n"tool":"",\n"delayMs":-1,\n"type":"x"}]]}',
    problems: [
      '1:10 "say" must be text',
      '2:1 "tool" must be',
      '3:1 "delayMs" must be',
      '4:1 "type" is not a field',
    ],
  },
  {
    fact: 'input without a tool',
    content: '{"a": [{"say":"x","input":{}}]}',
    problems: ['1:19 "input" belongs to a "tool"'],
  },
];

describe('offlineScriptFile', () => {
  for (const { fact, content, problems } of table) {
    it(`places ${fact}`, async () => {
      const found = String(await play(scriptOf(content), 'a', 1))
        .split('\n')
        .map((line) => line.replace(/^.*offline-script\.json:(\d+:\d+): /, '$1 '));
      assert.deepEqual(
        found.map((text, at) => text.slice(0, problems[at]?.length)),
        problems,
        found.join('\n'),
      );
    });
  }

  it('gives each attempt its turns, and those after the last the last again', async () => {
    const script = scriptOf(
      '{ "one": [{"say":"x"}], "two": [[{"say":"first"}], [{"tool":"t","input":[1],"delayMs":5}]], "__proto__": [{"say":"p"}] }',
    );
    assert.deepEqual(await play(script, 'one', 1), [{ say: 'x' }]);
    assert.deepEqual(await play(script, 'one', 4), [{ say: 'x' }]);
    assert.deepEqual(await play(script, 'two', 1), [{ say: 'first' }]);
    const place = 'offline-script.json:1:65';
    assert.deepEqual(await play(script, 'two', 2), [{ tool: 't', input: [1], delayMs: 5, place }]);
    assert.deepEqual(await play(script, 'two', 3), await play(script, 'two', 2));
    assert.deepEqual(await play(script, '__proto__', 1), [{ say: 'p' }]);
    assert.equal(
      await play(script, 'Three', 1),
      'offline-script.json has no turns for "Three"; add "Three": [ … ] to it.',
    );
    assert.match(String(await play(script, 'toString', 1)), /no turns/);
  });

  it('finds a feature among comments, brackets and commas in texts', async () => {
    const script = scriptOf(
      '// { "one": [] }\n{ "zero": [{"say":"a ], } \\" b"}], /* , */\n "one" /* : */ : // x\n [ {"tool":"t"}, ], }\n',
    );
    assert.deepEqual(await play(script, 'one', 1), [{ tool: 't', place: 'offline-script.json:4:5' }]);
  });

  it('plays what is good beside what is not', async () => {
    const script = scriptOf('{"bad": [{"say":1}], "good": [{"say":"x"}]}');
    assert.deepEqual(await play(script, 'good', 1), [{ say: 'x' }]);
    assert.match(String(await play(script, 'bad', 1)), /:1:11: "say" must be text/);
  });

  it('knows a feature by both forms of an accent', async () => {
    const script = scriptOf('{ "Cafe\u0301": [{"say":"x"}] }');
    for (const name of ['Caf\u00e9', 'Cafe\u0301'])
      assert.deepEqual(await play(script, name, 1), [{ say: 'x' }]);
  });

  it('is read again when it changed, and missed when it is gone', async () => {
    const file = path.join(tempFolder(), 'offline-script.json');
    const script = new OfflineScriptFile(file);
    const none = 'There is no offline-script.json beside the backlog.';
    assert.deepEqual([await script.isThere(), await play(script, 'a', 1)], [false, none]);
    writeFileSync(file, '{"a": [{"say":"x"}]}');
    assert.deepEqual([await script.isThere(), await play(script, 'a', 1)], [true, [{ say: 'x' }]]);
    writeFileSync(file, '{"a": [{"say":"y"}]}');
    assert.deepEqual(await play(script, 'a', 1), [{ say: 'y' }]);
    rmSync(file);
    assert.deepEqual([await script.isThere(), await play(script, 'a', 1)], [false, none]);
  });

  it('costs an attempt its own turns, however many others there are', async () => {
    const turns = [{ tool: 'write_file', input: { path: 'a', content: 'x'.repeat(200) } }];
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, k) => [`F${k}`, turns]));
    const script = scriptOf(JSON.stringify(many));
    assert.equal((await play(script, 'F0', 1)).length, 1);
    // To parse all of it takes half a second.
    const before = process.cpuUsage();
    for (let k = 0; k < 10; k++) assert.equal((await play(script, `F${k * 100}`, 1)).length, 1);
    const { user, system } = process.cpuUsage(before);
    assert.ok(user + system < 1_000_000, `${(user + system) / 1_000} ms of processor time`);
  });
});

describe('schemas of the files that people write', () => {
  const schema = (name: string) =>
    JSON.parse(readFileSync(path.join(repoRoot, 'media/schemas', `${name}.schema.json`), 'utf8'));

  it('know the same fields as the readers', async () => {
    const feature = Object.keys(schema('features').definitions.feature.properties);
    const said = await import('../../../src/core/features/featureList');
    const probe = atOnce(said.parseBacklog([{ name: 'a', nope: 1 }]));
    assert.ok(!probe.ok);
    const known = /Known: (.*)\.$/.exec(probe.problems[0]?.message ?? '')?.[1]?.split(', ');
    assert.deepEqual(feature.sort(), known?.sort());

    const turn = Object.keys(schema('offline-script').definitions.turn.properties);
    const message = await play(scriptOf('{"a": [{"say":"x","nope":1}]}'), 'a', 1);
    assert.deepEqual(turn.sort(), /Known: (.*)\.$/.exec(String(message))?.[1]?.split(', ').sort());
  });
});
